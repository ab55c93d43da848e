#include "consensus/script/script_num.h"

#include <limits>

namespace sluice::script {

std::optional<int64_t> decode_number(ByteView bytes, bool minimal, size_t max_size) {
    if (bytes.size() > max_size) return std::nullopt;
    if (bytes.empty()) return 0;
    const uint8_t last = bytes.back();
    if (minimal && (last & 0x7f) == 0) {
        // A last byte that holds nothing but the sign is needed only when the byte before it uses its top bit.
        if (bytes.size() == 1 || (bytes[bytes.size() - 2] & 0x80) == 0) return std::nullopt;
    }
    uint64_t magnitude = 0;
    for (size_t i = 0; i < bytes.size(); ++i) magnitude |= static_cast<uint64_t>(bytes[i]) << (8 * i);
    if ((last & 0x80) == 0) return static_cast<int64_t>(magnitude);
    magnitude &= ~(uint64_t{0x80} << (8 * (bytes.size() - 1)));
    return -static_cast<int64_t>(magnitude);
}

Bytes encode_number(int64_t value) {
    Bytes out;
    const bool negative = value < 0;
    uint64_t magnitude = negative ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
    for (; magnitude != 0; magnitude >>= 8) out.push_back(static_cast<uint8_t>(magnitude));
    if (out.empty()) return out;
    if ((out.back() & 0x80) != 0) {
        out.push_back(negative ? 0x80 : 0x00);
    } else if (negative) {
        out.back() |= 0x80;
    }
    return out;
}

int32_t clamp_to_int(int64_t value) {
    if (value > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
    if (value < std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::min();
    return static_cast<int32_t>(value);
}

bool cast_to_bool(ByteView bytes) {
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == 0) continue;
        return !(i + 1 == bytes.size() && bytes[i] == 0x80);
    }
    return false;
}

}  // namespace sluice::script
