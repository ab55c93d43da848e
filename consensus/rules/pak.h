// Peg-out authorization (transactions.md section 10): which peg-outs carry a proof by a member of the PAK list. Pure;
// any thread.
#pragma once

#include <optional>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"
#include "federation/rules/pak.h"

namespace sluice::rules {

// That the script of a peg-out to our parent pays a key which its proof says an entry of the list may pay. An empty
// list authorizes nobody.
bool pegout_is_authorized(const Script& pegout, const std::vector<fed_rules::PakEntry>& list,
                          const ChainParams& params);

// The first output that pays to our parent without one. Outputs that are no peg-outs of the pegged asset to our parent
// need none.
std::optional<size_t> unauthorized_pegout(const Transaction& tx, const std::vector<fed_rules::PakEntry>& list,
                                          const ChainParams& params);

}  // namespace sluice::rules
