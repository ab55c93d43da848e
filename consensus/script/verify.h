// verify_script: whether scriptSig and witness satisfy a scriptPubKey. Pure; any thread. Sources: BIP 16, 141, 341.
#pragma once

#include "consensus/primitives/transaction.h"
#include "consensus/script/checker.h"

namespace sluice::script {

class ScriptObserver;

// Preconditions (bugs of the caller, not of input): kVerifyWitness and kVerifyCleanStack come with kVerifyP2sh, the
// latter also with kVerifyWitness. An observer (observer.h) may watch.
ScriptResult verify_script(const Script& script_sig, const Script& script_pubkey, const WitnessStack& witness,
                           Flags flags, const SignatureChecker& checker, ScriptObserver* observer = nullptr);

}  // namespace sluice::script
