// FeeRate: satoshi of the policy asset for 1000 virtual bytes. A value.
#pragma once

#include <compare>
#include <cstdint>

#include "consensus/primitives/amount.h"
#include "mempool/money_text.h"

namespace sluice::mempool {

struct FeeRate {
    int64_t sat_per_kvb = 0;

    // Rounded up; at least 1 for a rate and a size above 0. Precondition: a rate below 2^40 and a size below 2^22.
    [[nodiscard]] Amount fee(int64_t vsize) const {
        const int64_t rounded = (sat_per_kvb * vsize + 999) / 1000;
        return Amount{rounded};
    }
    // As messages of the reference write it.
    [[nodiscard]] std::string to_string() const { return coins_text(Amount{sat_per_kvb}) + " BTC/kvB"; }
    // Rounded down. Precondition: vsize > 0.
    static FeeRate of(Amount fee, int64_t vsize) { return FeeRate{fee.sat * 1000 / vsize}; }
    auto operator<=>(const FeeRate&) const = default;
};

}  // namespace sluice::mempool
