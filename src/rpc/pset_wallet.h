// What the wallet does for a PSET, on the wallet's thread: fills in what it knows, blinds what its inputs are to blind,
// signs.
#pragma once

#include "pset/pset.h"
#include "rpc/error.h"
#include "wallet/wallet.h"

namespace sluice::rpc {

struct PsetWork {
    bool sign = true;
    bool finalize = true;
    std::optional<uint8_t> hash_type = {};  // nullopt: what the input asks for, or the usual one
    bool derivations = true;                // tell where keys come from
    bool explicit_values = true;            // tell, and prove, what our hidden inputs hold
};

// What inputs of the wallet spend, and proofs of what that holds.
void fill_from_wallet(pset::Pset& pset, const wallet::Wallet& wallet, const PsetWork& work);
// Fills, then blinds; true: there is nothing left to blind. -4 for what cannot be blinded; PSETs that still lack what
// others' inputs spend are left for later.
Result<bool, RpcError> blind_with_wallet(pset::Pset& pset, const wallet::Wallet& wallet, const PsetWork& work);
// Signs as far as work says, and finalizes. -13 while locked. Precondition: fully blinded.
Result<void, RpcError> sign_with_wallet(pset::Pset& pset, const wallet::Wallet& wallet, const PsetWork& work);

}  // namespace sluice::rpc
