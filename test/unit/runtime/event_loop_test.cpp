#include "runtime/event_loop.h"

#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>
#include <vector>

using namespace sluice;
using namespace sluice::runtime;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(event_loop)

BOOST_AUTO_TEST_CASE(tasks_run_in_order_on_one_thread) {
    EventLoop loop("test");
    std::vector<int> seen;
    for (int i = 0; i < 100; ++i) BOOST_TEST(loop.post([&seen, i] { seen.push_back(i); }));  // before start: kept
    loop.start();
    const auto inside = loop.call([&] { return loop.in_loop(); });
    BOOST_REQUIRE(inside.has_value());
    BOOST_TEST(*inside);
    BOOST_TEST(!loop.in_loop());
    loop.stop();
    BOOST_REQUIRE_EQUAL(seen.size(), 100u);
    for (int i = 0; i < 100; ++i) BOOST_TEST(seen[static_cast<size_t>(i)] == i);
}

BOOST_AUTO_TEST_CASE(stop_runs_what_is_queued_and_refuses_more) {
    EventLoop loop("test");
    int ran = 0;
    loop.start();
    for (int i = 0; i < 1000; ++i) loop.post([&ran] { ++ran; });
    loop.stop();
    loop.stop();
    BOOST_TEST(ran == 1000);
    BOOST_TEST(!loop.post([&ran] { ++ran; }));
    const auto answer = loop.call([] { return 1; });
    BOOST_REQUIRE(!answer.has_value());
    BOOST_TEST(answer.error().message == "test is shutting down");
    BOOST_TEST(ran == 1000);
}

BOOST_AUTO_TEST_CASE(a_caller_of_a_loop_that_never_starts_is_released) {
    auto loop = std::make_unique<EventLoop>("test");
    auto waiting = std::async(std::launch::async, [&] { return loop->call([] { return 1; }); });
    while (loop->backlog() == 0) std::this_thread::sleep_for(milliseconds(1));
    loop->stop();
    BOOST_TEST(!waiting.get().has_value());
}

BOOST_AUTO_TEST_CASE(call_gives_up_at_its_deadline) {
    EventLoop loop("slow");
    std::promise<void> release;
    auto gate = release.get_future().share();
    loop.start();
    loop.post([gate] { gate.wait(); });
    const auto answer = loop.call([] { return 1; }, milliseconds(5));
    BOOST_REQUIRE(!answer.has_value());
    BOOST_TEST(answer.error().message == "slow did not answer in time");
    release.set_value();
}

BOOST_AUTO_TEST_CASE(call_from_the_loop_runs_at_once) {
    EventLoop loop("test");
    loop.start();
    const auto nested = loop.call([&] { return loop.call([] { return 7; }).value(); });
    BOOST_TEST(nested.value() == 7);
}

BOOST_AUTO_TEST_CASE(timers_fire_repeat_and_cancel) {
    EventLoop loop("test");
    loop.start();
    std::promise<void> once;
    std::promise<void> third;
    std::unique_ptr<Timer> single;
    std::unique_ptr<Timer> repeating;
    std::unique_ptr<Timer> cancelled;
    int count = 0;
    bool cancelled_ran = false;
    loop.call([&] {
        // A timer may destroy itself from its own task.
        single = loop.after(milliseconds(1), [&] {
            single.reset();
            once.set_value();
        });
        repeating = loop.every(milliseconds(1), [&] {
            if (++count == 3) {
                repeating.reset();
                third.set_value();
            }
        });
        cancelled = loop.after(milliseconds(1), [&] { cancelled_ran = true; });
        cancelled.reset();
    });
    once.get_future().get();
    third.get_future().get();
    loop.stop();
    BOOST_TEST(count == 3);
    BOOST_TEST(!cancelled_ran);
}

BOOST_AUTO_TEST_CASE(many_threads_post) {
    EventLoop loop("test");
    loop.start();
    size_t sum = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i) loop.post([&sum] { ++sum; });
        });
    }
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(loop.call([&] { return sum; }).value() == 20000u);
    BOOST_TEST(loop.backlog() <= 1u);
}

BOOST_AUTO_TEST_SUITE_END()
