// Merkle trees of Elements (transactions.md section 3): Bitcoin's double-SHA256 tree over txids, and the fast tree
// whose nodes are single compressions without padding.
#pragma once

#include <span>
#include <vector>

#include "consensus/primitives/block.h"
#include "crypto/hash.h"

namespace sluice {

// Empty: 32 zero bytes. One leaf: that leaf. An odd node is promoted unchanged.
Hash256 fast_merkle_root(std::span<const Hash256> leaves);

struct TxMerkleRoot {
    MerkleRoot root;
    // True if two equal hashes stand side by side in one level: the block may be a mutation with repeated transactions.
    bool mutated = false;
};
TxMerkleRoot tx_merkle_root(const std::vector<TxRef>& transactions);

// Root over the witnesses of one transaction (RPC field "withash").
Hash256 witness_hash(const Transaction& tx);
// Root that the coinbase commits to: over witness_hash of every transaction, coinbase included.
Hash256 witness_merkle_root(const std::vector<TxRef>& transactions);

}  // namespace sluice
