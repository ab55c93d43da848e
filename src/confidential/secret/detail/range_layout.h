// The shape of a range proof: its header, rings, and the public points that follow from generator and header
// (confidential.md sections 4.1 and 4.2). Private to confidential/secret.
#pragma once

#include <vector>

#include "confidential/secret/detail/ring_sign.h"

namespace sluice::confidential::secret {

struct RangeLayout {
    int exponent = 0;  // of the unit 10^exponent; 0 if the value is exact
    int mantissa = 0;  // 0: the exact value; else how many bits are hidden
    uint64_t min_value = 0;
    uint64_t max_value = 0;
    uint64_t scale = 1;  // 10^exponent
    size_t header_size = 0;

    [[nodiscard]] size_t rings() const { return mantissa == 0 ? 1 : (static_cast<size_t>(mantissa) + 1) / 2; }
    [[nodiscard]] size_t ring_size(size_t ring) const {
        if (mantissa == 0) return 1;
        return ring + 1 == rings() && mantissa % 2 != 0 ? 2 : 4;
    }
    [[nodiscard]] size_t members() const { return (rings() - 1) * 4 + ring_size(rings() - 1); }
    [[nodiscard]] size_t sign_bytes() const { return (rings() + 6) / 8; }
    // Of the whole proof: X of each digit commitment but the last, e0, and an s a member follow header and signs.
    [[nodiscard]] size_t size() const { return header_size + sign_bytes() + 32 * (rings() + members()); }
    // In its shortest form; a proof of others may carry a minimum of zero in full.
    [[nodiscard]] Bytes header() const;

    // nullopt if the header is malformed or the bytes are not exactly as many as it demands.
    static std::optional<RangeLayout> parse(ByteView proof);
};

// digit * 10^exponent * 4^ring * generator for digit 0 to 3, a row a ring.
using DigitPoints = std::array<Point, 4>;
std::vector<DigitPoints> digit_points(const RangeLayout& layout, const PublicPoint& generator);

// The keys of a ring from its first, which is public: each is less by one digit. nullopt if one is infinity.
std::optional<std::vector<PublicPoint>> ring_keys(const Point& first, const DigitPoints& digits, size_t count);

}  // namespace sluice::confidential::secret
