// Basic block filters (BIP 158): a compressed set of the scripts that a block pays to or spends from, by which a light
// client tells whether a block may concern it. Elements keeps the format; scripts of fees (empty) and data outputs are
// left out as there. Pure; any thread.
#pragma once

#include <set>

#include "consensus/primitives/block.h"
#include "consensus/primitives/script_bytes.h"
#include "crypto/hash.h"
#include "util/result.h"

namespace sluice::index {

using FilterElements = std::set<Bytes>;

// Output scripts but empty ones and OP_RETURN; `spent`: those of the coins that the block spends.
FilterElements basic_filter_elements(const Block& block, const std::vector<Script>& spent);
// The encoded filter: how many elements, then their hashes' differences in Golomb-Rice codes.
Bytes encode_filter(const BlockHash& block, const FilterElements& elements);
// Whether any of `wanted` is in the filter: never a false no, about once in 784,931 a false yes. The error: bytes that
// are no filter.
Result<bool> filter_matches(ByteView filter, const BlockHash& block, const FilterElements& wanted);
// Chains a filter to those before it; the genesis block's predecessor has zeros.
Hash256 filter_header(ByteView filter, const Hash256& previous);

}  // namespace sluice::index
