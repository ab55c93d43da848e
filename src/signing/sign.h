// Signing inputs of transactions with the keys of a KeyRing, in the shapes that wallets know: pk, pkh, wpkh, multisig,
// each bare or in P2SH and P2WSH, and taproot's key path. Signatures that are there already stay. Pure; any thread.
#pragma once

#include <optional>
#include <span>

#include "consensus/primitives/transaction.h"
#include "consensus/script/sighash.h"
#include "signing/key_ring.h"

namespace sluice::signing {

struct SignContext {
    std::span<const TxOut> spent;  // of each input; empty if some is not known: no taproot then
    const script::TxHashes* hashes = nullptr;
    std::optional<uint8_t> hash_type;  // nullopt: DEFAULT for taproot, ALL otherwise
};

// Fills scriptSig and witness of the input as far as the keys go; what is there is kept where nothing better is known.
// True if the input is complete by the standard rules. Preconditions: index < tx.inputs.size(), hashes are tx's.
bool sign_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context, const KeyRing& keys);

// Joins what several copies of one transaction carry for an input: a complete one wins, else their signatures are put
// together. Preconditions as above; copies with fewer inputs are passed over.
bool combine_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context,
                   std::span<const Transaction> copies);

}  // namespace sluice::signing
