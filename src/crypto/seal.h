// Secrets at rest: encrypted and authenticated under a passphrase. The key comes from scrypt (N = 2^15, r = 8, p = 1:
// about 32 MiB and 0.1 s), the cipher is ChaCha20-Poly1305 (RFC 8439). A sealed box:
//   "SLBX", version 1, log2 N, r, p, 16-byte salt, 12-byte nonce, ciphertext, 16-byte tag
// with everything before the ciphertext authenticated. Any thread; slow on purpose.
#pragma once

#include "util/bytes.h"
#include "util/result.h"

namespace sluice {

Bytes seal(ByteView secret, std::string_view passphrase);
// The caller wipes what it gets. Errors: not a sealed box, parameters out of range, wrong passphrase (or damage: they
// cannot be told apart).
Result<Bytes> open_sealed(ByteView box, std::string_view passphrase);

// Authenticated encryption under a 32-byte key that the caller already holds. Precondition: nonce is 12 bytes, never
// used twice with one key. The result is the ciphertext followed by its 16-byte tag.
Bytes chacha20poly1305_encrypt(ByteView key, ByteView nonce, ByteView associated, ByteView plain);
Result<Bytes> chacha20poly1305_decrypt(ByteView key, ByteView nonce, ByteView associated, ByteView sealed);

}  // namespace sluice
