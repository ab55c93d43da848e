// KnownSet: one parameter set of the federation's manifest, as the signer uses it. A value; any thread.
#pragma once

#include "consensus/primitives/block.h"
#include "peg/ledger/params.h"

namespace sluice::signer {

struct KnownSet {
    Hash256 root;  // of the dynafed entry: what headers name the set by
    ledger::PayoutSet payout;
    bool operator==(const KnownSet&) const = default;
};

}  // namespace sluice::signer
