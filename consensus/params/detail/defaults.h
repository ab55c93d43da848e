// What each kind of chain is before options (chain-params.md sections 2, 3 and 7).
#pragma once

#include <string_view>

#include "consensus/params/chain_params.h"

namespace sluice::detail {

ChainParams liquidv1_defaults();
ChainParams liquidtestnet_defaults();
ChainParams liquidv1test_defaults();
ChainParams custom_defaults(std::string_view name);

}  // namespace sluice::detail
