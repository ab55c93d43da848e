// Verification of what a wallet makes: 52-bit range proofs with a minimum of 1 over blinded generators, surjection
// proofs over 3 of 3 inputs and over 256. Each proof of a set differs (one proof in a loop teaches the branch
// predictor). Figures are for each proof; rows are with the arithmetic in use, and once more with each that this
// processor has. BM_reference_* time libsecp256k1-zkp where it is found. ratios.mjs runs them interleaved and divides.
#include <benchmark/benchmark.h>

#include "confidential/arithmetic.h"
#include "confidential/range_proof.h"
#include "confidential/surjection_proof.h"
#include "support/zkp_peer.h"

using namespace sluice;
using namespace sluice::test;
using sluice::test::ZkpPeer;

namespace {

constexpr size_t kProofs = 32;

struct RangeSet {
    std::vector<MadeRangeProof> made;
    std::vector<RangeProofCheck> checks;
    RangeSet() {
        Scalars random(1);
        for (size_t i = 0; i < kProofs; ++i) {
            RangeWish wish;
            wish.digits = random.number() >> 20;
            wish.mantissa = 52;
            wish.min = 1;
            wish.extra = Bytes(22, static_cast<uint8_t>(i));
            wish.digits &= (uint64_t{1} << 52) - 1;
            made.push_back(make_range_proof(random, base_times(random.next()), wish));
        }
        for (const MadeRangeProof& proof : made) checks.push_back(proof.check());
    }
};
const RangeSet& range_set() {
    static const RangeSet set;
    return set;
}

struct SurjectionSet {
    std::vector<MadeSurjectionProof> made;
    std::vector<SurjectionCheck> checks;
    explicit SurjectionSet(size_t inputs, size_t count) {
        Scalars random(inputs);
        std::vector<size_t> used;
        for (size_t i = 0; i < inputs; ++i) used.push_back(i);
        for (size_t i = 0; i < count; ++i) made.push_back(make_surjection_proof(random, inputs, used, i % inputs));
        for (const MadeSurjectionProof& proof : made) checks.push_back(proof.check());
    }
};
const SurjectionSet& surjection_set(size_t inputs) {
    static const SurjectionSet small(3, 64);
    static const SurjectionSet large(256, 4);
    return inputs == 3 ? small : large;
}

void per_proof(benchmark::State& state, size_t proofs_each_round) {
    state.counters["per_proof"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(proofs_each_round),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_range_proofs(benchmark::State& state) {
    const auto& checks = range_set().checks;
    const auto together = static_cast<size_t>(state.range(0));
    for (auto _ : state) {
        for (size_t i = 0; i < kProofs; i += together) {
            for (const auto& verdict : verify_range_proofs(std::span(checks).subspan(i, together)))
                CHECK(verdict.has_value());
        }
    }
    per_proof(state, kProofs);
}
BENCHMARK(BM_range_proofs)->Arg(1)->Arg(4)->Arg(32)->Unit(benchmark::kMillisecond);

void BM_reference_range_proofs(benchmark::State& state) {
    const ZkpPeer* peer = ZkpPeer::get();
    if (peer == nullptr) return state.SkipWithError("no libsecp256k1-zkp (SLUICE_ZKP_LIBRARY)");
    std::vector<ZkpPeer::Opaque> commitments;
    std::vector<ZkpPeer::Opaque> generators;
    for (const MadeRangeProof& made : range_set().made) {
        commitments.push_back(peer->commitment(made.commitment));
        generators.push_back(peer->generator(made.generator));
    }
    for (auto _ : state) {
        for (size_t i = 0; i < kProofs; ++i) {
            const MadeRangeProof& made = range_set().made[i];
            CHECK(peer->range_verify(commitments[i], generators[i], made.proof, made.extra).has_value());
        }
    }
    per_proof(state, kProofs);
}
BENCHMARK(BM_reference_range_proofs)->Unit(benchmark::kMillisecond);

void BM_surjection_proofs(benchmark::State& state) {
    const auto& checks = surjection_set(static_cast<size_t>(state.range(0))).checks;
    const size_t together = state.range(1) == 0 ? checks.size() : static_cast<size_t>(state.range(1));
    for (auto _ : state) {
        for (size_t i = 0; i < checks.size(); i += together) {
            for (const bool verdict : verify_surjection_proofs(std::span(checks).subspan(i, together))) CHECK(verdict);
        }
    }
    per_proof(state, checks.size());
}
BENCHMARK(BM_surjection_proofs)
    ->ArgNames({"inputs", "together"})
    ->Args({3, 1})
    ->Args({3, 0})
    ->Args({256, 1})
    ->Unit(benchmark::kMillisecond);

void BM_reference_surjection_proofs(benchmark::State& state) {
    const ZkpPeer* peer = ZkpPeer::get();
    if (peer == nullptr) return state.SkipWithError("no libsecp256k1-zkp (SLUICE_ZKP_LIBRARY)");
    const SurjectionSet& set = surjection_set(static_cast<size_t>(state.range(0)));
    std::vector<std::vector<ZkpPeer::Opaque>> targets;
    std::vector<ZkpPeer::Opaque> outputs;
    for (const MadeSurjectionProof& made : set.made) {
        targets.emplace_back();
        for (const Generator& target : made.targets) targets.back().push_back(peer->generator(target));
        outputs.push_back(peer->generator(made.output));
    }
    for (auto _ : state) {
        for (size_t i = 0; i < set.made.size(); ++i)
            CHECK(peer->surjection_verify(set.made[i].proof, targets[i], outputs[i]));
    }
    per_proof(state, set.made.size());
}
BENCHMARK(BM_reference_surjection_proofs)->ArgName("inputs")->Arg(3)->Arg(256)->Unit(benchmark::kMillisecond);

// The rows above with each arithmetic: <row>_with/<arithmetic>/<arguments>.
template <void (*kRow)(benchmark::State&)>
void with(benchmark::State& state, const std::string& arithmetic) {
    const std::string_view before = sluice::confidential::arithmetic().in_use;
    CHECK(use_arithmetic(arithmetic));
    kRow(state);
    CHECK(use_arithmetic(before));
}
const bool each_arithmetic_registered = [] {
    for (const std::string_view view : arithmetic().available) {
        const std::string name(view);
        const auto row = [&name](const char* what, auto run) {
            return benchmark::RegisterBenchmark((what + ("/" + name)).c_str(), run, name)
                ->Unit(benchmark::kMillisecond);
        };
        row("BM_range_proofs_with", with<BM_range_proofs>)->Arg(1)->Arg(4)->Arg(32);
        row("BM_surjection_proofs_with", with<BM_surjection_proofs>)->Args({3, 1})->Args({3, 0})->Args({256, 1});
    }
    return true;
}();

// The portable ladder whatever the processor has, and one field multiplication chain.
void BM_portable_ladder(benchmark::State& state) {
    Scalars random(9);
    std::vector<Affine> keys;
    std::vector<Lane> lanes;
    for (uint32_t i = 0; i < 104; ++i) {
        keys.push_back(base_times(random.next()));
        lanes.push_back({i, random.next(), random.next()});
    }
    std::vector<LaneResult> results(lanes.size());
    const LadderBackend& backend = portable_ladder();
    for (auto _ : state) {
        backend.multiply_add(backend.prepare(keys), lanes, results);
        benchmark::DoNotOptimize(results.data());
    }
    per_proof(state, lanes.size());
}
BENCHMARK(BM_portable_ladder)->Unit(benchmark::kMillisecond);

void BM_asset_generator(benchmark::State& state) {
    Bytes tag(32);
    for (auto _ : state) {
        ++tag[0];
        benchmark::DoNotOptimize(asset_generator(tag));
    }
}
BENCHMARK(BM_asset_generator);

void BM_parse_commitment(benchmark::State& state) {
    const auto bytes = range_set().made[0].commitment.serialize();
    for (auto _ : state) benchmark::DoNotOptimize(Commitment::parse(bytes));
}
BENCHMARK(BM_parse_commitment);

}  // namespace
