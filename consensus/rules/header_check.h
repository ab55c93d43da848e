// A header in its place: what it must be, given its ancestors and the clock (blocks-and-dynafed.md sections 5 and 6).
// Pure but for the memory of VersionBits.
#pragma once

#include "consensus/rules/rule.h"
#include "consensus/rules/versionbits.h"

namespace sluice::rules {

// The header's proof alone: Rule::kBlockProof. It is not part of the hash, so a bad one says nothing about the hash.
Judged<void> check_block_proof(const BlockHeader& header, const ChainParams& params);

// `parents` ends at the header's parent; `now` in Unix seconds. The proof is not looked at.
Judged<void> check_header_in_place(const BlockHeader& header, const HeaderView& parents, const ChainParams& params,
                                   VersionBits& version_bits, int64_t now);

}  // namespace sluice::rules
