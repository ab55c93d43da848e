// Signing one input with the keys that are at hand: public key, key hash and multisig, bare, in P2SH and in P2WSH.
// Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "consensus/script/sighash.h"
#include "crypto/keys.h"
#include "wallet/descriptor.h"

namespace sluice::wallet {

// A script with those of its keys that we hold.
struct SigningKeys {
    struct Pair {
        PubKey key;  // as the script writes it
        SecretKey secret;
    };
    Spendable how;
    std::vector<Pair> pairs;
};

// True if the input is complete. Signatures of a multisig that it holds already are kept.
bool sign_input(Transaction& tx, size_t i, const TxOut& spent, const SigningKeys& keys, script::HashType type,
                const script::TxHashes& hashes);

// Fills the input with what has the size of its signatures, for fees. False: it is not known how the script is spent.
bool size_input(TxIn& in, const Spendable& how);

}  // namespace sluice::wallet
