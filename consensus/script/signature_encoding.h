// What a signature and a public key inside a script must look like before they are used (BIP62, BIP66, BIP143). Pure.
#pragma once

#include "consensus/script/checker.h"

namespace sluice::script {

// `signature` with its hash type byte, unless kNoSighashByte is set. An empty signature passes.
ScriptResult check_signature_encoding(ByteView signature, Flags flags);
ScriptResult check_pubkey_encoding(ByteView pubkey, Flags flags, SigVersion version);
// 33 bytes starting 02 or 03, or 65 bytes starting 04; hybrid keys are neither.
bool is_compressed_or_uncompressed(ByteView pubkey);
bool is_compressed(ByteView pubkey);
// 1..3, with or without ANYONECANPAY, and with SIGHASH_RANGEPROOF where flags give it a meaning.
bool is_defined_hash_type(uint8_t hash_type, Flags flags);

}  // namespace sluice::script
