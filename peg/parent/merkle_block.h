// Merkle proofs of Bitcoin: the partial tree of BIP37's merkleblock message, which gettxoutproof returns and a peg-in
// carries.
#pragma once

#include <optional>
#include <vector>

#include "peg/parent/header.h"

namespace sluice::parent {

ParentMerkleRoot merkle_root(const std::vector<ParentTxid>& txids);

struct PartialMerkleTree {
    uint32_t transactions = 0;    // claimed by whoever made the proof: not proven by the tree
    std::vector<Hash256> hashes;  // depth first
    Bytes flags;                  // one bit a visited node, least significant first
    auto operator<=>(const PartialMerkleTree&) const = default;
};
template <class A, Like<PartialMerkleTree> T>
void describe(A& a, T& t) {
    field(a, t.transactions);
    list(a, t.hashes, 32);
    field(a, t.flags);
}

struct MerkleMatch {
    uint32_t index = 0;  // position in the block
    ParentTxid txid;
    auto operator<=>(const MerkleMatch&) const = default;
};
struct MerkleMatches {
    ParentMerkleRoot root;
    std::vector<MerkleMatch> matches;
    // An inner node above a match can also be read as a 64-byte transaction. Then, and when the claimed transaction is
    // itself 64 bytes long without witness, only the block's real transaction count tells the proof's depth
    // (federation-design section 5).
    bool ambiguous_node = false;
};

// What the tree proves; nullopt if it is malformed (too many hashes or bits, unused ones, two equal children, a count
// that no block can hold). The caller compares the root with the header's.
std::optional<MerkleMatches> extract_matches(const PartialMerkleTree& tree);
// Proof of the transactions marked in `wanted`. Preconditions: equal sizes, not empty.
PartialMerkleTree build_tree(const std::vector<ParentTxid>& txids, const std::vector<bool>& wanted);

struct MerkleBlock {
    ParentHeader header;
    PartialMerkleTree tree;
    auto operator<=>(const MerkleBlock&) const = default;
};
template <class A, Like<MerkleBlock> T>
void describe(A& a, T& b) {
    field(a, b.header);
    field(a, b.tree);
}

}  // namespace sluice::parent
