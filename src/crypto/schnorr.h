// BIP340 Schnorr signatures over messages of any length. Any thread.
#pragma once

#include "crypto/keys.h"

namespace sluice {

// False for anything that does not parse. `key` is the 32-byte x coordinate, `signature` 64 bytes.
bool verify_schnorr(ByteView key, ByteView message, ByteView signature);
// 64 bytes. `auxiliary` is 32 bytes of fresh randomness (or zeros for a deterministic signature).
Bytes sign_schnorr(const SecretKey& key, ByteView message, ByteView auxiliary);

}  // namespace sluice
