#include "confidential/detail/range_layout.h"

#include <limits>

#include "codec/reader.h"

namespace sluice::confidential::detail {

namespace {
constexpr uint64_t kMaxValue = std::numeric_limits<uint64_t>::max();
constexpr size_t kMinProofSize = 65;
constexpr uint8_t kReserved = 0x80;
constexpr uint8_t kHasRange = 0x40;
constexpr uint8_t kHasMinimum = 0x20;
constexpr uint8_t kExponentMask = 0x1f;
constexpr int kMaxExponent = 18;
constexpr int kMaxMantissa = 64;
}  // namespace

std::optional<RangeLayout> range_layout(ByteView proof) {
    if (proof.size() < kMinProofSize) return std::nullopt;
    RangeLayout layout;
    RangeInfo& info = layout.info;
    Reader reader(proof);
    const uint8_t flags = reader.u8();
    if ((flags & kReserved) != 0) return std::nullopt;
    if ((flags & kHasRange) != 0) {
        info.exponent = flags & kExponentMask;
        info.mantissa = reader.u8() + 1;
        if (info.exponent > kMaxExponent || info.mantissa > kMaxMantissa) return std::nullopt;
        info.max = kMaxValue >> (kMaxMantissa - info.mantissa);
        for (int i = 0; i < info.exponent; ++i) {
            if (info.max > kMaxValue / 10) return std::nullopt;
            info.max *= 10;
            layout.scale *= 10;
        }
        layout.rings = static_cast<size_t>(info.mantissa + 1) / 2;
        layout.keys = static_cast<size_t>(info.mantissa) * 2;
    }
    if ((flags & kHasMinimum) != 0) info.min = reader.u64_be();
    if (info.max > kMaxValue - info.min) return std::nullopt;
    info.max += info.min;
    layout.header_size = proof.size() - reader.remaining();
    return layout;
}

}  // namespace sluice::confidential::detail
