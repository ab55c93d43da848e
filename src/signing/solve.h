// solve(): what satisfies the script of an input: the one place that knows how each shape is spent. Shapes: pk, pkh,
// wpkh and multisig, each bare, in P2SH and in P2WSH; taproot by its key and by leaves of pk and multi_a (BIP340 to
// 342, BIP386, BIP387). Pure; any thread.
#pragma once

#include <array>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "consensus/script/sighash.h"
#include "signing/key_ring.h"

namespace sluice::signing {

struct SignContext {
    std::span<const TxOut> spent;  // of each input; empty if some is not known: no taproot then
    const script::TxHashes* hashes = nullptr;
    std::optional<uint8_t> hash_type = {};   // nullopt: DEFAULT for taproot, ALL otherwise
    std::array<uint8_t, 32> auxiliary = {};  // randomness for Schnorr signatures; zeros make them deterministic
    // Make no signature that does not cover the amount that is spent: for outputs that are somebody's word only.
    bool segwit_only = false;
};

struct PartialSignature {
    PubKey key;
    Bytes signature;  // DER and hash type
    bool operator==(const PartialSignature&) const = default;
};
struct LeafKey {
    XOnlyPubKey key;
    Hash256 leaf;  // its hash
    auto operator<=>(const LeafKey&) const = default;
};

// What signers left for an input. Nothing of it is believed before it is checked.
struct InputParts {
    std::map<Hash160, PartialSignature> signatures;  // by the key's hash
    std::vector<PubKey> keys;                        // that may stand behind hashes
    Script redeem_script;
    Script witness_script;
    Bytes tap_key_signature;
    std::map<LeafKey, Bytes> tap_leaf_signatures;
    std::optional<TaprootOutput> taproot;
};

struct Solution {
    bool complete = false;  // nothing is missing; every signature was made or checked here
    Script script_sig;      // with gaps where signatures are missing
    WitnessStack witness;
    InputParts parts;                                   // those given that are right, and what was added
    std::map<XOnlyPubKey, std::set<Hash256>> tap_keys;  // of a taproot output, with the leaves that each is in
    // What is wanted still.
    std::vector<Hash160> missing_keys;
    std::vector<Hash160> missing_signatures;
    Bytes missing_redeem_script;   // its hash160
    Bytes missing_witness_script;  // its sha256
};

// Preconditions: index < tx.inputs.size(); hashes are tx's; spent is what the input spends.
Solution solve(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context, const KeyRing& keys,
               const InputParts& given);

// The same without signatures: parts has the scripts, missing_signatures every key that a signature may be of.
Solution look_into(const Script& spent, const KeyRing& keys, const InputParts& given);

// Scripts with signatures of the size that real ones will have: by the keys of `held` where these suffice, else by any.
// nullopt: the shape is not known.
struct DummyScripts {
    Script script_sig;
    WitnessStack witness;
};
std::optional<DummyScripts> dummy_scripts(const Script& spent, const KeyRing& keys, const InputParts& given = {});

}  // namespace sluice::signing
