// Other forms of a key: a public key with both coordinates, a secret key of the opposite point. Any thread.
#pragma once

#include "crypto/keys.h"

namespace sluice {

// 65 bytes: 04, x, y.
PubKey uncompressed(const PubKey& key);
// The secret key whose public key has the same x and the other y.
SecretKey negated(const SecretKey& key);

}  // namespace sluice
