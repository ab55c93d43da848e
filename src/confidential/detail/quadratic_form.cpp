#include "confidential/detail/quadratic_form.h"

#include <algorithm>

namespace sluice::confidential::detail {

std::optional<QuadraticForm> parse_quadratic(ByteView bytes, uint8_t base_prefix) {
    if (bytes.size() != 33 || (bytes[0] & 0xfe) != base_prefix) return std::nullopt;
    const auto x = fe_from_bytes(bytes.subspan(1));
    if (!x) return std::nullopt;
    const auto point = lift_x_square(*x);
    if (!point) return std::nullopt;
    const bool y_is_square = bytes[0] == base_prefix;
    return QuadraticForm{to_point(y_is_square ? *point : negate(*point)), y_is_square};
}

std::array<uint8_t, 33> serialize_quadratic(const Point& point, bool y_is_square, uint8_t base_prefix) {
    std::array<uint8_t, 33> bytes;
    bytes[0] = static_cast<uint8_t>(base_prefix + (y_is_square ? 0 : 1));
    std::ranges::copy(fe_to_bytes(Fe{point.x}), bytes.begin() + 1);
    return bytes;
}

}  // namespace sluice::confidential::detail
