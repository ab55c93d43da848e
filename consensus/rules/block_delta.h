// BlockDelta: all that connecting one block changes, as a value: nothing has changed yet. Applying it puts `created`,
// then erases `spent`; undoing it puts `spent`, then erases `created` (a coin made and spent in the block stands in
// both lists).
#pragma once

#include <map>
#include <vector>

#include "consensus/primitives/amount.h"
#include "consensus/rules/coin.h"

namespace sluice::rules {

struct CoinChange {
    OutPoint outpoint;
    Coin coin;
    bool operator==(const CoinChange&) const = default;
};

struct BlockDelta {
    std::vector<CoinChange> created;  // spendable outputs, in block order
    std::vector<CoinChange> spent;    // one for each input that spends a coin of this chain, in block order
    std::vector<PeginId> pegins;      // deposits claimed, in block order
    std::map<AssetId, Amount> fees;   // of all fee outputs
    bool operator==(const BlockDelta&) const = default;
};

}  // namespace sluice::rules
