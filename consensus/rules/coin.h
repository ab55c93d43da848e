// Coin: an unspent output and what the rules must know about its birth. Plain data.
#pragma once

#include "consensus/primitives/transaction.h"

namespace sluice::rules {

struct Coin {
    TxOut out;            // nonce null and witness empty: neither has a meaning for who spends it
    uint32_t height = 0;  // of the block that made it
    bool coinbase = false;
    bool operator==(const Coin&) const = default;
};

// A deposit on the parent chain that was claimed; can be claimed once.
struct PeginId {
    ParentGenesis genesis;
    OutPoint deposit;  // txid and output on the parent chain
    auto operator<=>(const PeginId&) const = default;
};

}  // namespace sluice::rules
