// The payout planner (federation-design section 4.5): from a ledger, its evaluation at chain(c) and a rate to the PLAN.
// A pure function of its arguments: members compare plans byte for byte at prevote. Section 4.5 leaves some things
// open, which are settled here: coins are taken on while the rest over outputs and fee is too small for a change output
// and more coins exist, and what is then still too small goes to the fee; an old request stops younger ones only if
// waiting can help it; a sweep leaves coins that cost more than they bring.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "peg/ledger/evaluation.h"

namespace sluice::ledger {

enum class HoldReason {
    kScript,    // not a kind of script that payouts pay
    kDust,      // below what Bitcoin relays
    kTooLarge,  // cannot fit a batch of its own within the limits
    kCoins,     // more than the coins that can be spent now
    kPool,      // the fee pool cannot pay for it
    kLater,     // waits for the next batch
};
const char* to_string(HoldReason reason);

struct PlanInput {
    uint32_t rate = 0;            // sat/kvB
    bool frozen = false;          // by an alarm that an operator has not cleared
    std::set<ParentTxid> cancel;  // batches that this operator approved to cancel
    // The set active at the block that the plan is for: its coins pay, change goes to it. nullopt: the ledger's.
    std::optional<uint32_t> set;
};

struct Plan {
    PlanRecord record;                       // no entries: the block carries no PLAN
    std::map<uint64_t, HoldReason> waiting;  // queued requests that this plan does not take, and why
    std::vector<std::string> alarms;         // for the operator; never compared
    [[nodiscard]] bool empty() const { return record.entries.empty(); }
};

// Precondition: evaluation = evaluate(ledger, view).
Plan plan(const Ledger& ledger, const Evaluation& evaluation, const BitcoinView& view, const PlanInput& input);

// Section 4.4. The proposer's rate: the median (lower of the middle two) of the hints, within the bounds; fallback_rate
// if there is none.
uint32_t choose_rate(const PlannerParams& params, std::vector<uint32_t> hints);
// The validator's test; no estimate accepts every rate within the bounds.
bool accept_rate(const PlannerParams& params, uint32_t rate, std::optional<uint32_t> estimate);

}  // namespace sluice::ledger
