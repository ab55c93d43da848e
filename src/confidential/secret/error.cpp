#include "confidential/secret/error.h"

namespace sluice::confidential {

const char* to_string(SecretError error) {
    switch (error) {
        case SecretError::kBadPoint: return "not a point on the curve";
        case SecretError::kBadParameters: return "these values and options cannot be proven";
        case SecretError::kBadSecret: return "a secret is zero or not the one that belongs here";
        case SecretError::kNotProvable: return "no proof exists for this output";
        case SecretError::kBadProof: return "the proof does not verify";
        case SecretError::kNotForThisKey: return "the proof was not made for this key";
    }
    return "unknown";
}

}  // namespace sluice::confidential
