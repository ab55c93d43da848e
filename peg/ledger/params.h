// Parameters of the ledger and the payout planner (federation-design section 8) and the payout sets, as the manifest
// lists them. All members of a federation must hold equal values: plans are compared byte for byte. Amounts in satoshi,
// rates in sat/kvB, "blocks" of the sidechain unless a comment says Bitcoin.
#pragma once

#include <cstdint>
#include <vector>

#include "consensus/primitives/script_bytes.h"

namespace sluice::ledger {

struct PlannerParams {
    uint32_t coin_depth = 1;   // Bitcoin depth from which change may be spent again
    uint32_t final_depth = 6;  // F: Bitcoin depth below which nothing is expected to change
    uint32_t bump_after = 3;   // Bitcoin blocks
    int64_t bump_step = 1000;  // sat/kvB
    uint32_t fair_after = 20;  // Bitcoin blocks
    uint32_t batch_interval = 3;
    uint32_t batch_full = 20;  // requests
    uint32_t max_open = 4;     // PAY batches
    uint32_t max_requests = 200;
    uint32_t max_weight = 200'000;
    uint32_t max_plan_bytes = 100'000;
    int64_t max_fee = 1'000'000;
    uint32_t min_rate = 1'000;
    uint32_t max_rate = 100'000;
    uint32_t fallback_rate = 2'000;
    uint32_t rate_window = 10;  // factor
    int64_t min_change = 10'000;
    uint32_t max_change = 4;  // outputs
    uint32_t target_coins = 4;
    uint32_t expiry_margin = 20;  // Bitcoin blocks
    uint32_t max_sweep_inputs = 50;
    uint32_t consolidate_rate = 1'500;
    int64_t pool_alarm = 50'000;
    int64_t acknowledged_deficit = 0;

    static PlannerParams regtest() { return {}; }
    static PlannerParams production();
    bool operator==(const PlannerParams&) const = default;
};

// One set of payout keys: coins pay to P2WSH(witness_script), deposits to the script with its keys tweaked.
struct PayoutSet {
    Script witness_script;   // begins with <threshold> <keys> <n> OP_CHECKMULTISIG
    uint32_t threshold = 0;  // K
    uint32_t csv = 0;        // Bitcoin blocks after which the emergency branch can spend; 0: no such branch
    bool operator==(const PayoutSet&) const = default;
};

struct LedgerParams {
    PlannerParams planner;
    std::vector<PayoutSet> sets;  // in order of their first activation; named by index
    bool operator==(const LedgerParams&) const = default;
};

}  // namespace sluice::ledger
