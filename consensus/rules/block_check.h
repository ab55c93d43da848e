// A block by itself and in its place among headers (blocks-and-dynafed.md sections 9 and 10), before any coin is looked
// at. Pure but for the memory of VersionBits.
#pragma once

#include <optional>

#include "consensus/rules/rule.h"
#include "consensus/rules/versionbits.h"

namespace sluice::rules {

enum class ProofCheck { kRequired, kSkipped };  // a proposal is not signed yet

// By itself: proof, Merkle root, sizes, coinbase first, each transaction alone, legacy signature operations.
Judged<void> check_block(const Block& block, const ChainParams& params, ProofCheck proof = ProofCheck::kRequired);

// In its place: lock times, the coinbase's height, witness commitment, weight. `parents` ends at the block's parent.
// Precondition: check_block passed.
Judged<void> check_block_in_place(const Block& block, const HeaderView& parents, const ChainParams& params);

// Whether the transactions are not those that the header commits to: then the sender is to blame, not the block.
bool is_mutated(const Block& block);

// Index of the coinbase output that commits to the witnesses; nullopt if there is none.
std::optional<size_t> witness_commitment_output(const Transaction& coinbase);
// What that output's script must be for a reserved value of 32 zero bytes (or the one given).
Script witness_commitment_script(const std::vector<TxRef>& transactions, ByteView reserved);

}  // namespace sluice::rules
