// Signing a planned transaction: what each input needs, checking one signature, and putting the witnesses together.
// Pure; whether to sign at all is the signer's decision.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "crypto/keys.h"
#include "peg/ledger/evaluation.h"

namespace sluice::ledger {

struct Multisig {
    uint32_t threshold = 0;
    std::vector<Bytes> keys;  // 33 bytes each, in script order
};
// The <k> <keys> <n> OP_CHECKMULTISIG that the script begins with.
std::optional<Multisig> leading_multisig(const Script& witness_script);

struct InputToSign {
    ParentOutPoint outpoint;
    Amount value;
    uint32_t set = 0;                    // whose keys sign
    std::optional<Script> claim_script;  // tweak of those keys: peg/proof/contract.h's tweak_secret
    Script witness_script;               // with the keys tweaked
    Hash256 digest;                      // BIP143, SIGHASH_ALL
};
// One for each input, in order. nullopt if an input is not a coin whose value and keys the ledger knows. Works for
// coins that the evaluation holds reserved; an already spent input has no entry.
std::optional<std::vector<InputToSign>> inputs_to_sign(const Ledger& ledger, const Evaluation& evaluation,
                                                       const ParentTransaction& tx);

// Signatures are DER with the sighash byte; `key` is the position of the key in the witness script.
bool verify_signature(const InputToSign& input, size_t key, ByteView signature);
// By input, by key position. Only signatures that verify may be passed.
using InputSignatures = std::vector<std::map<size_t, Bytes>>;
// The transaction with all its witnesses; nullopt while an input has fewer than K signatures. Of more, the first K are
// used.
std::optional<ParentTransaction> assemble(ParentTransaction tx, const std::vector<InputToSign>& inputs,
                                          const InputSignatures& signatures);

}  // namespace sluice::ledger
