// What a transaction must be by itself, whatever chain and coins there are (transactions.md section 8). Pure; any
// thread.
#pragma once

#include "consensus/primitives/transaction.h"
#include "consensus/rules/rule.h"

namespace sluice::rules {

Judged<void> check_transaction(const ParsedTx& tx);

}  // namespace sluice::rules
