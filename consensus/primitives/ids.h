// The ids of the sidechain, each a type of its own. Memory order is wire order; people see them reversed (codec/hex.h).
// Ids of the parent chain are other types (peg/parent).
#pragma once

#include "util/fixed_bytes.h"

namespace sluice {

using Txid = FixedBytes<struct TxidTag, 32>;
using Wtxid = FixedBytes<struct WtxidTag, 32>;
using BlockHash = FixedBytes<struct BlockHashTag, 32>;
using MerkleRoot = FixedBytes<struct MerkleRootTag, 32>;
using AssetId = FixedBytes<struct AssetIdTag, 32>;
using AssetEntropy = FixedBytes<struct AssetEntropyTag, 32>;
// Hash of the parent chain's genesis block, as the sidechain's peg-ins and peg-outs name it.
using ParentGenesis = FixedBytes<struct ParentGenesisTag, 32>;

}  // namespace sluice
