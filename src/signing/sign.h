// Signing inputs of transactions with the keys of a KeyRing, in the shapes of solve.h. Signatures that are there
// already stay. Pure; any thread.
#pragma once

#include "signing/solve.h"

namespace sluice::signing {

// Fills scriptSig and witness of the input as far as the keys go; what is there is kept where nothing better is known.
// True if the input is complete by the standard rules. Preconditions: index < tx.inputs.size(), hashes are tx's.
bool sign_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context, const KeyRing& keys);

// Joins what several copies of one transaction carry for an input: a complete one wins, else their signatures are put
// together. Preconditions as above; copies with fewer inputs are passed over.
bool combine_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context,
                   std::span<const Transaction> copies);

// Whether the keys whose secrets the ring's owner holds, here or elsewhere, are enough for the script.
bool can_sign(const Script& spent, const KeyRing& keys);

}  // namespace sluice::signing
