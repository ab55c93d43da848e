#include "confidential/secret/detail/range_layout.h"

#include "codec/reader.h"
#include "util/checked.h"

namespace sluice::confidential::secret {
namespace {

constexpr uint8_t kReserved = 0x80;
constexpr uint8_t kHasRange = 0x40;
constexpr uint8_t kHasMin = 0x20;
constexpr uint8_t kExponent = 0x1f;
constexpr int kMaxExponent = 18;
constexpr size_t kMinSize = 65;

}  // namespace

Bytes RangeLayout::header() const {
    Bytes out;
    const uint8_t range = mantissa != 0 ? kHasRange | static_cast<uint8_t>(exponent) : 0;
    out.push_back(range | (min_value != 0 ? kHasMin : 0));
    if (mantissa != 0) out.push_back(static_cast<uint8_t>(mantissa - 1));
    if (min_value != 0) {
        for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(min_value >> shift));
    }
    return out;
}

std::optional<RangeLayout> RangeLayout::parse(ByteView proof) {
    if (proof.size() < kMinSize) return std::nullopt;
    Reader reader(proof);
    RangeLayout out;
    const uint8_t flags = reader.u8();
    if ((flags & kReserved) != 0) return std::nullopt;
    if ((flags & kHasRange) != 0) {
        out.exponent = flags & kExponent;
        out.mantissa = reader.u8() + 1;
        if (out.exponent > kMaxExponent || out.mantissa > 64) return std::nullopt;
        out.max_value = UINT64_MAX >> (64 - out.mantissa);
    }
    for (int i = 0; i < out.exponent; ++i) {
        const auto scaled = checked_mul<uint64_t>(out.max_value, 10);
        if (!scaled) return std::nullopt;
        out.max_value = *scaled;
        out.scale *= 10;
    }
    if ((flags & kHasMin) != 0) out.min_value = reader.u64_be();
    const auto max = checked_add(out.max_value, out.min_value);
    if (!max || !reader.ok()) return std::nullopt;
    out.max_value = *max;
    out.header_size = proof.size() - reader.remaining();
    if (proof.size() != out.size()) return std::nullopt;
    return out;
}

std::vector<DigitPoints> digit_points(const RangeLayout& layout, const PublicPoint& generator) {
    Point unit = generator.times(Scalar::from_u64(layout.scale));
    std::vector<DigitPoints> out;
    for (size_t i = 0; i < layout.rings(); ++i) {
        const Point two = unit + unit;
        out.push_back({Point{}, unit, two, two + unit});
        unit = two + two;
    }
    return out;
}

std::optional<std::vector<PublicPoint>> ring_keys(const Point& first, const DigitPoints& digits, size_t count) {
    std::vector<PublicPoint> out;
    for (size_t j = 0; j < count; ++j) {
        const std::optional<PublicPoint> key = PublicPoint::from(to_affine(first - digits[j]));
        if (!key) return std::nullopt;
        out.push_back(*key);
    }
    return out;
}

}  // namespace sluice::confidential::secret
