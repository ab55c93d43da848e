// Peg-outs: outputs that burn pegged coins and name a parent-chain script to be paid (transactions.md section 10).
// Pure; any thread. Authorization proofs (PAK) are the business of consensus/rules.
#pragma once

#include <optional>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"

namespace sluice::peg {

struct Pegout {
    Script destination;  // on the parent chain
    Amount amount;
};

// The peg-out that the output asks for: peg-out shape, our parent's genesis, pegged asset and amount in the open.
// nullopt: none.
std::optional<Pegout> parse_pegout(const TxOut& out, const ChainParams& params);
// Whether the script has the shape and names our parent, whatever the output is worth.
bool is_pegout_script(const Script& script, const ParentGenesis& genesis);

Script make_pegout_script(const ParentGenesis& genesis, const Script& destination);
TxOut make_pegout(const ChainParams& params, const Pegout& pegout);

}  // namespace sluice::peg
