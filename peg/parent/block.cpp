#include "peg/parent/block.h"

#include "peg/parent/merkle_block.h"

namespace sluice::parent {

namespace {
constexpr size_t kMinTransaction = 10;

// Two equal neighbours in any level that the tree would also get from a shorter list.
bool repeats(const std::vector<ParentTxid>& txids) {
    std::vector<Hash256> level;
    for (const ParentTxid& txid : txids) level.push_back(Hash256::from(txid));
    while (level.size() > 1) {
        std::vector<Hash256> above;
        for (size_t i = 0; i < level.size(); i += 2) {
            if (i + 1 < level.size() && level[i] == level[i + 1]) return true;
            const Hash256& right = i + 1 < level.size() ? level[i + 1] : level[i];
            Bytes node = to_bytes(level[i].view());
            append(node, right.view());
            above.push_back(sha256d(node));
        }
        level = std::move(above);
    }
    return false;
}
}  // namespace

std::optional<ParentBlock> decode_parent_block(ByteView bytes) {
    Reader reader(bytes);
    ParentBlock block;
    describe(reader, block.header);
    list(reader, block.transactions, kMinTransaction);
    if (!reader.finish() || block.transactions.empty()) return std::nullopt;
    block.txids.reserve(block.transactions.size());
    for (size_t i = 0; i < block.transactions.size(); ++i) {
        if (block.transactions[i].is_coinbase() != (i == 0)) return std::nullopt;
        block.txids.push_back(compute_txid(block.transactions[i]));
    }
    if (merkle_root(block.txids) != block.header.merkle_root || repeats(block.txids)) return std::nullopt;
    return block;
}

}  // namespace sluice::parent
