// Numbers modulo the group order of secp256k1 that are secret: wiped at the end of their life, computed with
// libsecp256k1's constant-time calls. Unlike the library's keys they may be zero. Big-endian. Private to
// confidential/secret.
#pragma once

#include <array>
#include <optional>

#include "confidential/secret/detail/mask.h"
#include "util/bytes.h"

namespace sluice::confidential::secret {

class Scalar {
public:
    Scalar() = default;  // zero
    ~Scalar();
    Scalar(const Scalar&) = default;
    Scalar& operator=(const Scalar&) = default;

    static Scalar from_u64(uint64_t value);
    // Precondition: 32 bytes. `below_order` says whether they were a number below the group order; if not the scalar is
    // zero.
    struct Parsed;
    static Parsed parse(ByteView bytes);
    // For what was checked before: the bytes of a BlindingFactor, a key, or another scalar.
    static Scalar from_checked(ByteView bytes);

    [[nodiscard]] ByteView view() const { return bytes_; }
    [[nodiscard]] Mask is_zero() const;

private:
    friend Scalar operator+(const Scalar& a, const Scalar& b);
    friend Scalar operator*(const Scalar& a, const Scalar& b);
    friend Scalar operator-(const Scalar& a);
    friend Scalar select(Mask mask, const Scalar& yes, const Scalar& no);

    std::array<uint8_t, 32> bytes_{};
};

struct Scalar::Parsed {
    Scalar value;
    Mask below_order = 0;
};

Scalar operator+(const Scalar& a, const Scalar& b);
Scalar operator*(const Scalar& a, const Scalar& b);
Scalar operator-(const Scalar& a);
inline Scalar operator-(const Scalar& a, const Scalar& b) { return a + -b; }
Scalar select(Mask mask, const Scalar& yes, const Scalar& no);
// 1/a; 0 for 0.
Scalar inverse(const Scalar& a);

}  // namespace sluice::confidential::secret
