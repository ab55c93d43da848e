// Which transactions of the pool go into a block: those that, with all that they need, pay most for each byte first.
// Pure.
#pragma once

#include <functional>
#include <vector>

#include "consensus/rules/amounts.h"
#include "mempool/mempool.h"

namespace sluice::assembly {

struct SelectLimits {
    size_t max_weight = 4'000'000;    // of all chosen transactions
    int64_t max_sigop_cost = 80'000;  // likewise
    rules::AmountMap reward;    // what the coinbase may claim besides fees; with them it stays in the range of money
    mempool::FeeRate min_rate;  // packages that pay less stay
    // Transactions for which this is false stay, and so does what spends them. Empty: all may go.
    std::function<bool(const mempool::Entry&)> may_go;
};

// Parents before children.
std::vector<const mempool::Entry*> select(const mempool::Mempool& pool, const SelectLimits& limits);

}  // namespace sluice::assembly
