// What a range proof is about, parsed, and what is hashed of it. Private to confidential/secret.
#pragma once

#include "confidential/secret/detail/point.h"
#include "confidential/secret/range_sign.h"
#include "crypto/hash.h"

namespace sluice::confidential::secret {

struct Statement {
    std::array<uint8_t, 33> commitment;  // as serialized inside range proofs
    std::array<uint8_t, 33> generator;
    PublicPoint point;  // the generator
    Point committed;
};

// nullopt if a point is none.
std::optional<Statement> parse_statement(const RangeStatement& about);
// What seeds the proof's randomness; the caller wipes it.
Bytes seed_of(const Statement& statement, ByteView nonce, ByteView header);
// The start of what the rings sign; digit commitments and the extra bytes follow.
Sha256 message_hasher(const Statement& statement, ByteView header);

inline uint64_t digit_of(uint64_t hidden, size_t ring) { return hidden >> (2 * ring) & 3; }

}  // namespace sluice::confidential::secret
