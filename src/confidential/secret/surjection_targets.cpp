#include "confidential/secret/surjection_targets.h"

#include <algorithm>

namespace sluice::confidential {
namespace {
constexpr size_t kTries = 10'000;
}

bool SurjectionTargets::add(const AssetTag& asset, const BlindingFactor& blind) {
    const auto generator = blinded_generator(asset, blind);
    if (!generator) return false;
    tags_.push_back(asset);
    generators_.push_back(*generator);
    blinds_.push_back(blind.clone());
    return true;
}

void SurjectionTargets::add_foreign(const GeneratorBytes& seen) {
    tags_.emplace_back();
    generators_.push_back(seen);
    blinds_.emplace_back();
}

Result<SurjectionChoice, SecretError> SurjectionTargets::choose(const AssetTag& asset, ByteView seed) const {
    return choose_surjection_inputs(tags_, std::min(kUsualSurjectionInputs, tags_.size()), asset, kTries, seed);
}

Result<Bytes, SecretError> SurjectionTargets::prove(const SurjectionChoice& choice, const GeneratorBytes& output,
                                                    const BlindingFactor& output_blind) const {
    return sign_surjection_proof(choice, generators_, output, blinds_[choice.index], output_blind);
}

}  // namespace sluice::confidential
