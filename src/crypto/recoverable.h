// Recoverable ECDSA, and the signed messages that Bitcoin's clients exchange: a signature over a text which anybody can
// check against the hash of a key. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/keys.h"

namespace sluice {

// 65 bytes: 27 + recovery id, 4 more for a compressed key, then R || S. Deterministic (RFC 6979).
Bytes sign_recoverable(const SecretKey& key, bool compressed, const Hash256& digest);
// The key that signed; nullopt unless such a signature leads to one.
std::optional<PubKey> recover_key(ByteView signature, const Hash256& digest);

// What is signed for a message: SHA256d of Bitcoin's own prefix and the text, each with its length before it.
Hash256 message_digest(std::string_view message);

}  // namespace sluice
