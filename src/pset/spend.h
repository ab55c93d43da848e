// How an output is spent, as far as its script is one of the known templates: what stands between the output and the
// keys. Pure; any thread.
#pragma once

#include "pset/pset.h"

namespace sluice::pset {

struct Spend {
    enum class Kind {
        kUnknown,               // a script that is no template
        kAnyone,                // OP_TRUE
        kRedeemScriptMissing,   // `missing` is its hash
        kWitnessScriptMissing,  // likewise
        kKeys,                  // `required` of `keys`
        kKeyHash,               // of the key with hash `missing`
        kTaproot,
    };
    Kind kind = Kind::kUnknown;
    bool segwit = false;
    bool multisig = false;  // the dummy element goes first
    bool push_key = false;  // the key follows its signature
    int required = 0;
    std::vector<PubKey> keys;
    Bytes missing;         // a hash
    Script script_code;    // what signatures cover
    Script redeem_script;  // what the output's hash stands for, where it is one
    Script witness_script;
};

// `script` is of the output; what its hashes stand for is taken from the input (and believed only if the hash is
// right). kKeyHash: none of the input's signatures and derivations has that key.
Spend resolve(const Script& script, const Input& in);

}  // namespace sluice::pset
