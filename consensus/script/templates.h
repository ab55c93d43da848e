// Templates: the shapes of scriptPubKey that wallets and policy know, and how to make them. Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "consensus/script/script.h"
#include "crypto/hash.h"

namespace sluice::script {

enum class TemplateKind : uint8_t {
    kNonStandard,
    kFee,     // the empty script
    kOpTrue,  // recognised only where the chain's options ask for it
    kPubkey,
    kPubkeyHash,
    kScriptHash,
    kMultisig,
    kNullData,
    kAnchor,
    kWitnessV0KeyHash,
    kWitnessV0ScriptHash,
    kWitnessV1Taproot,
    kWitnessUnknown,
};
// As RPC prints it: "pubkeyhash", "witness_v0_keyhash", "true", "fee", ...
std::string_view to_string(TemplateKind kind);

struct Template {
    TemplateKind kind = TemplateKind::kNonStandard;
    // kPubkey: the key; hashes and programs: the hash or program; kMultisig: the keys, in order.
    std::vector<Bytes> parts;
    int required = 0;         // kMultisig: signatures needed
    int witness_version = 0;  // kWitnessUnknown
};
// `op_true_is_known`: the chain says that anyone-can-spend outputs are ours (-anyonecanspendaremine).
Template classify(ByteView script, bool op_true_is_known = false);

Script make_p2pk(ByteView pubkey);
Script make_p2pkh(const Hash160& key_hash);
Script make_p2sh(const Hash160& script_hash);
Script make_p2wpkh(const Hash160& key_hash);
Script make_p2wsh(const Hash256& script_hash);
// P2WSH of a witness script, and P2SH around any redeem script.
Script p2wsh_of(const Script& witness_script);
Script p2sh_of(const Script& redeem_script);
Script make_witness_program(int version, ByteView program);
// k-of-n; keys in the order given. Preconditions: 1 <= required <= keys.size() <= 20.
Script make_multisig(int required, const std::vector<Bytes>& keys);
// OP_RETURN and one push for each element.
Script make_null_data(const std::vector<Bytes>& elements);

}  // namespace sluice::script
