// Header sync: a message of 2000 headers accepted, as a peer sends them. One chain needs no signature (what the index,
// the checks in place and the database cost), the other 2 of 3 (what signatures cost on top); their ratio is the price
// of the signatures.
#include <benchmark/benchmark.h>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "crypto/keys.h"
#include "federation/rules/block_proof.h"
#include "storage/memory_disk.h"

namespace {

using namespace sluice;
using namespace sluice::chain;

constexpr size_t kHeaders = 2000;

struct Headers {
    ChainParams params;
    std::vector<BlockHeader> headers;

    explicit Headers(bool is_signed) {
        std::vector<SecretKey> keys;
        Bytes script{0x51};
        if (is_signed) {
            script = {0x52};
            for (uint8_t i = 1; i <= 3; ++i) {
                Bytes secret(32, 0);
                secret[31] = i;
                keys.push_back(std::move(*SecretKey::from_bytes(secret)));
                const PubKey key = keys.back().pubkey();
                script.push_back(static_cast<uint8_t>(key.view().size()));
                append(script, key.view());
            }
            script.push_back(0x53);
            script.push_back(0xae);
        }
        Options options;
        options.add("signblockscript", to_hex(script));
        options.add("con_max_block_sig_size", "300");
        options.add("evbparams", "dynafed:-2:::");
        params = std::move(make_chain_params("benchchain", options).value());
        BlockHeader last = params.genesis.header;
        for (size_t i = 0; i < kHeaders; ++i) {
            BlockHeader header;
            header.version = 0x20000000;
            header.prev = compute_hash(last);
            header.height = last.height + 1;
            header.time = last.time + 60;
            header.seal = BlockProof{params.signblockscript, {}};
            if (is_signed) {
                const BlockHash hash = compute_hash(header);
                header = *fed_rules::seal(header, params.signblockscript,
                                          {fed_rules::sign_block(hash, keys[0]), fed_rules::sign_block(hash, keys[2])});
            }
            headers.push_back(header);
            last = header;
        }
    }
};

void header_sync(benchmark::State& state, bool is_signed) {
    const Headers made(is_signed);
    SystemClock clock;
    clock.set_mock_time(made.params.genesis.header.time + 1'000'000);
    runtime::WorkerPool workers(2);
    for (auto _ : state) {
        state.PauseTiming();
        storage::MemoryDisk disk;
        auto chain = std::move(ChainState::open({disk, made.params, clock, workers}, {}).value());
        state.ResumeTiming();
        if (chain->accept_headers(made.headers).accepted != kHeaders) state.SkipWithError("a header was refused");
        state.PauseTiming();
        chain.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kHeaders));
    state.SetLabel("headers, 2000 to a message");
}

}  // namespace

BENCHMARK_CAPTURE(header_sync, no_signature, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(header_sync, two_of_three, true)->Unit(benchmark::kMillisecond);
