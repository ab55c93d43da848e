// CoinView: the coins and claimed peg-ins at some block, as rules look them up. A port: the chain module implements it
// over its cache and database, the mempool over that. Rules are pure and know no faults: an implementation that cannot
// read says "absent", remembers the fault, and its owner throws the verdict away.
#pragma once

#include <optional>

#include "consensus/rules/coin.h"

namespace sluice::rules {

class CoinView {
public:
    virtual ~CoinView() = default;
    [[nodiscard]] virtual std::optional<Coin> get(const OutPoint& outpoint) const = 0;
    [[nodiscard]] virtual bool pegin_spent(const PeginId& pegin) const = 0;
};

}  // namespace sluice::rules
