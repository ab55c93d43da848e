#include "runtime/worker_pool.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "runtime/bounded_queue.h"

using namespace sluice::runtime;

BOOST_AUTO_TEST_SUITE(worker_pool)

BOOST_AUTO_TEST_CASE(every_check_runs_when_all_pass) {
    for (const size_t threads : {0u, 1u, 3u}) {
        WorkerPool pool(threads);
        std::vector<std::atomic<int>> ran(1000);
        BOOST_TEST(pool.run_all(ran.size(), [&](size_t i) { return ++ran[i] == 1; }) == ran.size());
        for (const auto& count : ran) BOOST_TEST(count.load() == 1);
        BOOST_TEST(pool.run_all(0, [](size_t) { return false; }) == 0u);
    }
}

BOOST_AUTO_TEST_CASE(the_lowest_failure_is_reported) {
    WorkerPool pool(3);
    for (int round = 0; round < 200; ++round) {
        BOOST_TEST(pool.run_all(100, [](size_t i) { return i != 17 && i != 23 && i != 99; }) == 17u);
    }
}

BOOST_AUTO_TEST_CASE(run_all_works_from_inside_a_job) {
    WorkerPool pool(1);
    std::atomic<size_t> answer{0};
    std::atomic<bool> done{false};
    pool.submit([&] {
        answer = pool.run_all(10, [](size_t) { return true; });
        done = true;
    });
    while (!done) std::this_thread::yield();
    BOOST_TEST(answer.load() == 10u);
}

BOOST_AUTO_TEST_CASE(destruction_finishes_submitted_jobs) {
    std::atomic<int> ran{0};
    {
        WorkerPool pool(2);
        for (int i = 0; i < 100; ++i) pool.submit([&] { ++ran; });
    }
    BOOST_TEST(ran.load() == 100);
}

BOOST_AUTO_TEST_CASE(a_bounded_queue_refuses_what_does_not_fit) {
    BoundedQueue<int> queue(2);
    BOOST_TEST(queue.try_push(1));
    BOOST_TEST(queue.try_push(2));
    BOOST_TEST(!queue.try_push(3));
    BOOST_TEST(queue.pop().value() == 1);
    std::thread producer([&] {
        for (int i = 3; i < 100; ++i) queue.push(i);
        queue.close();
    });
    for (int i = 2; i < 100; ++i) BOOST_TEST(queue.pop().value() == i);
    BOOST_TEST(!queue.pop().has_value());
    BOOST_TEST(!queue.push(1));
    producer.join();
}

BOOST_AUTO_TEST_SUITE_END()
