// SurjectionTargets: what the surjection proofs of one transaction may point at: its inputs and, after each, what it
// issues, in the order in which validation has them (confidential.md section 6). Whoever blinds a transaction fills one
// and proves each output with it. Owned by one thread at a time; holds secrets.
#pragma once

#include <vector>

#include "confidential/secret/surjection_sign.h"

namespace sluice::confidential {

class SurjectionTargets {
public:
    // Ours: the blind is known, and is zero for an asset in the open. False if the asset has no generator.
    [[nodiscard]] bool add(const AssetTag& asset, const BlindingFactor& blind);
    // Somebody else's: it may stand in a ring, but no proof can start from it.
    void add_foreign(const GeneratorBytes& seen);

    [[nodiscard]] bool too_many() const { return tags_.size() > kMaxSurjectionInputs; }
    // A ring of the usual size around an own target of the asset. `seed`: 32 random bytes. Errors as
    // choose_surjection_inputs.
    [[nodiscard]] Result<SurjectionChoice, SecretError> choose(const AssetTag& asset, ByteView seed) const;
    // Errors as sign_surjection_proof.
    [[nodiscard]] Result<Bytes, SecretError> prove(const SurjectionChoice& choice, const GeneratorBytes& output,
                                                   const BlindingFactor& output_blind) const;

private:
    std::vector<AssetTag> tags_;  // zero: not known to us
    std::vector<GeneratorBytes> generators_;
    std::vector<BlindingFactor> blinds_;
};

}  // namespace sluice::confidential
