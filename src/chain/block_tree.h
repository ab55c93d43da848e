// BlockTree: every header that the node knows, in memory, small: signatures, dynafed entries and Merkle roots stay on
// disk.
//
// Owner: ChainState, which changes it on the state thread under a leaf lock that readers on other threads take too.
// Nodes live as long as the tree and never move. What says who a block is (hash, prev, skip, height, times, version,
// proposal, dynafed) never changes after insert and may be read from any thread that got the node under the lock; the
// rest is the state thread's. Every signed block counts one unit of work, so a block's height is its chain's work.
#pragma once

#include <deque>
#include <vector>

#include "chain/records.h"

namespace sluice::chain {

struct BlockNode {
    BlockHash hash;
    BlockNode* prev = nullptr;          // null for genesis only
    BlockNode* skip = nullptr;          // a far ancestor, so that ancestor() takes O(log n) steps
    const Hash256* proposal = nullptr;  // root of the proposed dynafed entry, owned by the tree; null: none
    uint64_t chain_tx_count = 0;        // transactions up to and including this block; 0 until kComplete
    uint32_t height = 0;
    uint32_t time = 0;              // Unix seconds
    uint32_t median_time_past = 0;  // of the block and its 10 predecessors
    int32_t version = 0;
    uint32_t tx_count = 0;  // 0 while the block is unknown
    uint32_t sequence = 0;  // order in which blocks became kComplete; what was on the active chain at start comes first
    storage::FlatPosition block;
    storage::FlatPosition undo;
    uint16_t status = 0;  // BlockStatus bits
    bool dynafed = false;

    [[nodiscard]] bool has(uint16_t bits) const { return (status & bits) == bits; }
    [[nodiscard]] bool failed() const { return (status & (kInvalid | kInvalidAncestor)) != 0; }
    // Precondition: at_height <= height.
    [[nodiscard]] const BlockNode* ancestor(uint32_t at_height) const;
    BlockNode* ancestor(uint32_t at_height) {
        return const_cast<BlockNode*>(static_cast<const BlockNode*>(this)->ancestor(at_height));
    }
};
static_assert(sizeof(BlockNode) <= 120);

// The last common ancestor; both of one tree.
const BlockNode* find_fork(const BlockNode* a, const BlockNode* b);

// The true chain of candidates: more work first, then the one whose blocks were here first.
inline bool is_better(const BlockNode& a, const BlockNode& b) {
    if (a.height != b.height) return a.height > b.height;
    if (a.sequence != b.sequence) return a.sequence < b.sequence;
    return a.hash < b.hash;
}

class BlockTree {
public:
    [[nodiscard]] BlockNode* find(const BlockHash& hash) const;
    // Preconditions: unknown hash; record.prev is known unless the tree is empty; heights follow.
    BlockNode* insert(const BlockHash& hash, const NodeRecord& record);
    [[nodiscard]] NodeRecord record_of(const BlockNode& node) const;

    [[nodiscard]] size_t size() const { return nodes_.size(); }
    // In order of insertion: ancestors come before descendants.
    [[nodiscard]] std::deque<BlockNode>& nodes() { return nodes_; }
    [[nodiscard]] const std::deque<BlockNode>& nodes() const { return nodes_; }

private:
    void grow();
    const Hash256* intern(const Hash256& root);

    std::deque<BlockNode> nodes_;
    std::vector<BlockNode*> slots_;  // open addressing by the hash's first bytes; a power of two, at most half full
    std::deque<Hash256> proposals_;
};

}  // namespace sluice::chain
