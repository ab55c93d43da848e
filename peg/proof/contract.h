// Pay to contract: a deposit's output script commits to the claim script of its owner, by a tweak of each key in the
// federation's script (transactions.md section 9). Pure; any thread.
#pragma once

#include <array>
#include <optional>

#include "consensus/primitives/fedpeg_script.h"
#include "crypto/keys.h"

namespace sluice::peg {

// What is added to the key whose 33 bytes are `pubkey` for deposits that `claim_script` may claim: HMAC-SHA256(pubkey,
// claim).
Hash256 contract_tweak(ByteView pubkey, const Script& claim_script);

// The federation's script with each 33-byte push tweaked; keys after the ELSE of Liquid's first script stay as they
// are. nullopt if such a push is not a key, of which the reference dies: nobody can deposit to such a script.
std::optional<Script> tweak_fedpegscript(const Script& fedpegscript, const Script& claim_script);

// The secret key that signs for the tweaked key. nullopt never happens for a tweak that is a hash.
std::optional<SecretKey> tweak_secret(const SecretKey& key, const Script& claim_script);

// The parent-chain output script that deposits for `claim_script` pay. nullopt as above, or if the program is of a
// witness version above 0: such programs do not name a script.
std::optional<Script> deposit_script(const FedpegScript& fedpeg, const Script& claim_script);
// The same for coins that are not deposits (change, donations): the untweaked script.
Script federation_script(const FedpegScript& fedpeg);

// Liquid's first script: OP_DEPTH <n> OP_EQUAL OP_IF ... OP_ELSE ... OP_CHECKSEQUENCEVERIFY ... OP_CHECKMULTISIG.
bool is_liquid_watchman(const Script& script);

}  // namespace sluice::peg
