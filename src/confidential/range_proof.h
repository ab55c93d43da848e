// Range proofs (Borromean ring signatures over base-4 digits): that a commitment holds an amount between min and max.
// The verifying half; signing and rewinding are in confidential/secret. Pure, thread-safe; variable time (proofs are
// public). Source: doc, confidential page, sections 4 and 5.
#pragma once

#include <span>
#include <vector>

#include "confidential/commitment.h"

namespace sluice::confidential {

struct ValueRange {
    uint64_t min = 0;
    uint64_t max = 0;  // inclusive
    bool operator==(const ValueRange&) const = default;
};

// What a proof's header says; nothing is verified.
struct RangeInfo {
    int exponent = -1;  // -1: a proof of exactly `min`; else 0..18, the proven digits count multiples of 10^exponent
    int mantissa = 0;   // bits of the proven digits: 1..64, or 0 for an exact proof
    uint64_t min = 0;
    uint64_t max = 0;
};
// nullopt if the header is malformed or its range does not fit 64 bits. Reads the header only, as the reference does: a
// proof of a wrong length may still have an info.
std::optional<RangeInfo> range_info(ByteView proof);

struct RangeProofCheck {
    Commitment commitment;
    Generator generator;
    ByteView proof;
    ByteView extra;  // what else the proof commits to: the output's scriptPubKey, or nothing for an issuance
};

// The proven range, or nullopt if the proof is not valid for exactly this commitment, generator and extra bytes.
std::optional<ValueRange> verify_range_proof(const RangeProofCheck& check);

// The same for many, faster than one at a time; verdict i is exactly what verify_range_proof(checks[i]) gives.
std::vector<std::optional<ValueRange>> verify_range_proofs(std::span<const RangeProofCheck> checks);

}  // namespace sluice::confidential
