#include "wallet/coin_selection.h"

#include <algorithm>

#include "util/check.h"

namespace sluice::wallet {
namespace {

// Precondition: sorted by value, largest first.
Result<Selection> select_sorted(const std::vector<Candidate>& sorted, Amount target) {
    const auto too_small = std::ranges::find_if(sorted, [&](const Candidate& c) { return c.value < target; });
    if (too_small != sorted.begin()) return Selection{{*(too_small - 1)}, (too_small - 1)->value};
    Selection out;
    for (const Candidate& candidate : sorted) {
        const auto total = add(out.total, candidate.value);
        if (!total) return fail("the sum of the coins overflows");
        out.coins.push_back(candidate);
        out.total = *total;
        if (out.total >= target) return out;
    }
    return fail("Insufficient funds");
}

}  // namespace

Result<Selection> select_coins(std::vector<Candidate> candidates, Amount target) {
    CHECK(target.sat > 0);
    std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
        return a.value != b.value ? a.value > b.value : a.outpoint < b.outpoint;
    });
    std::vector<Candidate> confirmed;
    std::ranges::copy_if(candidates, std::back_inserter(confirmed), [](const Candidate& c) { return c.confirmed; });
    if (const auto found = select_sorted(confirmed, target)) return found;
    return select_sorted(candidates, target);
}

}  // namespace sluice::wallet
