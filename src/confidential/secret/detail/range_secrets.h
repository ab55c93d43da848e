// What is random in a range proof, regenerated from the nonce by signer and receiver alike (confidential.md
// section 4.3). Private to confidential/secret.
#pragma once

#include <vector>

#include "confidential/secret/detail/range_layout.h"
#include "util/secret.h"

namespace sluice::confidential::secret {

// The message area of a proof: 32 bytes a member, 4 members a ring. Wiped at its end.
class Slots {
public:
    explicit Slots(size_t rings) : bytes_(rings * 128) {}
    ~Slots() { wipe(bytes_); }
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    [[nodiscard]] MutableBytes all() { return bytes_; }
    [[nodiscard]] MutableBytes at(size_t ring, size_t member) {
        return MutableBytes(bytes_).subspan((ring * 4 + member) * 32, 32);
    }
    [[nodiscard]] ByteView at(size_t ring, size_t member) const {
        return ByteView(bytes_).subspan((ring * 4 + member) * 32, 32);
    }

private:
    Bytes bytes_;
};

struct RangeSecrets {
    std::vector<Scalar> blinds;          // one a ring; they sum to zero
    std::vector<std::vector<Scalar>> s;  // the stream XOR the message, a row a ring
    Mask bad = 0;                        // some s is zero or above the group order: a signer cannot use them
};

// `seed` is nonce || commitment || generator (both as inside range proofs) || header. Afterwards the slots hold what
// they held XOR the stream: with a zero message, the stream itself.
RangeSecrets range_secrets(const RangeLayout& layout, ByteView seed, Slots& slots);

}  // namespace sluice::confidential::secret
