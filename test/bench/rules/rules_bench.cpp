// Judging blocks without scripts, which have a bench of their own: what one input and one output cost beside decoding
// them.
#include <benchmark/benchmark.h>

#include "consensus/primitives/merkle.h"
#include "support/fuzz_chain.h"

using namespace sluice;

namespace {

// A block of `count` transactions, each spending one coin that anyone may spend into two outputs.
struct Wide {
    test::FuzzChain chain;
    Block block;
    Bytes bytes;

    explicit Wide(size_t count) {
        Transaction coinbase;
        coinbase.inputs.resize(1);
        coinbase.inputs[0].script_sig.bytes = {0x51, 0x00};
        coinbase.outputs.resize(1);
        coinbase.outputs[0].asset = chain.params.pegged_asset;
        coinbase.outputs[0].value = Amount{0};
        coinbase.outputs[0].script.bytes = {0x6a};
        block.transactions.push_back(make_tx(std::move(coinbase)));
        for (size_t i = 0; i < count; ++i) {
            OutPoint from{Txid{}, 0};
            std::copy_n(reinterpret_cast<const uint8_t*>(&i), sizeof(i), from.txid.bytes.begin());
            rules::Coin coin;
            coin.out.asset = chain.params.pegged_asset;
            coin.out.value = Amount{10'000};
            coin.out.script.bytes = {0x51};
            chain.coins.coins[from] = coin;
            Transaction tx;
            tx.inputs.resize(1);
            tx.inputs[0].prevout = from;
            for (const int64_t sat : {4000, 5000, 1000}) {
                TxOut out;
                out.asset = chain.params.pegged_asset;
                out.value = Amount{sat};
                if (sat != 1000) out.script.bytes = {0x51};
                tx.outputs.push_back(out);
            }
            block.transactions.push_back(make_tx(std::move(tx)));
        }
        chain.repair(block);
        bytes = encode_block(block);
    }
};

void decode(benchmark::State& state) {
    const Wide wide(static_cast<size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(parse_block(wide.bytes));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(decode)->Name("block: decode, txids included")->Arg(1000);

void check(benchmark::State& state) {
    const Wide wide(static_cast<size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(rules::check_block(wide.block, wide.chain.params, rules::ProofCheck::kSkipped));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(check)->Name("block: check by itself, compare with decode")->Arg(1000);

void connect(benchmark::State& state) {
    Wide wide(static_cast<size_t>(state.range(0)));
    const rules::ConnectContext context{wide.chain.params, wide.chain.headers, wide.chain.coins,
                                        wide.chain.version_bits};
    for (auto _ : state) benchmark::DoNotOptimize(rules::connect_block(wide.block, context));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(connect)
    ->Name("block: connect on coins in memory, scripts collected but not run, compare with decode")
    ->Arg(1000);

}  // namespace
