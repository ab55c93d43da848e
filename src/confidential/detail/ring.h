// Borromean ring signatures over public data: the verification that range, surjection and whitelist proofs share. Many
// signatures advance together, position by position, so that the ladder sees all their lanes at once. Pure; any thread.
// Source: doc, confidential page, section 5.
#pragma once

#include <vector>

#include "confidential/detail/ladder.h"
#include "crypto/hash.h"

namespace sluice::confidential::detail {

struct RingSignature {
    Hash256 message;
    ByteView e0;                // 32 bytes; must outlive the call
    std::vector<size_t> sizes;  // keys in each ring, none zero
    std::vector<Affine> keys;   // ring by ring; none is infinity (the caller has refused those)
    std::vector<Scalar> s;      // one for each key
};

struct RingVerdict {
    bool valid = false;
    std::vector<Scalar> challenges;  // one for each key, if asked for and valid
};

// Verdict i is of signatures[i] alone. With `keep_challenges`, each key's challenge e is returned (for rewinding).
std::vector<RingVerdict> verify_rings(std::span<const RingSignature> signatures, bool keep_challenges = false);
// With a back end of the caller's choice.
std::vector<RingVerdict> verify_rings(const LadderBackend& backend, std::span<const RingSignature> signatures,
                                      bool keep_challenges = false);

// SHA256(e || message || BE32(ring) || BE32(position)).
Hash256 ring_challenge(ByteView e, const Hash256& message, uint32_t ring, uint32_t position);

}  // namespace sluice::confidential::detail
