// Amounts as the reference's messages write them, in coins. Pure.
#pragma once

#include <string>

#include "consensus/primitives/amount.h"

namespace sluice::mempool {

std::string coins_text(Amount amount);        // eight decimals
std::string short_coins_text(Amount amount);  // as many as it needs, two at least

}  // namespace sluice::mempool
