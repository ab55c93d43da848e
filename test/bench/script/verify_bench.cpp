// Checking an input's script against the bare signature check of libsecp256k1 that it contains: the counter "ratio" is
// time of the first over time of the second, on the same signatures.
#include <benchmark/benchmark.h>

#include <chrono>

#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"
#include "util/check.h"

namespace {

using namespace sluice;
using namespace sluice::script;

struct Spend {
    SecretKey key = SecretKey::from_bytes(Bytes(32, 3)).value();
    Transaction tx;
    std::vector<TxOut> spent;
    TxHashes hashes;
    std::vector<Hash256> digests;
};

// A transaction whose inputs all spend outputs with this script of one key.
Spend make_spend(size_t inputs, bool taproot) {
    Spend s;
    TxOut coin;
    coin.asset = AssetId{};
    coin.value = Amount{100'000};
    const Hash160 key_hash = s.key.pubkey().hash160();
    coin.script = taproot ? make_witness_program(1, XOnlyPubKey::from(s.key.pubkey()).view()) : make_p2wpkh(key_hash);
    for (size_t i = 0; i < inputs; ++i) {
        s.tx.inputs.emplace_back();
        s.tx.inputs.back().prevout.index = static_cast<uint32_t>(i);
        s.spent.push_back(coin);
    }
    s.tx.outputs = {coin, coin};
    s.hashes = compute_tx_hashes(s.tx, s.spent, {});
    const Script code = make_p2pkh(key_hash);
    for (size_t i = 0; i < inputs; ++i) {
        WitnessStack& witness = s.tx.inputs[i].witness.script_witness;
        if (taproot) {
            const auto digest =
                sighash_taproot(s.tx, i, s.spent, kSighashDefault, SigVersion::kTaproot, {}, *s.hashes.taproot);
            s.digests.push_back(*digest);
            witness = {sign_schnorr(s.key, digest->view(), Bytes(32, 0))};
        } else {
            s.digests.push_back(sighash_v0(s.tx, code.view(), i, coin.value, HashType{kSighashAll}, s.hashes));
            Bytes signature = sign_ecdsa(s.key, s.digests.back());
            signature.push_back(kSighashAll);
            witness = {signature, to_bytes(s.key.pubkey().view())};
        }
    }
    return s;
}

template <class F>
double seconds_of(F function) {
    const auto start = std::chrono::steady_clock::now();
    function();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run(benchmark::State& state, bool taproot) {
    const Spend s = make_spend(static_cast<size_t>(state.range(0)), taproot);
    const Bytes pubkey = to_bytes(s.key.pubkey().view());
    const XOnlyPubKey x_only = XOnlyPubKey::from(s.key.pubkey());
    double scripts = 0;
    double bare = 0;
    for (auto _ : state) {
        scripts += seconds_of([&] {
            const TxHashes hashes = compute_tx_hashes(s.tx, s.spent, {});
            for (size_t i = 0; i < s.spent.size(); ++i)
                CHECK(verify_input(s.tx, i, s.spent, kMandatoryFlags, hashes).has_value());
        });
        bare += seconds_of([&] {
            for (size_t i = 0; i < s.spent.size(); ++i) {
                const ByteView signature = s.tx.inputs[i].witness.script_witness[0];
                CHECK(taproot ? verify_schnorr(x_only.view(), s.digests[i].view(), signature)
                              : verify_ecdsa(pubkey, signature.first(signature.size() - 1), s.digests[i]));
            }
        });
    }
    state.counters["ratio"] = scripts / bare;
    state.counters["inputs/s"] =
        static_cast<double>(state.iterations()) * static_cast<double>(state.range(0)) / scripts;
}

void p2wpkh_over_bare_ecdsa(benchmark::State& state) { run(state, false); }
void p2tr_over_bare_schnorr(benchmark::State& state) { run(state, true); }
BENCHMARK(p2wpkh_over_bare_ecdsa)->Arg(1)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(p2tr_over_bare_schnorr)->Arg(1)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
