// The roles of a signer and of those around it: update, sign, finalize, extract (BIP174). Every signature is made for,
// and checked against, the transaction as the PSET describes it. Pure; any thread.
#pragma once

#include "consensus/params/chain_params.h"
#include "consensus/script/sighash.h"
#include "pset/pset.h"
#include "signing/key_ring.h"

namespace sluice::pset {

// The transaction that is being signed with what it spends; made anew after every change of inputs or outputs.
struct Signing {
    Transaction tx;
    std::vector<std::optional<TxOut>> spent;
    std::vector<TxOut> all_spent;  // the same, if all are known; else empty
    script::TxHashes hashes;
};
// Errors as unsigned_tx.
Result<Signing> signing_of(const Pset& pset, const ChainParams& params);

// Adds scripts and origins of keys that the ring knows, and the peg-in witness where all its parts are there.
void update_input(Input& in, const std::optional<TxOut>& spent, const signing::KeyRing& keys,
                  const ChainParams& params);
void update_output(Output& out, const signing::KeyRing& keys);

struct SignOptions {
    std::optional<uint8_t> hash_type = {};   // nullopt: what the input asks for, or the usual one
    std::array<uint8_t, 32> auxiliary = {};  // randomness for Schnorr signatures
};
// Adds the signatures that the ring's secrets can make; returns how many. None: for outputs that are not segwit and
// whose transaction is not there (what they hold would be anybody's word), for scripts of no known shape, and for
// inputs that are final.
size_t sign_input(Input& in, const Signing& signing, size_t index, const signing::KeyRing& keys,
                  const SignOptions& options);

// Whether the input's final scripts (none, where anyone can spend) satisfy what it spends.
bool is_signed(const Input& in, const Signing& signing, size_t index);
// Makes final scripts of the signatures that are there; false: not enough of them. What is final already is checked.
// The PSET is changed only when it succeeds.
bool finalize_input(Input& in, const Signing& signing, size_t index);

// Every input finalized; false if some could not be. Errors as unsigned_tx.
Result<bool> finalize(Pset& pset, const ChainParams& params);
// The whole transaction. Precondition: finalize() said true.
Result<Transaction> extract(const Pset& pset);

}  // namespace sluice::pset
