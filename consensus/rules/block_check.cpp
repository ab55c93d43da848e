#include "consensus/rules/block_check.h"

#include <algorithm>
#include <array>

#include "codec/hex.h"
#include "consensus/primitives/merkle.h"
#include "consensus/rules/header_check.h"
#include "consensus/rules/limits.h"
#include "consensus/rules/locktime.h"
#include "consensus/rules/sigops.h"
#include "consensus/rules/tx_check.h"
#include "consensus/script/script.h"
#include "crypto/hash_writer.h"

namespace sluice::rules {
namespace {

constexpr std::array<uint8_t, 6> kCommitmentHead = {0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};
constexpr size_t kCommitmentSize = kCommitmentHead.size() + 32;
constexpr size_t kReserved = 32;
constexpr size_t kAmbiguousSize = 64;  // bytes of two hashes side by side

// The n-th transaction, or a place in it.
BreachPlace in_block(const Block& block, size_t n, const BreachPlace& place = at_transaction()) {
    return sluice::in_block(place, n, block.transactions[n]->txid);
}

Judged<void> check_merkle_root(const Block& block) {
    const TxMerkleRoot computed = tx_merkle_root(block.transactions);
    if (computed.root != block.header.merkle_root) {
        return broken(Rule::kBlockMerkleRoot, at_block(),
                      {{"root", to_display(computed.root)}, {"expected", to_display(block.header.merkle_root)}},
                      "hashMerkleRoot mismatch");
    }
    if (computed.mutated) {
        return broken(Rule::kBlockMerkleDuplicate, at_block(), {{"transactions", block.transactions.size()}},
                      "duplicate transaction");
    }
    return {};
}

Judged<void> check_witness(const Block& block, bool commitment_counts) {
    const Transaction& coinbase = block.transactions[0]->tx;
    const std::optional<size_t> at = commitment_counts ? witness_commitment_output(coinbase) : std::nullopt;
    if (!at) {
        const auto any = std::ranges::find_if(block.transactions, [](const TxRef& tx) { return tx->tx.has_witness(); });
        if (any == block.transactions.end()) return {};
        return broken(Rule::kBlockUnexpectedWitness,
                      in_block(block, static_cast<size_t>(any - block.transactions.begin())), {},
                      "unexpected witness data found");
    }
    const WitnessStack& stack = coinbase.inputs[0].witness.script_witness;
    if (stack.size() != 1 || stack[0].size() != kReserved) {
        NamedValues values = {{"items", stack.size()}, {"expected", kReserved}};
        if (!stack.empty()) values.emplace_back("size", stack[0].size());
        return broken(Rule::kBlockWitnessNonce, in_block(block, 0, at_input(0)), std::move(values),
                      "invalid witness reserved value size");
    }
    const Script expected = witness_commitment_script(block.transactions, stack[0]);
    const ByteView found = coinbase.outputs[*at].script.view().first(kCommitmentSize);
    if (!equal(expected.view(), found)) {
        return broken(Rule::kBlockWitnessRoot, in_block(block, 0, at_output(*at)),
                      {{"commitment", to_hex(found)}, {"expected", to_hex(expected.view())}},
                      "witness merkle commitment mismatch");
    }
    return {};
}

// As the limits see it: ChainParams::signature_weight.
BlockSize counted_size(const Block& block, const ChainParams& params) {
    BlockSize size = block_size(block);
    if (params.signature_weight == kWitnessScale) {
        size.stripped += encode_header(block.header).size() - encode_header(block.header, HeaderForm::kStripped).size();
    }
    return size;
}

}  // namespace

std::optional<size_t> witness_commitment_output(const Transaction& coinbase) {
    for (size_t i = coinbase.outputs.size(); i-- > 0;) {
        const Bytes& script = coinbase.outputs[i].script.bytes;
        if (script.size() >= kCommitmentSize &&
            std::equal(kCommitmentHead.begin(), kCommitmentHead.end(), script.begin()))
            return i;
    }
    return std::nullopt;
}

Script witness_commitment_script(const std::vector<TxRef>& transactions, ByteView reserved) {
    HashWriter writer;
    writer.raw(witness_merkle_root(transactions).view());
    writer.raw(reserved);
    Script out{Bytes(kCommitmentHead.begin(), kCommitmentHead.end())};
    append(out.bytes, writer.sha256d().view());
    return out;
}

Judged<void> check_block(const Block& block, const ChainParams& params, ProofCheck proof) {
    if (proof == ProofCheck::kRequired) TRY_VOID(check_block_proof(block.header, params));
    TRY_VOID(check_merkle_root(block));
    const size_t count = block.transactions.size();
    // Fact: the reference counts every transaction as a byte before it counts the bytes.
    const size_t weight = std::max(count, counted_size(block, params).stripped) * kWitnessScale;
    if (count == 0 || weight > kMaxBlockWeight) {
        return broken(Rule::kBlockLength, at_block(),
                      {{"transactions", count}, {"weight", weight}, {"limit", kMaxBlockWeight}}, "size limits failed");
    }
    if (!block.transactions[0]->tx.is_coinbase())
        return broken(Rule::kBlockCoinbaseMissing, in_block(block, 0), {}, "first tx is not coinbase");
    for (size_t i = 1; i < count; ++i) {
        if (block.transactions[i]->tx.is_coinbase())
            return broken(Rule::kBlockCoinbaseMultiple, in_block(block, i), {}, "more than one coinbase");
    }
    int64_t cost = 0;
    for (size_t i = 0; i < count; ++i) {
        const ParsedTx& tx = *block.transactions[i];
        if (auto alone = check_transaction(tx); !alone) return sluice::in_block(std::move(alone).error(), i, tx.txid);
        cost += legacy_sigop_cost(tx.tx);
    }
    if (cost > kMaxBlockSigopsCost) {
        return broken(Rule::kBlockSigops, at_block(), {{"cost", cost}, {"limit", kMaxBlockSigopsCost}},
                      "out-of-bounds SigOpCount");
    }
    return {};
}

Judged<void> check_block_in_place(const Block& block, const HeaderView& parents, const ChainParams& params) {
    const int64_t height = int64_t{parents.height()} + 1;
    const int64_t clock =
        height >= params.csv_height ? parents.median_time_past_at(parents.height()) : block.header.time;
    for (size_t i = 0; i < block.transactions.size(); ++i) {
        const Transaction& tx = block.transactions[i]->tx;
        if (is_final(tx, static_cast<uint32_t>(height), clock)) continue;
        return broken(Rule::kBlockNonFinal, in_block(block, i),
                      {{"lock_time", tx.lock_time}, {"height", height}, {"time", clock}}, "non-final transaction");
    }
    const TxIn& coinbase_in = block.transactions[0]->tx.inputs[0];
    if (height >= params.bip34_height) {
        script::ScriptBuilder expected;
        expected.number(height);
        const ByteView script_sig = coinbase_in.script_sig.view();
        const size_t length = expected.bytes().size();
        if (script_sig.size() < length || !equal(script_sig.first(length), expected.bytes())) {
            return broken(Rule::kBlockCoinbaseHeight, in_block(block, 0, at_input(0)),
                          {{"script", to_hex(script_sig)}, {"height", height}}, "block height mismatch in coinbase");
        }
    }
    const TxInWitness& witness = coinbase_in.witness;
    if (!witness.issuance_amount_rangeproof.empty() || !witness.inflation_keys_rangeproof.empty() ||
        !witness.pegin_witness.empty()) {
        return broken(Rule::kBlockCoinbaseWitness, in_block(block, 0, at_input(0)), {},
                      "Coinbase has invalid input witness data.");
    }
    TRY_VOID(check_witness(block, height >= params.segwit_height));
    if (const size_t weight = counted_size(block, params).weight(); weight > kMaxBlockWeight) {
        return broken(Rule::kBlockWeight, at_block(), {{"weight", weight}, {"limit", kMaxBlockWeight}},
                      "weight limit failed");
    }
    return {};
}

bool is_mutated(const Block& block) {
    if (!check_merkle_root(block)) return true;
    if (block.transactions.empty() || !block.transactions[0]->tx.is_coinbase()) {
        return std::ranges::any_of(block.transactions,
                                   [](const TxRef& tx) { return tx->stripped_size == kAmbiguousSize; });
    }
    return !check_witness(block, true);
}

}  // namespace sluice::rules
