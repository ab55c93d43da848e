// PAK whitelist proofs by who holds an entry's keys (confidential.md section 7). Byte for byte the proofs of
// libsecp256k1-zkp. Any thread.
#pragma once

#include <span>

#include "confidential/secret/error.h"
#include "crypto/keys.h"
#include "util/result.h"

namespace sluice::confidential {

constexpr size_t kMaxWhitelistKeys = 255;

// Proves that `destination` belongs to one of the entries (online[i], offline[i]) without telling which. `summed` is
// the secret of offline[index] + destination. kBadParameters: lists empty, too long or of different lengths, index not
// in them. kBadSecret: the secrets are not those of the entry at `index`.
Result<Bytes, SecretError> sign_whitelist_proof(std::span<const PubKey> online, std::span<const PubKey> offline,
                                                const PubKey& destination, const SecretKey& online_secret,
                                                const SecretKey& summed, size_t index);

}  // namespace sluice::confidential
