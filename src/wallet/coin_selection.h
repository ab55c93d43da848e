// Coin selection: which coins of one asset pay for a target. Pure and deterministic.
#pragma once

#include <vector>

#include "consensus/primitives/amount.h"
#include "consensus/primitives/transaction.h"
#include "util/result.h"

namespace sluice::wallet {

struct Candidate {
    OutPoint outpoint;
    Amount value;
    bool confirmed = true;
    bool operator==(const Candidate&) const = default;
};

struct Selection {
    std::vector<Candidate> coins;
    Amount total;
};

// Coins worth at least `target` (satoshi, > 0). Confirmed coins first; among those the smallest single coin that
// suffices, else the largest coins until they suffice, so that few inputs are signed and change is rarely dust. Error:
// "Insufficient funds".
Result<Selection> select_coins(std::vector<Candidate> candidates, Amount target);

}  // namespace sluice::wallet
