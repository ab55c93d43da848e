// Blinding keys of a wallet and the nonces that come from them (confidential.md section 8; SLIP-77, SLIP-21). Any
// thread.
#pragma once

#include <optional>

#include "crypto/keys.h"
#include "util/secret.h"

namespace sluice::confidential {

// SLIP-77's master blinding key from a BIP39 or BIP32 seed (16 to 64 bytes by convention; any length is taken).
Secret<32> slip77_master_key(ByteView seed);
// The private blinding key of a script: HMAC-SHA256(master, scriptPubKey). nullopt with negligible probability.
// Precondition: master is 32 bytes. SLIP-77 and Elements' own random master key use it alike.
std::optional<SecretKey> blinding_key(ByteView master, ByteView script);
// What stands for a script in the key of a blinded issuance: OP_RETURN <txid> <vout>. Precondition: txid is 32 bytes,
// internal order. One key serves both the amount and the token of the input.
Bytes issuance_blinding_script(ByteView txid, uint32_t vout);

// The nonce of an output's range proof: SHA-256 of the ECDH secret. The same from (our secret, their point) on both
// sides.
Secret<32> output_nonce(const SecretKey& ours, const PubKey& theirs);

}  // namespace sluice::confidential
