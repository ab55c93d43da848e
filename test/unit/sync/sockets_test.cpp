// Engines over real sockets and threads: the same behaviour when answers come late and from elsewhere.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "p2p/net/connections.h"
#include "runtime/event_loop.h"
#include "runtime/worker_pool.h"
#include "support/sync_world.h"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

class PoolCompute final : public sync::ComputePort {
public:
    PoolCompute(runtime::WorkerPool& pool, runtime::EventLoop& loop) : pool_(pool), loop_(loop) {}
    void run(std::function<void()> job, std::function<void()> done) override {
        pool_.submit([this, job = std::move(job), done = std::move(done)] {
            job();
            loop_.post(done);
        });
    }

private:
    runtime::WorkerPool& pool_;
    runtime::EventLoop& loop_;
};

net::NetOptions local(const std::string& target) {
    net::NetOptions options;
    options.magic = {1, 2, 3, 4};
    options.default_port = 1;
    options.binds = {*wire::parse_ip("127.0.0.1", 0)};
    if (!target.empty()) options.add_nodes = {target};
    return options;
}

// The fakes queue their answers; the loop works the queue off.
struct Station {
    Station(Tasks& tasks, const Clock& wall, runtime::EventLoop& event_loop, runtime::WorkerPool& pool,
            const std::string& target)
        : chain(tasks, wall),
          mempool(tasks),
          compute(pool, event_loop),
          connections(event_loop, local(target), wall, nullptr),
          engine({connections, connections.addresses(), chain, mempool, compute, wall,
                  [](uint64_t below) { return below / 3; }},
                 {}) {
        chain.on_connected = [this](const auto& blocks) { engine.blocks_connected(blocks); };
        mempool.on_added = [this](const sync::RelayTx& tx) { engine.transaction_added(tx); };
    }
    FakeChain chain;
    FakePool mempool;
    PoolCompute compute;
    net::Connections connections;
    sync::Engine engine;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sockets)

BOOST_AUTO_TEST_CASE(two_nodes_synchronise_and_follow) {
    runtime::EventLoop loop("net");
    runtime::WorkerPool pool(2);
    SystemClock clock;
    Tasks tasks;
    loop.start();
    std::unique_ptr<Station> full;
    std::unique_ptr<Station> late;
    std::vector<std::unique_ptr<runtime::Timer>> timers;
    (void)loop.call([&] {
        full = std::make_unique<Station>(tasks, clock, loop, pool, "");
        full->chain.mine(200, clock.unix_time());
        BOOST_REQUIRE(full->connections.start(full->engine).has_value());
        late = std::make_unique<Station>(tasks, clock, loop, pool, full->connections.listening().at(0).to_string());
        BOOST_REQUIRE(late->connections.start(late->engine).has_value());
        timers.push_back(loop.every(20ms, [&] {
            full->engine.tick();
            late->engine.tick();
            while (!tasks.empty()) {
                const auto task = std::move(tasks.front());
                tasks.pop_front();
                task();
            }
        }));
    });
    const auto same_tip = [&] {
        for (int i = 0; i < 1000; ++i) {
            if (*loop.call([&] { return full->chain.tip_hash == late->chain.tip_hash; })) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    };
    BOOST_CHECK(same_tip());
    (void)loop.call([&] { full->chain.mine(1, clock.unix_time(), 5); });
    BOOST_CHECK(same_tip());
    const auto reports = *loop.call([&] { return late->engine.reports(); });
    BOOST_REQUIRE_EQUAL(reports.size(), 1u);
    BOOST_CHECK(reports[0].handshake_complete);
    (void)loop.call([&] {
        timers.clear();
        late->connections.stop();
        full->connections.stop();
    });
    loop.stop();
}

BOOST_AUTO_TEST_SUITE_END()
