// Evaluation and planning, by the number of claims and requests that the ledger holds. One of each happens per
// sidechain block.
#include <benchmark/benchmark.h>

#include "unit/ledger/world.h"

using namespace sluice;
using namespace sluice::ledger;
using namespace sluice::ledger::test;

namespace {

World busy(int64_t count) {
    World world;
    world.donate(50'000'000);
    const ParentBlockHash block = world.bitcoin.mine({});
    for (int64_t i = 0; i < count; ++i) {
        const ParentTransaction tx = world.bitcoin.payment_to(p2wpkh(1), 10'000'000);
        world.next.claims.push_back(
            {{compute_txid(tx), 0}, {10'000'000}, Script{{0x51}}, 0, {}, block, {tx.inputs[0].prevout}});
        world.request(1'000'000 + i, p2wpkh(static_cast<uint32_t>(i)));
    }
    world.mine(10);
    world.block(0);
    return world;
}

void BM_evaluate(benchmark::State& state) {
    const World world = busy(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(evaluate(world.ledger, world.bitcoin));
}
BENCHMARK(BM_evaluate)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

void BM_plan(benchmark::State& state) {
    const World world = busy(state.range(0));
    const Evaluation now = evaluate(world.ledger, world.bitcoin);
    PlanInput input;
    input.rate = 2000;
    for (auto _ : state) benchmark::DoNotOptimize(plan(world.ledger, now, world.bitcoin, input));
}
BENCHMARK(BM_plan)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
