// What tapscript's introspection opcodes may look at: the transaction, the outputs that it spends, and which input is
// run. Pure.
#pragma once

#include <span>

#include "consensus/primitives/transaction.h"
#include "consensus/script/sighash.h"

namespace sluice::script {

// Refers to all of it; who hands it out keeps it alive.
struct Introspection {
    const Transaction& tx;
    std::span<const TxOut> spent;  // one for each input
    const TaprootHashes& hashes;
    size_t index = 0;
};

// Of an input, in taproot digests and for introspection: 0x80 has an issuance, 0x40 is a peg-in.
uint8_t outpoint_flags(const TxIn& in);

}  // namespace sluice::script
