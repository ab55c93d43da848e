// Integers modulo the order n of secp256k1's group, always reduced; public data only. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "util/bytes.h"

namespace sluice::confidential::detail {

struct Scalar {
    std::array<uint64_t, 4> n{};  // least significant first

    bool operator==(const Scalar&) const = default;
    [[nodiscard]] bool is_zero() const { return (n[0] | n[1] | n[2] | n[3]) == 0; }
};

constexpr Scalar scalar_small(uint64_t value) { return Scalar{{value, 0, 0, 0}}; }
// Precondition: 32 bytes, big-endian. nullopt if the integer is not below n: never reduced. Zero is a scalar.
std::optional<Scalar> scalar_from_bytes(ByteView bytes);
std::array<uint8_t, 32> scalar_to_bytes(const Scalar& a);
Scalar add(const Scalar& a, const Scalar& b);
Scalar negate(const Scalar& a);
Scalar mul(const Scalar& a, const Scalar& b);

// k = low + lambda*high mod n, where lambda is the cube root of one that multiplies a point's x by beta. Both halves
// are below 2^128 in magnitude, given as 192-bit two's complement, least significant word first.
struct SplitScalar {
    std::array<uint64_t, 3> low{};
    std::array<uint64_t, 3> high{};
};
SplitScalar split(const Scalar& k);

}  // namespace sluice::confidential::detail
