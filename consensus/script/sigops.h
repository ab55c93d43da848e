// Counting signature operations before running anything. Legacy and P2SH counts weigh four times a witness count
// (kWitnessScale) in a transaction's cost; consensus/rules adds them up. Pure; any thread.
#pragma once

#include "consensus/primitives/transaction.h"
#include "consensus/script/flags.h"

namespace sluice::script {

inline constexpr int kWitnessScale = 4;

// CHECKSIG, CHECKSIGFROMSTACK and their VERIFY forms count one each; CHECKMULTISIG 20, or its OP_n if `accurate`.
size_t count_sigops(ByteView script, bool accurate);
// For a P2SH output: the redeem script that scriptSig pushes last; else 0. (Zero for a scriptSig that is not
// push-only.)
size_t count_p2sh_sigops(const Script& script_sig, const Script& script_pubkey);
// Witness v0 programs, bare or in P2SH. 0 without kVerifyWitness.
size_t count_witness_sigops(const Script& script_sig, const Script& script_pubkey, const WitnessStack& witness,
                            Flags flags);
// scriptSigs and output scripts of a transaction, inaccurately; the count of a coinbase too.
size_t count_legacy_sigops(const Transaction& tx);

}  // namespace sluice::script
