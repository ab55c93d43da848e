// What a member does for each block of its chain before it votes: decode it, let the signer follow it, fold it into the
// ledger. Compared: blocks that the signer's journal holds (a restart) and blocks that are new to it (proofs checked,
// journal synced). A block has a coinbase with its commitment and two payments; 3 of 4 sign.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "consensus/primitives/merkle.h"
#include "consensus/script/templates.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "federation/signer/member_signer.h"
#include "peg/ledger/facts.h"
#include "util/random.h"

using namespace sluice;
using namespace sluice::signer;

namespace {

SecretKey key(uint8_t seed) { return *SecretKey::from_bytes(Bytes(32, seed)); }

struct Chain {
    ChainParams params;
    KnownSet set;
    std::vector<Bytes> blocks;  // encoded, from genesis on

    explicit Chain(size_t count) {
        Options options;
        options.add("parentgenesisblockhash", std::string(63, '0') + "9");
        params = *make_chain_params("restartbench", options);
        std::vector<Bytes> keys;
        for (uint8_t i = 1; i <= 4; ++i) keys.push_back(to_bytes(key(i).pubkey().view()));
        const Script script = script::make_multisig(3, keys);
        DynafedEntry entry;
        entry.kind = DynafedEntryKind::kFull;
        entry.signblockscript = script::p2wsh_of(script);
        entry.signblock_witness_limit = 500;
        entry.fedpeg_program = script::p2wsh_of(script);
        entry.fedpegscript = script;
        set = {fed_rules::entry_root(entry), {script, 3, 0}};
        blocks.push_back(encode_block(params.genesis));
        BlockHash tip = params.genesis_hash;
        for (uint32_t height = 1; height <= count; ++height) {
            Block block;
            for (uint8_t i = 0; i < 3; ++i) block.transactions.push_back(make_tx(transaction(height, i)));
            block.header.height = height;
            block.header.prev = tip;
            block.header.merkle_root = tx_merkle_root(block.transactions).root;
            block.header.seal = DynafedHeader{height == 1 ? entry : fed_rules::to_compact(entry), {}, {}};
            std::vector<fed_rules::BlockSignature> signatures;
            tip = compute_hash(block.header);
            for (uint8_t i = 1; i <= 3; ++i) signatures.push_back(fed_rules::sign_block(tip, key(i)));
            block.header = *fed_rules::seal(block.header, script, signatures);
            blocks.push_back(encode_block(block));
        }
    }

    [[nodiscard]] Transaction transaction(uint32_t height, uint8_t number) const {
        Transaction tx;
        tx.inputs.resize(1);
        if (number == 0) tx.inputs[0].script_sig = script::ScriptBuilder().number(height).build();
        else tx.inputs[0].prevout = {Txid::from(sha256(Bytes{static_cast<uint8_t>(height), number})), 0};
        for (uint8_t i = 0; i < 3; ++i) {
            TxOut out;
            out.asset = params.pegged_asset;
            out.value = Amount{number == 0 ? 0 : 1000};
            out.script = number == 0 ? ledger::make_commitment_script({}) : script::make_p2wpkh(hash160(Bytes{i}));
            tx.outputs.push_back(out);
        }
        return tx;
    }
};

// Reads all blocks as a starting member does.
void follow(const Chain& chain, MemberSigner& signer) {
    signer.set_federation({chain.params, {chain.set}, 0});
    ledger::LedgerParams params{ledger::PlannerParams::regtest(), {chain.set.payout}};
    ledger::Ledger ledger(params);
    for (const Bytes& bytes : chain.blocks) {
        const auto block = parse_block(bytes);
        if (!signer.follow(*block)) std::abort();
        ledger.apply(ledger::facts_of(*block, chain.params, params, 0));
    }
    benchmark::DoNotOptimize(ledger.next_height());
}

void BM_follow(benchmark::State& state, bool journalled) {
    const Chain chain(static_cast<size_t>(state.range(0)));
    const std::string folder =
        (std::filesystem::temp_directory_path() / ("sluice-restart-" + std::to_string(random_u64()))).string();
    const auto open = [&] { return std::move(*MemberSigner::open({"alice", {}, key(1), key(9), {}}, folder)); };
    if (journalled) follow(chain, *open());
    for (auto _ : state) follow(chain, *open());
    state.counters["blocks/s"] =
        benchmark::Counter(static_cast<double>(chain.blocks.size()), benchmark::Counter::kIsIterationInvariantRate);
    std::filesystem::remove_all(folder);
}
BENCHMARK_CAPTURE(BM_follow, restart, true)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_follow, new_blocks, false)->Arg(10'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
