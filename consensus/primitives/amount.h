// Amount: satoshi of some asset. The type holds any 64-bit number, because a transaction from a stranger can; the rules
// ask in_money_range. Sums go through add, which notices overflow.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "util/checked.h"

namespace sluice {

struct Amount {
    int64_t sat = 0;
    auto operator<=>(const Amount&) const = default;
};

inline constexpr int64_t kCoin = 100'000'000;
inline constexpr Amount kMaxMoney{21'000'000 * kCoin};  // the same bound for every asset and chain

inline bool in_money_range(Amount amount) { return amount.sat >= 0 && amount <= kMaxMoney; }

inline std::optional<Amount> add(Amount a, Amount b) {
    const std::optional<int64_t> sum = checked_add(a.sat, b.sat);
    return sum ? std::optional(Amount{*sum}) : std::nullopt;
}
inline std::optional<Amount> subtract(Amount a, Amount b) {
    const std::optional<int64_t> difference = checked_sub(a.sat, b.sat);
    return difference ? std::optional(Amount{*difference}) : std::nullopt;
}

}  // namespace sluice
