// ParentClient: what the wallet sees of the parent chain: addresses for deposits, deposits found, proofs of them. A
// port, implemented in node over peg/chain. Calls may block on the parent thread.
#pragma once

#include <optional>
#include <vector>

#include "consensus/primitives/amount.h"
#include "consensus/primitives/script_bytes.h"
#include "consensus/primitives/transaction.h"
#include "util/result.h"

namespace sluice::ports {

// A payment to a watched script on the parent chain, with what a claim needs.
struct Deposit {
    OutPoint outpoint;   // parent-chain txid and output
    Amount amount;       // satoshi
    Script script;       // the watched script that it pays
    uint32_t depth = 0;  // confirmations in the best parent chain; 0 not in it now
    Bytes transaction;   // serialized, without witness
    Bytes txoutproof;    // header and partial Merkle tree; empty at depth 0
    bool spent = false;  // somebody spent the deposit on the parent chain
};

class ParentClient {
public:
    virtual ~ParentClient() = default;
    // From now on payments to this parent-chain script are reported by deposits(), those of earlier blocks not
    // necessarily.
    virtual Status watch(const Script& script) = 0;
    virtual Result<std::vector<Deposit>> deposits() = 0;
};

}  // namespace sluice::ports
