// Why a proof was not made, or a proof was not opened.
#pragma once

#include <cstdint>

namespace sluice::confidential {

enum class SecretError : uint8_t {
    kBadPoint,       // a generator, commitment or key is not a point on the curve
    kBadParameters,  // these values and options cannot be proven
    kBadSecret,      // a secret is zero, or not the secret of what was given
    kNotProvable,    // an output whose generator equals an input's; or no input of the asset was chosen
    kBadProof,       // the proof does not verify
    kNotForThisKey,  // the proof is sound and was not made with this nonce or key
};
const char* to_string(SecretError error);

}  // namespace sluice::confidential
