// Options that change a chain (chain-params.md section 8).
#pragma once

#include "consensus/params/chain_params.h"
#include "consensus/params/detail/option_reader.h"

namespace sluice::detail {

// Everything, for custom chains and liquidtestnet; also for liquidv1test, which takes all but a few.
void apply_overrides(ChainParams& params, OptionReader& options);
// Policy switches that every chain takes, liquidv1 too.
void apply_policy(ChainParams& params, OptionReader& options);

}  // namespace sluice::detail
