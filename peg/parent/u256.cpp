#include "peg/parent/u256.h"

#include <bit>

#include "codec/hex.h"
#include "util/check.h"

namespace sluice::parent {

namespace {
__extension__ using Wide = unsigned __int128;
}

U256 U256::from_le(ByteView bytes) {
    CHECK(bytes.size() == 32);
    U256 out;
    for (size_t i = 0; i < 32; ++i) out.limbs_[i / 8] |= static_cast<uint64_t>(bytes[i]) << (8 * (i % 8));
    return out;
}

std::optional<U256> U256::from_hex(std::string_view text) {
    if (text.empty() || text.size() > 64) return std::nullopt;
    const std::optional<Bytes> bytes = sluice::from_hex(std::string(64 - text.size(), '0') + std::string(text));
    if (!bytes) return std::nullopt;
    return from_le(Bytes(bytes->rbegin(), bytes->rend()));
}

std::string U256::to_hex() const { return to_display_hex(to_le()); }

std::array<uint8_t, 32> U256::to_le() const {
    std::array<uint8_t, 32> out;
    for (size_t i = 0; i < 32; ++i) out[i] = static_cast<uint8_t>(limbs_[i / 8] >> (8 * (i % 8)));
    return out;
}

unsigned U256::bit_length() const {
    for (unsigned i = 4; i-- > 0;) {
        if (limbs_[i] != 0) return 64 * i + static_cast<unsigned>(std::bit_width(limbs_[i]));
    }
    return 0;
}

U256 operator+(const U256& a, const U256& b) {
    U256 out;
    Wide carry = 0;
    for (size_t i = 0; i < 4; ++i) {
        carry += static_cast<Wide>(a.limbs_[i]) + b.limbs_[i];
        out.limbs_[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    return out;
}

U256 operator-(const U256& a, const U256& b) { return a + ~b + U256(1); }

U256 operator~(const U256& a) {
    U256 out;
    for (size_t i = 0; i < 4; ++i) out.limbs_[i] = ~a.limbs_[i];
    return out;
}

U256 operator*(const U256& a, uint64_t b) {
    U256 out;
    Wide carry = 0;
    for (size_t i = 0; i < 4; ++i) {
        carry += static_cast<Wide>(a.limbs_[i]) * b;
        out.limbs_[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    return out;
}

U256 operator<<(const U256& a, unsigned bits) {
    U256 out;
    const unsigned whole = bits / 64;
    const unsigned part = bits % 64;
    for (unsigned i = 4; i-- > whole;) {
        out.limbs_[i] = a.limbs_[i - whole] << part;
        if (part != 0 && i > whole) out.limbs_[i] |= a.limbs_[i - whole - 1] >> (64 - part);
    }
    return out;
}

U256 operator>>(const U256& a, unsigned bits) {
    U256 out;
    const unsigned whole = bits / 64;
    const unsigned part = bits % 64;
    for (unsigned i = 0; i + whole < 4; ++i) {
        out.limbs_[i] = a.limbs_[i + whole] >> part;
        if (part != 0 && i + whole + 1 < 4) out.limbs_[i] |= a.limbs_[i + whole + 1] << (64 - part);
    }
    return out;
}

U256 operator/(const U256& a, const U256& b) {
    CHECK(!b.is_zero());
    U256 quotient;
    U256 rest = a;
    const unsigned a_bits = a.bit_length();
    const unsigned b_bits = b.bit_length();
    if (a_bits < b_bits) return quotient;
    for (unsigned shift = a_bits - b_bits + 1; shift-- > 0;) {
        const U256 step = b << shift;
        if (step <= rest) {
            rest = rest - step;
            quotient.limbs_[shift / 64] |= uint64_t{1} << (shift % 64);
        }
    }
    return quotient;
}

std::strong_ordering operator<=>(const U256& a, const U256& b) {
    for (size_t i = 4; i-- > 0;) {
        if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] <=> b.limbs_[i];
    }
    return std::strong_ordering::equal;
}

}  // namespace sluice::parent
