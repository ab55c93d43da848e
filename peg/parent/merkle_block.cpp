#include "peg/parent/merkle_block.h"

#include "peg/parent/transaction.h"
#include "util/check.h"

namespace sluice::parent {

namespace {

// A block of 4,000,000 weight units holds no more transactions of at least 60 bytes.
constexpr uint32_t kMaxTransactions = 4'000'000 / 240;

std::array<uint8_t, 64> pair_of(const Hash256& left, const Hash256& right) {
    std::array<uint8_t, 64> out;
    std::ranges::copy(left.view(), out.begin());
    std::ranges::copy(right.view(), out.begin() + 32);
    return out;
}

// Level 0 holds the transactions; a level of odd width repeats its last node.
uint32_t width(uint32_t transactions, uint32_t level) { return (transactions + (1u << level) - 1) >> level; }

uint32_t top_level(uint32_t transactions) {
    uint32_t level = 0;
    while (width(transactions, level) > 1) ++level;
    return level;
}

class Extractor {
public:
    explicit Extractor(const PartialMerkleTree& tree) : tree_(tree) {}

    std::optional<MerkleMatches> run() {
        if (tree_.transactions == 0 || tree_.transactions > kMaxTransactions) return std::nullopt;
        if (tree_.hashes.size() > tree_.transactions || tree_.flags.size() * 8 < tree_.hashes.size())
            return std::nullopt;
        const Hash256 root = visit(top_level(tree_.transactions), 0);
        const bool used_up = (bits_ + 7) / 8 == tree_.flags.size() && hashes_ == tree_.hashes.size();
        if (bad_ || !used_up) return std::nullopt;
        found_.root = ParentMerkleRoot::from(root);
        return std::move(found_);
    }

private:
    Hash256 visit(uint32_t level, uint32_t position) {
        if (bad_ || bits_ >= tree_.flags.size() * 8) return fail();
        const bool above_match = (tree_.flags[bits_ / 8] >> (bits_ % 8) & 1) != 0;
        ++bits_;
        if (level == 0 || !above_match) {
            if (hashes_ >= tree_.hashes.size()) return fail();
            const Hash256& hash = tree_.hashes[hashes_++];
            if (above_match) found_.matches.push_back({position, ParentTxid::from(hash)});
            return hash;
        }
        const Hash256 left = visit(level - 1, 2 * position);
        Hash256 right = left;
        if (2 * position + 1 < width(tree_.transactions, level - 1)) {
            right = visit(level - 1, 2 * position + 1);
            // Equal children mean a tree that was padded by hand: a block's transactions differ.
            if (!bad_ && right == left) return fail();
        }
        const auto node = pair_of(left, right);
        if (parses_as_transaction(node)) found_.ambiguous_node = true;
        return sha256d(node);
    }

    Hash256 fail() {
        bad_ = true;
        return {};
    }

    const PartialMerkleTree& tree_;
    MerkleMatches found_;
    size_t bits_ = 0;
    size_t hashes_ = 0;
    bool bad_ = false;
};

class Builder {
public:
    Builder(const std::vector<ParentTxid>& txids, const std::vector<bool>& wanted) {
        std::vector<Node> level;
        for (size_t i = 0; i < txids.size(); ++i) level.push_back({Hash256::from(txids[i]), wanted[i]});
        levels_.push_back(std::move(level));
        while (levels_.back().size() > 1) {
            const std::vector<Node>& below = levels_.back();
            std::vector<Node> above;
            for (size_t i = 0; i < below.size(); i += 2) {
                const Node& left = below[i];
                const Node& right = i + 1 < below.size() ? below[i + 1] : left;
                above.push_back({sha256d(pair_of(left.hash, right.hash)), left.wanted || right.wanted});
            }
            levels_.push_back(std::move(above));
        }
    }

    PartialMerkleTree run() {
        tree_.transactions = static_cast<uint32_t>(levels_.front().size());
        visit(levels_.size() - 1, 0);
        return std::move(tree_);
    }
    [[nodiscard]] const Hash256& root() const { return levels_.back().front().hash; }

private:
    struct Node {
        Hash256 hash;
        bool wanted = false;
    };

    void visit(size_t level, size_t position) {
        const Node& node = levels_[level][position];
        if (bits_ % 8 == 0) tree_.flags.push_back(0);
        if (node.wanted) tree_.flags.back() |= static_cast<uint8_t>(1u << (bits_ % 8));
        ++bits_;
        if (level == 0 || !node.wanted) {
            tree_.hashes.push_back(node.hash);
            return;
        }
        visit(level - 1, 2 * position);
        if (2 * position + 1 < levels_[level - 1].size()) visit(level - 1, 2 * position + 1);
    }

    std::vector<std::vector<Node>> levels_;
    PartialMerkleTree tree_;
    size_t bits_ = 0;
};

}  // namespace

ParentMerkleRoot merkle_root(const std::vector<ParentTxid>& txids) {
    if (txids.empty()) return {};
    return ParentMerkleRoot::from(Builder(txids, std::vector<bool>(txids.size())).root());
}

std::optional<MerkleMatches> extract_matches(const PartialMerkleTree& tree) { return Extractor(tree).run(); }

PartialMerkleTree build_tree(const std::vector<ParentTxid>& txids, const std::vector<bool>& wanted) {
    CHECK(!txids.empty() && txids.size() == wanted.size());
    return Builder(txids, wanted).run();
}

}  // namespace sluice::parent
