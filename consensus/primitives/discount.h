// The weight by which fees of confidential transactions are reckoned where a chain discounts them (ELIP 200): what
// blinding adds to an output does not count. Pure; any thread.
#pragma once

#include "consensus/primitives/transaction.h"

namespace sluice {

// `weight`: of the transaction, undiscounted.
int64_t discounted_weight(const Transaction& tx, int64_t weight);

}  // namespace sluice
