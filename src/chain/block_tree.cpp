#include "chain/block_tree.h"

#include <algorithm>
#include <array>

namespace sluice::chain {
namespace {

constexpr size_t kMedianSpan = 11;

uint32_t clear_lowest_bit(uint32_t n) { return n & (n - 1); }

// Height of the ancestor that a node's skip pointer names: any choice below the height works; this one makes walks from
// anywhere to anywhere logarithmic.
uint32_t skip_height(uint32_t height) {
    if (height < 2) return 0;
    return (height & 1) != 0 ? clear_lowest_bit(clear_lowest_bit(height - 1)) + 1 : clear_lowest_bit(height);
}

uint32_t median_time(const BlockNode& node) {
    std::array<uint32_t, kMedianSpan> times{};
    size_t count = 0;
    for (const BlockNode* at = &node; at != nullptr && count < kMedianSpan; at = at->prev) times[count++] = at->time;
    std::sort(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(count));
    return times[count / 2];
}

}  // namespace

const BlockNode* BlockNode::ancestor(uint32_t at_height) const {
    CHECK(at_height <= height);
    const BlockNode* at = this;
    while (at->height > at_height) {
        const uint32_t skip = skip_height(at->height);
        const uint32_t skip_prev = skip_height(at->height - 1);
        // Take the skip unless stepping back once gives a better one that does not overshoot.
        const bool step_is_better = skip_prev + 2 < skip && skip_prev >= at_height;
        if (at->skip != nullptr && (skip == at_height || (skip > at_height && !step_is_better))) {
            at = at->skip;
        } else {
            at = at->prev;
        }
    }
    return at;
}

const BlockNode* find_fork(const BlockNode* a, const BlockNode* b) {
    if (a->height > b->height) a = a->ancestor(b->height);
    if (b->height > a->height) b = b->ancestor(a->height);
    while (a != b) {
        // Equal heights have equal skip heights: jump while the jump does not pass the fork.
        if (a->skip != nullptr && a->skip != b->skip) {
            a = a->skip;
            b = b->skip;
        } else {
            a = a->prev;
            b = b->prev;
        }
    }
    return a;
}

BlockNode* BlockTree::find(const BlockHash& hash) const {
    if (slots_.empty()) return nullptr;
    const size_t mask = slots_.size() - 1;
    for (size_t at = FixedBytesHash()(hash) & mask; slots_[at] != nullptr; at = (at + 1) & mask) {
        if (slots_[at]->hash == hash) return slots_[at];
    }
    return nullptr;
}

void BlockTree::grow() {
    std::vector<BlockNode*> larger(std::max<size_t>(64, slots_.size() * 2));
    const size_t mask = larger.size() - 1;
    for (BlockNode& node : nodes_) {
        size_t at = FixedBytesHash()(node.hash) & mask;
        while (larger[at] != nullptr) at = (at + 1) & mask;
        larger[at] = &node;
    }
    slots_ = std::move(larger);
}

const Hash256* BlockTree::intern(const Hash256& root) {
    if (root.is_zero()) return nullptr;
    // Few distinct proposals exist at a time, and the latest are the likeliest.
    for (size_t i = proposals_.size(); i-- > 0;) {
        if (proposals_[i] == root) return &proposals_[i];
    }
    return &proposals_.emplace_back(root);
}

BlockNode* BlockTree::insert(const BlockHash& hash, const NodeRecord& record) {
    CHECK(find(hash) == nullptr);
    BlockNode* const prev = nodes_.empty() ? nullptr : find(record.prev);
    CHECK(nodes_.empty() || (prev != nullptr && prev->height + 1 == record.height));
    if ((nodes_.size() + 1) * 2 > slots_.size()) grow();
    BlockNode& node = nodes_.emplace_back();
    node.hash = hash;
    node.prev = prev;
    node.height = record.height;
    node.time = record.time;
    node.version = record.version;
    node.tx_count = record.tx_count;
    node.block = record.block;
    node.undo = record.undo;
    node.status = record.status & kStoredBits;
    node.dynafed = (record.status & kDynafed) != 0;
    node.proposal = intern(record.proposed_root);
    if (prev != nullptr) {
        node.skip = prev->ancestor(skip_height(record.height));
        if (prev->failed()) node.status |= kInvalidAncestor;
    }
    node.median_time_past = median_time(node);
    const size_t mask = slots_.size() - 1;
    size_t at = FixedBytesHash()(hash) & mask;
    while (slots_[at] != nullptr) at = (at + 1) & mask;
    slots_[at] = &node;
    return &node;
}

NodeRecord BlockTree::record_of(const BlockNode& node) const {
    NodeRecord record;
    if (node.prev != nullptr) record.prev = node.prev->hash;
    record.height = node.height;
    record.time = node.time;
    record.version = node.version;
    record.status = node.status & kStoredBits;
    record.tx_count = node.tx_count;
    record.block = node.block;
    record.undo = node.undo;
    if (node.proposal != nullptr) record.proposed_root = *node.proposal;
    return record;
}

}  // namespace sluice::chain
