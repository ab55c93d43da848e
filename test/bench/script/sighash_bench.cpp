// Digests of transactions with many inputs, all inputs of each: for witness v0 and taproot ten times the inputs take
// about ten times as long (the counter "per_input", a time, stays), because what all inputs share is hashed once.
// Legacy digests cover the whole transaction for each input, by their definition: their "per_input" grows with it.
#include <benchmark/benchmark.h>

#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"

namespace {

using namespace sluice;
using namespace sluice::script;

struct Large {
    Transaction tx;
    std::vector<TxOut> spent;
    Script code = make_p2pkh({});

    explicit Large(size_t inputs) {
        TxOut coin;
        coin.asset = AssetId{};
        coin.value = Amount{100'000};
        coin.script = make_witness_program(1, Bytes(32, 2));
        for (size_t i = 0; i < inputs; ++i) {
            tx.inputs.emplace_back();
            tx.inputs.back().prevout.index = static_cast<uint32_t>(i);
            spent.push_back(coin);
        }
        tx.outputs.assign(inputs, coin);
    }
};

void report(benchmark::State& state) {
    state.counters["per_input"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(state.range(0)),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.SetComplexityN(state.range(0));
}

void sighash_v0_all_inputs(benchmark::State& state) {
    const Large large(static_cast<size_t>(state.range(0)));
    for (auto _ : state) {
        const TxHashes hashes = compute_tx_hashes(large.tx);
        for (size_t i = 0; i < large.tx.inputs.size(); ++i) {
            benchmark::DoNotOptimize(
                sighash_v0(large.tx, large.code.view(), i, large.spent[i].value, HashType{kSighashAll}, hashes));
        }
    }
    report(state);
}

void sighash_taproot_all_inputs(benchmark::State& state) {
    const Large large(static_cast<size_t>(state.range(0)));
    for (auto _ : state) {
        const TaprootHashes hashes = compute_taproot_hashes(large.tx, large.spent, {});
        for (size_t i = 0; i < large.tx.inputs.size(); ++i) {
            benchmark::DoNotOptimize(
                sighash_taproot(large.tx, i, large.spent, kSighashDefault, SigVersion::kTaproot, {}, hashes));
        }
    }
    report(state);
}

void sighash_legacy_all_inputs(benchmark::State& state) {
    const Large large(static_cast<size_t>(state.range(0)));
    for (auto _ : state) {
        for (size_t i = 0; i < large.tx.inputs.size(); ++i) {
            benchmark::DoNotOptimize(sighash_legacy(large.tx, large.code.view(), i, HashType{kSighashAll}));
        }
    }
    report(state);
}

BENCHMARK(sighash_v0_all_inputs)
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(sighash_taproot_all_inputs)
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(sighash_legacy_all_inputs)
    ->RangeMultiplier(10)
    ->Range(10, 1'000)
    ->Complexity(benchmark::oNSquared)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
