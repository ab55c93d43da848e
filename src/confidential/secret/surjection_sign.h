// Making surjection proofs: an output's asset is one of the inputs' assets (confidential.md section 6). Byte for byte
// the proofs of libsecp256k1-zkp. Time does not depend on the secrets nor on which of the chosen inputs is the real
// one. Any thread.
#pragma once

#include <vector>

#include "confidential/secret/blinding.h"
#include "confidential/secret/error.h"
#include "util/result.h"

namespace sluice::confidential {

constexpr size_t kMaxSurjectionInputs = 256;  // of the proof's format; more targets cannot be proven at all
constexpr size_t kUsualSurjectionInputs = 3;  // how many of them Elements' wallets put in the ring

// The inputs that a proof will use.
struct SurjectionChoice {
    std::vector<uint8_t> used;  // one a target: 1 if it is in the ring
    size_t index = 0;           // a used target of the output's asset
};

// Draws `use` of the targets until one of the output's asset is among them, at most `tries` times. `seed` is 32 random
// bytes. kBadParameters: no targets, more than kMaxSurjectionInputs, or use not in 1..targets. kNotProvable: not found.
Result<SurjectionChoice, SecretError> choose_surjection_inputs(std::span<const AssetTag> targets, size_t use,
                                                               const AssetTag& asset, size_t tries, ByteView seed);

// `input_blind` is the asset blind of the chosen index. kNotProvable if the output's generator is equal to any target.
Result<Bytes, SecretError> sign_surjection_proof(const SurjectionChoice& choice,
                                                 std::span<const GeneratorBytes> targets, const GeneratorBytes& output,
                                                 const BlindingFactor& input_blind, const BlindingFactor& output_blind);

}  // namespace sluice::confidential
