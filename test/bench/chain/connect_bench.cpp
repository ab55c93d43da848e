// Block decode and block connect, on blocks of payments that need no signature: what is measured is decoding, hashing,
// coins, the interpreter's overhead, undo and the database, not the curve. Connect runs on a simulated disk and on a
// real one; their ratio says what the disk costs.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "chain/chain_state.h"
#include "consensus/primitives/merkle.h"
#include "storage/directory_disk.h"
#include "storage/memory_disk.h"

namespace {

using namespace sluice;
using namespace sluice::chain;

constexpr size_t kPayments = 2000;

ChainParams bench_params() {
    Options options;
    options.add("signblockscript", "51");
    options.add("initialfreecoins", "2100000000000000");
    options.add("con_connect_genesis_outputs", "1");
    options.add("evbparams", "dynafed:-2:::");
    return std::move(make_chain_params("benchchain", options).value());
}

TxOut open_output(const ChainParams& params, int64_t value) {
    TxOut out;
    out.asset = params.pegged_asset;
    out.value = Amount{value};
    out.script.bytes = {0x51};
    return out;
}

std::shared_ptr<const Block> make_block(const ChainParams& params, const BlockHeader& prev, std::vector<TxRef> txs) {
    Block block;
    block.header.version = 0x20000000;
    block.header.prev = compute_hash(prev);
    block.header.height = prev.height + 1;
    block.header.time = prev.time + 60;
    block.header.seal = BlockProof{params.signblockscript, {}};
    Transaction coinbase;
    coinbase.inputs.resize(1);
    coinbase.inputs[0].script_sig.bytes = {static_cast<uint8_t>(0x50 + block.header.height), 0x00};
    coinbase.outputs.push_back(open_output(params, 0));
    coinbase.outputs[0].script.bytes = {0x6a};
    block.transactions.push_back(make_tx(std::move(coinbase)));
    for (TxRef& tx : txs) block.transactions.push_back(std::move(tx));
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
    return std::make_shared<const Block>(std::move(block));
}

// One block that splits the free coins into kPayments parts, and one that spends each of them into two.
struct Blocks {
    ChainParams params = bench_params();
    std::shared_ptr<const Block> first;
    std::shared_ptr<const Block> second;

    Blocks() {
        Transaction split;
        split.inputs.resize(1);
        int64_t left = 0;
        for (const TxRef& tx : params.genesis.transactions) {
            for (uint32_t i = 0; i < tx->tx.outputs.size(); ++i) {
                if (tx->tx.outputs[i].script.bytes != Bytes{0x51}) continue;
                split.inputs[0].prevout = {tx->txid, i};
                left = tx->tx.outputs[i].value.explicit_value().sat;
            }
        }
        for (size_t i = 0; i < kPayments; ++i) {
            split.outputs.push_back(open_output(params, 100'000));
            left -= 100'000;
        }
        split.outputs.push_back(open_output(params, left - 1000));
        split.outputs.push_back(open_output(params, 1000));
        split.outputs.back().script = {};
        const TxRef parts = make_tx(std::move(split));
        first = make_block(params, params.genesis.header, {parts});
        std::vector<TxRef> payments;
        for (uint32_t i = 0; i < kPayments; ++i) {
            Transaction pay;
            pay.inputs.resize(1);
            pay.inputs[0].prevout = {parts->txid, i};
            pay.outputs = {open_output(params, 60'000), open_output(params, 39'900), open_output(params, 100)};
            pay.outputs[2].script = {};
            payments.push_back(make_tx(std::move(pay)));
        }
        second = make_block(params, first->header, std::move(payments));
    }
};

const Blocks& blocks() {
    static const Blocks made;
    return made;
}

void connect(benchmark::State& state, storage::Disk& (*fresh_disk)()) {
    SystemClock clock;
    clock.set_mock_time(blocks().params.genesis.header.time + 100'000);
    runtime::WorkerPool workers(2);
    for (auto _ : state) {
        state.PauseTiming();
        auto chain = std::move(ChainState::open({fresh_disk(), blocks().params, clock, workers}, {}).value());
        if (chain->accept_block(blocks().first).bip22()) state.SkipWithError("the first block was refused");
        state.ResumeTiming();
        if (chain->accept_block(blocks().second).bip22()) state.SkipWithError("the second block was refused");
        state.PauseTiming();
        chain.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kPayments));
    state.SetLabel("payments of one input and two outputs");
}

storage::Disk& memory_disk() {
    static std::unique_ptr<storage::MemoryDisk> disk;
    disk = std::make_unique<storage::MemoryDisk>();
    return *disk;
}
storage::Disk& real_disk() {
    static std::string path;
    static std::unique_ptr<storage::DirectoryDisk> disk;
    if (!path.empty()) std::filesystem::remove_all(path);
    path = (std::filesystem::temp_directory_path() / "sluice_bench_XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    disk = std::make_unique<storage::DirectoryDisk>(path);
    return *disk;
}

void block_decode(benchmark::State& state) {
    const Bytes bytes = encode_block(*blocks().second);
    for (auto _ : state) benchmark::DoNotOptimize(parse_block(bytes));
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
    state.SetLabel("transaction ids included");
}

}  // namespace

BENCHMARK(block_decode)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(connect, memory_disk, memory_disk)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(connect, real_disk, real_disk)->Unit(benchmark::kMillisecond);
