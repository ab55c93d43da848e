// The genesis block and the ids that follow from a chain's parameters (chain-params.md section 5).
#pragma once

#include "consensus/params/chain_params.h"

namespace sluice::detail {

// SHA-256 over the chain's name and the lowercase hexadecimal text of the two scripts.
Hash256 genesis_commitment(const ChainParams& params);
// The asset that the genesis issuance makes, whether or not coins are issued.
AssetId genesis_asset(const ChainParams& params);
// Error: a genesis style that is not known.
Result<Block> make_genesis(const ChainParams& params);

}  // namespace sluice::detail
