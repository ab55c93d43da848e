// Peg-out authorization (transactions.md section 10). The form of a proof is checked; its ring signature cannot be verified yet,
// so that a proof that is otherwise right is refused with an answer of its own. Pure; any thread.
#pragma once

#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"
#include "federation/rules/pak.h"

namespace sluice::rules {

enum class PakAnswer { kAllowed, kRefused, kCannotVerify };

// Of all outputs: those that are no peg-outs of the pegged asset to our parent are always allowed.
PakAnswer check_pak(const Transaction& tx, const std::vector<fed_rules::PakEntry>& list, const ChainParams& params);

}  // namespace sluice::rules
