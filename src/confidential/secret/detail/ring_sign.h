// Borromean ring signatures by who knows one secret a ring (confidential.md section 5). Which member of a ring is the
// real one is a secret: all members are computed alike. Private to confidential/secret.
#pragma once

#include <span>
#include <vector>

#include "confidential/secret/detail/point.h"

namespace sluice::confidential::secret {

struct Ring {
    std::vector<PublicPoint> keys;
    std::vector<Scalar> s;  // one a key: the forged members' values; what stands at the real one is replaced
    uint64_t real = 0;      // which key's secret is known
    Scalar nonce;           // k, for the real member
    Scalar secret;
};

using Digest = std::array<uint8_t, 32>;

// e0, with the real s of each ring filled in. nullopt (with negligible probability) if a challenge or an s is zero or
// above the group order. Precondition: no ring is empty, real is below its size.
std::optional<Digest> sign_rings(std::span<Ring> rings, ByteView message);

// The challenge of a member: SHA256(e || message || ring || position).
Digest challenge(ByteView e, ByteView message, size_t ring, size_t position);

// For public proofs: the challenge of every member, ring by ring, of a signature that verifies; nullopt if it does not.
// `secret`, `nonce` and `real` are not looked at.
std::optional<std::vector<Scalar>> ring_challenges(std::span<const Ring> rings, ByteView e0, ByteView message);

}  // namespace sluice::confidential::secret
