// The 33-byte form of generators and commitments: a base prefix, plus one if y is not a square in the field, then x.
#pragma once

#include "confidential/detail/group.h"

namespace sluice::confidential::detail {

struct QuadraticForm {
    Point point;
    bool y_is_square;
};

// nullopt unless 33 bytes: base_prefix or base_prefix + 1, then the x (below p) of a point on the curve.
std::optional<QuadraticForm> parse_quadratic(ByteView bytes, uint8_t base_prefix);
std::array<uint8_t, 33> serialize_quadratic(const Point& point, bool y_is_square, uint8_t base_prefix);

}  // namespace sluice::confidential::detail
