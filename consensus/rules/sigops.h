// The cost of a transaction's signature operations (blocks-and-dynafed.md section 9). Pure; any thread.
#pragma once

#include <span>

#include "consensus/primitives/transaction.h"
#include "consensus/script/flags.h"

namespace sluice::rules {

// Operations in scriptSigs and output scripts, at the cost of a legacy operation each.
int64_t legacy_sigop_cost(const Transaction& tx);
// All of it. `spent`: the output that each input spends, in order; empty for a coinbase.
int64_t sigop_cost(const Transaction& tx, std::span<const TxOut> spent, script::Flags flags);

}  // namespace sluice::rules
