// Lock times: absolute (nLockTime, BIP113) and relative (BIP68). Pure; any thread.
#pragma once

#include <vector>

#include "consensus/primitives/header_view.h"
#include "consensus/primitives/transaction.h"

namespace sluice::rules {

// Whether the transaction may be in a block of `height` whose lock-time clock stands at `time` (the median time past of
// its parent once CSV is active).
bool is_final(const Transaction& tx, uint32_t height, int64_t time);

// The last height and time at which the relative locks of a transaction still hold; -1: none.
struct SequenceLocks {
    int64_t height = -1;
    int64_t time = -1;
};
// coin_heights: of the coin of each input, in order; what stands for a peg-in is not looked at. A coin that is itself
// unconfirmed counts as of the height after the branch. Precondition: one height for each input.
SequenceLocks sequence_locks(const Transaction& tx, const std::vector<uint32_t>& coin_heights,
                             const HeaderView& branch);
// Whether they have run out for the block after the branch's last.
bool locks_released(const SequenceLocks& locks, const HeaderView& branch);

}  // namespace sluice::rules
