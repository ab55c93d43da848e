// A fresh engine fetches a chain from another in memory: messages encoded and decoded, headers and download scheduled,
// no socket, no disk, no rules. What is left is the protocol's own cost a block; blocks carry one transaction.
#include <benchmark/benchmark.h>

#include "support/sync_world.h"

namespace {

using namespace sluice::test;

void first_sync(benchmark::State& state) {
    const auto blocks = static_cast<size_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        World world;
        Host& full = world.add();
        full.chain.mine(blocks, kStart);
        world.run();
        Host& late = world.add();
        state.ResumeTiming();
        world.connect(late, full);
        while (late.chain.tip().height < blocks) world.pass(std::chrono::milliseconds(200));
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(first_sync)->Arg(2000)->Arg(6000)->Unit(benchmark::kMillisecond);

}  // namespace
