// A walk over all coins at the tip for those that pay to given scripts: what scantxoutset asks. Any thread: it reads
// one snapshot of the database, which takes seconds on a large set.
#pragma once

#include <atomic>
#include <set>
#include <vector>

#include "consensus/primitives/ids.h"
#include "consensus/rules/coin.h"
#include "storage/db.h"

namespace sluice::chain {

struct FoundCoin {
    OutPoint outpoint;
    rules::Coin coin;
};
struct CoinScan {
    BlockHash best_block;
    uint64_t outputs = 0;  // looked at
    bool complete = true;  // false: it was stopped
    std::vector<FoundCoin> found;
};

// What others see and say while it runs.
struct ScanControl {
    std::atomic<int> percent{0};
    std::atomic<bool> stop{false};
};

// Errors: a damaged database.
Result<CoinScan> scan_coins(const storage::DbReader& snapshot, const std::set<Script>& scripts, ScanControl& control);

}  // namespace sluice::chain
