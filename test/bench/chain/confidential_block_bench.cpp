// A block of 500 transactions with two hidden outputs each, judged on two cores as a node does: once as a stranger's
// block, once with all of its proofs in the cache, as after they came through the mempool. It is a quarter heavier than
// a block may be, which these checks do not ask. Making the proofs takes some seconds first. Where libsecp256k1-zkp is
// found, its own time for the block's range and surjection proofs on two cores, points parsed beforehand.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "confidential/secret/output.h"
#include "confidential/secret/surjection_sign.h"
#include "consensus/primitives/merkle.h"
#include "consensus/rules/block_check.h"
#include "runtime/worker_pool.h"
#include "support/memory_chain.h"
#include "support/zkp_peer.h"

namespace {

using namespace sluice;
namespace ct = sluice::confidential;

constexpr size_t kTransactions = 500;
constexpr uint32_t kDistinct =
    32;  // payments of different amounts and blinds; one alone would be learnt by branch predictors
constexpr uint64_t kPart = 1'000'000;
constexpr uint64_t kFee = 100;

ChainParams bench_params() {
    Options options;
    options.add("signblockscript", "51");
    options.add("initialfreecoins", "2100000000000000");
    options.add("con_connect_genesis_outputs", "1");
    options.add("evbparams", "dynafed:-2:::");
    return std::move(make_chain_params("benchchain", options).value());
}

TxOut open_output(const ChainParams& params, int64_t value, Bytes script) {
    TxOut out;
    out.asset = params.pegged_asset;
    out.value = Amount{value};
    out.script.bytes = std::move(script);
    return out;
}

// 32 bytes that tell one from another.
Hash256 seed(uint32_t transaction, uint8_t what) {
    return sha256(Bytes{static_cast<uint8_t>(transaction), static_cast<uint8_t>(transaction >> 8), what});
}

// Spends an open coin of kPart into two hidden amounts of the same asset.
TxRef hidden_payment(const ChainParams& params, const OutPoint& from, uint32_t number) {
    const ct::AssetTag asset = ct::AssetTag::from(params.pegged_asset);
    const std::vector<ct::AssetTag> target_assets = {asset};
    const std::vector<ct::GeneratorBytes> targets = {ct::blinded_generator(asset, {}).value()};
    const auto blind = [&](uint8_t what) { return ct::BlindingFactor::from_bytes(seed(number, what).view()).value(); };
    const uint64_t part = 300'000 + number;
    const std::array<uint64_t, 2> values = {part, kPart - kFee - part};
    std::vector<ct::Opening> in(1);
    in[0].value = kPart;
    std::vector<ct::Opening> first(1);
    first[0] = {values[0], blind(0), blind(1)};
    ct::Opening last{values[1], blind(2), {}};
    last.value_blind = ct::balancing_blind(in, first, last);

    Transaction tx;
    tx.inputs.resize(1);
    tx.inputs[0].prevout = from;
    for (uint8_t i = 0; i < 2; ++i) {
        const ct::Opening& opening = i == 0 ? first[0] : last;
        TxOut out = open_output(params, 0, {0x51});
        const SecretKey ephemeral = SecretKey::from_bytes(seed(number, 10 + i).view()).value();
        const PubKey receiver = SecretKey::from_bytes(seed(number, 20 + i).view()).value().pubkey();
        auto made =
            ct::blind_output({asset, opening.clone()}, out.script.view(), true, receiver, ephemeral, {}).value();
        out.asset = AssetCommitment::from(made.generator);
        out.value = ValueCommitment::from(made.commitment);
        out.nonce.bytes = NonceBytes::from_view(ephemeral.pubkey().view());
        out.witness.rangeproof = std::move(made.range_proof);
        const auto choice =
            ct::choose_surjection_inputs(target_assets, 1, asset, 100, seed(number, 30 + i).view()).value();
        out.witness.surjection_proof =
            ct::sign_surjection_proof(choice, targets, made.generator, {}, opening.asset_blind).value();
        tx.outputs.push_back(std::move(out));
    }
    tx.outputs.push_back(open_output(params, kFee, {}));
    return make_tx(std::move(tx));
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
    coinbase.inputs[0].witness.script_witness = {Bytes(32, 0)};
    coinbase.outputs = {open_output(params, 0, {0x6a}), open_output(params, 0, {0x6a})};
    block.transactions.push_back(make_tx(coinbase));
    for (TxRef& tx : txs) block.transactions.push_back(std::move(tx));
    coinbase.outputs[1].script = rules::witness_commitment_script(block.transactions, Bytes(32, 0));
    block.transactions[0] = make_tx(std::move(coinbase));
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
    return std::make_shared<const Block>(std::move(block));
}

struct Blocks {
    test::MemoryChain chain{bench_params()};  // with open coins of kPart at its tip
    std::shared_ptr<const Block> second;      // the hidden payments

    Blocks() {
        const ChainParams& params = chain.params;
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
        for (size_t i = 0; i < kTransactions; ++i)
            split.outputs.push_back(open_output(params, static_cast<int64_t>(kPart), {0x51}));
        left -= static_cast<int64_t>(kTransactions * kPart);
        split.outputs.push_back(open_output(params, left - 1000, {0x51}));
        split.outputs.push_back(open_output(params, 1000, {}));
        const TxRef parts = make_tx(std::move(split));
        const auto first = make_block(params, params.genesis.header, {parts});
        if (!chain.connect(*first)) std::abort();
        std::vector<TxRef> payments;
        for (uint32_t i = 0; i < kTransactions; ++i)
            payments.push_back(hidden_payment(params, {parts->txid, i}, i % kDistinct));
        second = make_block(params, first->header, std::move(payments));
    }
};

// connect_block and its verification batch; known: every proof is in the cache.
void confidential_block(benchmark::State& state, bool known) {
    static Blocks made;
    runtime::WorkerPool workers(1);  // this thread is the second
    const auto run_all = [&](size_t count, const std::function<bool(size_t)>& check) {
        return workers.run_all(count, check);
    };
    const rules::ConnectContext context{made.chain.params, made.chain.headers, made.chain.coins,
                                        made.chain.version_bits};
    for (auto _ : state) {
        state.PauseTiming();
        rules::ProofCache cache;
        if (known && !rules::verify(rules::connect_block(*made.second, context).value(), run_all, &cache)) std::abort();
        state.ResumeTiming();
        const auto connected = rules::connect_block(*made.second, context);
        if (!connected || !rules::verify(*connected, run_all, &cache)) state.SkipWithError("the block was refused");
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kTransactions));
    state.SetLabel("500 transactions, 1000 range proofs of 52 bits, 2 cores");
}

// One output's proofs as the reference library takes them.
struct ReferenceCheck {
    test::ZkpPeer::Opaque commitment;
    test::ZkpPeer::Opaque generator;
    const TxOut* out;
};

void reference_block(benchmark::State& state) {
    const test::ZkpPeer* peer = test::ZkpPeer::get();
    if (peer == nullptr) return state.SkipWithError("no libsecp256k1-zkp (SLUICE_ZKP_LIBRARY)");
    static Blocks made;
    const auto plain = ct::blinded_generator(ct::AssetTag::from(made.chain.params.pegged_asset), {}).value();
    const std::vector<test::ZkpPeer::Opaque> targets = {peer->generator(*ct::Generator::parse(plain.view()))};
    std::vector<ReferenceCheck> checks;
    for (const TxRef& tx : made.second->transactions) {
        for (const TxOut& out : tx->tx.outputs) {
            if (out.witness.rangeproof.empty()) continue;
            checks.push_back({peer->commitment(*ct::Commitment::parse(out.value.commitment().view())),
                              peer->generator(*ct::Generator::parse(out.asset.commitment().view())), &out});
        }
    }
    runtime::WorkerPool workers(1);  // this thread is the second
    for (auto _ : state) {
        const bool valid = workers.run_all(checks.size(), [&](size_t i) {
            const ReferenceCheck& check = checks[i];
            return peer->range_verify(check.commitment, check.generator, check.out->witness.rangeproof,
                                      check.out->script.view())
                       .has_value() &&
                   peer->surjection_verify(check.out->witness.surjection_proof, targets, check.generator);
        });
        if (!valid) state.SkipWithError("the reference refused a proof");
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kTransactions));
    state.SetLabel("the proofs of 500 transactions, 2 cores");
}

}  // namespace

BENCHMARK(reference_block)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(confidential_block, unknown_proofs, false)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(confidential_block, proofs_known_from_the_mempool, true)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
