// Hashing and signatures. Compare BM_ecdsa_verify_lax with BM_ecdsa_verify_bare: the difference is what parsing costs
// over libsecp256k1's own check.
#include <benchmark/benchmark.h>
#include <secp256k1.h>

#include "crypto/ecdsa.h"
#include "crypto/hash.h"
#include "crypto/muhash.h"
#include "crypto/schnorr.h"

using namespace sluice;

namespace {

void BM_sha256d(benchmark::State& state) {
    const Bytes bytes(static_cast<size_t>(state.range(0)), 0x5a);
    for (auto _ : state) benchmark::DoNotOptimize(sha256d(bytes));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_sha256d)->Arg(64)->Arg(80)->Arg(1 << 20);

void BM_merkle_node_compression(benchmark::State& state) {
    const Bytes bytes(64, 0x5a);
    for (auto _ : state) benchmark::DoNotOptimize(Sha256::midstate64(bytes));
}
BENCHMARK(BM_merkle_node_compression);

struct Signed {
    SecretKey key = SecretKey::generate();
    Bytes pubkey = to_bytes(key.pubkey().view());
    Hash256 digest = sha256(as_bytes("message"));
    Bytes der = sign_ecdsa(key, digest);
    Bytes schnorr = sign_schnorr(key, digest.view(), Bytes(32));
};

void BM_ecdsa_verify_lax(benchmark::State& state) {
    const Signed s;
    for (auto _ : state) benchmark::DoNotOptimize(verify_ecdsa(s.pubkey, s.der, s.digest));
}
BENCHMARK(BM_ecdsa_verify_lax);

void BM_ecdsa_verify_bare(benchmark::State& state) {
    const Signed s;
    secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
    secp256k1_pubkey key;
    secp256k1_ecdsa_signature signature;
    if (secp256k1_ec_pubkey_parse(context, &key, s.pubkey.data(), s.pubkey.size()) != 1 ||
        secp256k1_ecdsa_signature_parse_der(context, &signature, s.der.data(), s.der.size()) != 1) {
        state.SkipWithError("cannot parse");
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(secp256k1_ecdsa_verify(context, &signature, s.digest.bytes.data(), &key));
    }
    secp256k1_context_destroy(context);
}
BENCHMARK(BM_ecdsa_verify_bare);

void BM_ecdsa_sign(benchmark::State& state) {
    const Signed s;
    for (auto _ : state) benchmark::DoNotOptimize(sign_ecdsa(s.key, s.digest));
}
BENCHMARK(BM_ecdsa_sign);

void BM_schnorr_verify(benchmark::State& state) {
    const Signed s;
    const XOnlyPubKey key = XOnlyPubKey::from(s.key.pubkey());
    for (auto _ : state) benchmark::DoNotOptimize(verify_schnorr(key.view(), s.digest.view(), s.schnorr));
}
BENCHMARK(BM_schnorr_verify);

void BM_muhash_insert(benchmark::State& state) {
    MuHash3072 set;
    const Bytes element(100, 0x5a);
    for (auto _ : state) set.insert(element);
    benchmark::DoNotOptimize(set);
}
BENCHMARK(BM_muhash_insert);

}  // namespace
