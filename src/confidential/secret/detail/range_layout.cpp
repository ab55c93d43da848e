#include "confidential/secret/detail/range_layout.h"

#include "confidential/detail/range_layout.h"

namespace sluice::confidential::secret {
namespace {

constexpr uint8_t kHasRange = 0x40;
constexpr uint8_t kHasMin = 0x20;

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
    const auto layout = confidential::detail::range_layout(proof);
    if (!layout || proof.size() != layout->total_size()) return std::nullopt;
    const RangeInfo& info = layout->info;
    RangeLayout out;
    out.exponent = info.mantissa == 0 ? 0 : info.exponent;
    out.mantissa = info.mantissa;
    out.min_value = info.min;
    out.max_value = info.max;
    out.scale = layout->scale;
    out.header_size = layout->header_size;
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
