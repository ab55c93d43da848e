// Numbers modulo p = 2^256 - 2^32 - 977, the field of secp256k1, in time that does not depend on them. Four 64-bit
// limbs, least significant first, always fully reduced. Slow and plain on purpose: what is public and must be fast has
// a field of its own. Private to confidential/secret.
#pragma once

#include <array>
#include <optional>

#include "confidential/secret/detail/mask.h"
#include "util/bytes.h"

namespace sluice::confidential::secret {

struct Field {
    std::array<uint64_t, 4> limbs{};

    static Field from_u64(uint64_t value) { return {{value, 0, 0, 0}}; }
    // Big-endian, taken modulo p. Precondition: 32 bytes.
    static Field from_bytes_mod(ByteView bytes);
    // nullopt if not below p; for public bytes. Precondition: 32 bytes.
    static std::optional<Field> from_public(ByteView bytes);
    [[nodiscard]] std::array<uint8_t, 32> bytes() const;
    [[nodiscard]] uint64_t is_odd() const { return limbs[0] & 1; }
};

Field operator+(const Field& a, const Field& b);
Field operator-(const Field& a, const Field& b);
Field operator*(const Field& a, const Field& b);
Mask mask_if_equal(const Field& a, const Field& b);
inline Field select(Mask mask, const Field& yes, const Field& no) { return {select(mask, yes.limbs, no.limbs)}; }

// 1/a; 0 for 0.
Field inverse(const Field& a);
// a^((p+1)/4): the square root that is itself a square, if a is a square.
Field square_root(const Field& a);

}  // namespace sluice::confidential::secret
