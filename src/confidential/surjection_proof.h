// Surjection proofs: that an output's blinded asset is the asset of one of the transaction's inputs. The verifying
// half; creation is in confidential/secret. Pure, thread-safe; variable time (proofs are public). Source: doc,
// confidential page, section 6.
#pragma once

#include <span>
#include <vector>

#include "confidential/generator.h"

namespace sluice::confidential {

// What a well-formed proof says about itself; nothing is verified.
struct SurjectionInfo {
    size_t total_inputs = 0;  // at most 256
    size_t used_inputs = 0;   // of those, how many the ring is made of
};
// nullopt unless the encoding is exact: count, bitmap without padding bits, and one scalar for each used input.
std::optional<SurjectionInfo> surjection_info(ByteView proof);

struct SurjectionCheck {
    std::span<const Generator>
        targets;  // generators of all inputs and issuances, in the transaction's order; must outlive the call
    Generator output;
    ByteView proof;
};

bool verify_surjection_proof(const SurjectionCheck& check);

// The same for many, faster than one at a time; verdict i is exactly what verify_surjection_proof(checks[i]) gives.
std::vector<bool> verify_surjection_proofs(std::span<const SurjectionCheck> checks);

}  // namespace sluice::confidential
