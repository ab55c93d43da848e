// U256: unsigned 256-bit integers, for proof-of-work targets and chain work. Arithmetic wraps at 2^256 like the
// built-in types.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/fixed_bytes.h"

namespace sluice::parent {

class U256 {
public:
    constexpr U256() = default;
    constexpr explicit U256(uint64_t value) : limbs_{value, 0, 0, 0} {}
    // The bytes as a little-endian number: how a block hash is compared with a target.
    static U256 from_le(ByteView bytes);  // precondition: 32 bytes
    // Big-endian hex of at most 64 digits.
    static std::optional<U256> from_hex(std::string_view text);
    [[nodiscard]] std::string to_hex() const;  // 64 digits
    [[nodiscard]] std::array<uint8_t, 32> to_le() const;

    [[nodiscard]] uint64_t low64() const { return limbs_[0]; }
    [[nodiscard]] bool is_zero() const { return *this == U256(); }
    [[nodiscard]] unsigned bit_length() const;

    friend U256 operator+(const U256& a, const U256& b);
    friend U256 operator-(const U256& a, const U256& b);
    friend U256 operator*(const U256& a, uint64_t b);
    friend U256 operator/(const U256& a, const U256& b);  // precondition: b is not zero
    friend U256 operator<<(const U256& a, unsigned bits);
    friend U256 operator>>(const U256& a, unsigned bits);
    friend U256 operator~(const U256& a);
    friend bool operator==(const U256&, const U256&) = default;
    friend std::strong_ordering operator<=>(const U256& a, const U256& b);

private:
    std::array<uint64_t, 4> limbs_{};  // least significant first
};

}  // namespace sluice::parent
