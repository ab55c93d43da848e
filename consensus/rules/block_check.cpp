#include "consensus/rules/block_check.h"

#include <algorithm>
#include <array>

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

Judged<void> check_merkle_root(const Block& block) {
    const TxMerkleRoot computed = tx_merkle_root(block.transactions);
    if (computed.root != block.header.merkle_root) return broken(Rule::kBlockMerkleRoot, "hashMerkleRoot mismatch");
    if (computed.mutated) return broken(Rule::kBlockMerkleDuplicate, "duplicate transaction");
    return {};
}

Judged<void> check_witness(const Block& block, bool commitment_counts) {
    const Transaction& coinbase = block.transactions[0]->tx;
    const std::optional<size_t> at = commitment_counts ? witness_commitment_output(coinbase) : std::nullopt;
    if (!at) {
        const bool any = std::ranges::any_of(block.transactions, [](const TxRef& tx) { return tx->tx.has_witness(); });
        if (any) return broken(Rule::kBlockUnexpectedWitness, "unexpected witness data found");
        return {};
    }
    const WitnessStack& stack = coinbase.inputs[0].witness.script_witness;
    if (stack.size() != 1 || stack[0].size() != kReserved) {
        return broken(Rule::kBlockWitnessNonce, "invalid witness reserved value size");
    }
    const Script expected = witness_commitment_script(block.transactions, stack[0]);
    if (!equal(expected.view(), coinbase.outputs[*at].script.view().first(kCommitmentSize))) {
        return broken(Rule::kBlockWitnessRoot, "witness merkle commitment mismatch");
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
    if (count == 0 || count * kWitnessScale > kMaxBlockWeight ||
        counted_size(block, params).stripped * kWitnessScale > kMaxBlockWeight) {
        return broken(Rule::kBlockLength, "size limits failed");
    }
    if (!block.transactions[0]->tx.is_coinbase())
        return broken(Rule::kBlockCoinbaseMissing, "first tx is not coinbase");
    for (size_t i = 1; i < count; ++i) {
        if (block.transactions[i]->tx.is_coinbase())
            return broken(Rule::kBlockCoinbaseMultiple, "more than one coinbase");
    }
    int64_t cost = 0;
    for (const TxRef& tx : block.transactions) {
        TRY_VOID(check_transaction(*tx));
        cost += legacy_sigop_cost(tx->tx);
    }
    if (cost > kMaxBlockSigopsCost) return broken(Rule::kBlockSigops, "out-of-bounds SigOpCount");
    return {};
}

Judged<void> check_block_in_place(const Block& block, const HeaderView& parents, const ChainParams& params) {
    const int64_t height = int64_t{parents.height()} + 1;
    const int64_t clock =
        height >= params.csv_height ? parents.median_time_past_at(parents.height()) : block.header.time;
    for (const TxRef& tx : block.transactions) {
        if (!is_final(tx->tx, static_cast<uint32_t>(height), clock))
            return broken(Rule::kBlockNonFinal, "non-final transaction");
    }
    const TxIn& coinbase_in = block.transactions[0]->tx.inputs[0];
    if (height >= params.bip34_height) {
        script::ScriptBuilder expected;
        expected.number(height);
        const ByteView script_sig = coinbase_in.script_sig.view();
        const size_t length = expected.bytes().size();
        if (script_sig.size() < length || !equal(script_sig.first(length), expected.bytes())) {
            return broken(Rule::kBlockCoinbaseHeight, "block height mismatch in coinbase");
        }
    }
    const TxInWitness& witness = coinbase_in.witness;
    if (!witness.issuance_amount_rangeproof.empty() || !witness.inflation_keys_rangeproof.empty() ||
        !witness.pegin_witness.empty()) {
        return broken(Rule::kBlockCoinbaseWitness, "Coinbase has invalid input witness data.");
    }
    TRY_VOID(check_witness(block, height >= params.segwit_height));
    if (counted_size(block, params).weight() > kMaxBlockWeight)
        return broken(Rule::kBlockWeight, "weight limit failed");
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
