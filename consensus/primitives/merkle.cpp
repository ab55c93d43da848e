#include "consensus/primitives/merkle.h"

#include <array>

#include "crypto/hash_writer.h"

namespace sluice {
namespace {

Hash256 fast_node(const Hash256& left, const Hash256& right) {
    std::array<uint8_t, 64> block;
    std::ranges::copy(left.bytes, block.begin());
    std::ranges::copy(right.bytes, block.begin() + 32);
    return Sha256::midstate64(block);
}

Hash256 hash_of(const Bytes& bytes) {
    HashWriter writer;
    field(writer, bytes);
    return writer.sha256d();
}
Hash256 hash_of(const WitnessStack& stack) {
    HashWriter writer;
    describe_stack(writer, stack);
    return writer.sha256d();
}

Hash256 input_leaf(const TxIn& in) {
    static const TxInWitness kEmpty;
    const TxInWitness& witness = in.prevout.is_null() ? kEmpty : in.witness;
    const std::array<Hash256, 4> leaves = {hash_of(witness.issuance_amount_rangeproof),
                                           hash_of(witness.inflation_keys_rangeproof), hash_of(witness.script_witness),
                                           hash_of(witness.pegin_witness)};
    return fast_merkle_root(leaves);
}

}  // namespace

Hash256 fast_merkle_root(std::span<const Hash256> leaves) {
    if (leaves.empty()) return {};
    std::vector<Hash256> level(leaves.begin(), leaves.end());
    while (level.size() > 1) {
        std::vector<Hash256> above;
        above.reserve((level.size() + 1) / 2);
        for (size_t i = 0; i + 1 < level.size(); i += 2) above.push_back(fast_node(level[i], level[i + 1]));
        if (level.size() % 2 == 1) above.push_back(level.back());
        level = std::move(above);
    }
    return level.front();
}

TxMerkleRoot tx_merkle_root(const std::vector<TxRef>& transactions) {
    TxMerkleRoot out;
    if (transactions.empty()) return out;
    std::vector<Hash256> level;
    level.reserve(transactions.size());
    for (const TxRef& tx : transactions) level.push_back(Hash256::from(tx->txid));
    while (level.size() > 1) {
        for (size_t i = 0; i + 1 < level.size(); i += 2) out.mutated = out.mutated || level[i] == level[i + 1];
        if (level.size() % 2 == 1) level.push_back(level.back());
        for (size_t i = 0; i < level.size(); i += 2) {
            HashWriter writer;
            writer.raw(level[i].view());
            writer.raw(level[i + 1].view());
            level[i / 2] = writer.sha256d();
        }
        level.resize(level.size() / 2);
    }
    out.root = MerkleRoot::from(level.front());
    return out;
}

Hash256 witness_hash(const Transaction& tx) {
    std::vector<Hash256> inputs;
    for (const TxIn& in : tx.inputs) inputs.push_back(input_leaf(in));
    std::vector<Hash256> outputs;
    for (const TxOut& out : tx.outputs) {
        const std::array<Hash256, 2> leaves = {hash_of(out.witness.surjection_proof), hash_of(out.witness.rangeproof)};
        outputs.push_back(fast_merkle_root(leaves));
    }
    const std::array<Hash256, 2> halves = {fast_merkle_root(inputs), fast_merkle_root(outputs)};
    return fast_merkle_root(halves);
}

Hash256 witness_merkle_root(const std::vector<TxRef>& transactions) {
    std::vector<Hash256> leaves;
    leaves.reserve(transactions.size());
    for (const TxRef& tx : transactions) leaves.push_back(witness_hash(tx->tx));
    return fast_merkle_root(leaves);
}

}  // namespace sluice
