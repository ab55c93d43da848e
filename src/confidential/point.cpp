#include "confidential/point.h"

#include "confidential/detail/group.h"

namespace sluice::confidential {

using namespace detail;

std::optional<Point> Point::from_public_key(ByteView bytes) {
    if (bytes.size() == 33 && (bytes[0] == 2 || bytes[0] == 3)) {
        const auto x = fe_from_bytes(bytes.subspan(1));
        if (!x) return std::nullopt;
        const auto point = lift_x_square(*x);
        if (!point) return std::nullopt;
        return to_point(is_odd(point->y) == (bytes[0] == 3) ? *point : negate(*point));
    }
    if (bytes.size() == 65 && bytes[0] == 4) {
        const auto x = fe_from_bytes(bytes.subspan(1, 32));
        const auto y = fe_from_bytes(bytes.subspan(33));
        if (!x || !y || !is_equal(sqr(*y), add(mul(sqr(*x), *x), fe_small(7)))) return std::nullopt;
        return Point{x->n, y->n};
    }
    return std::nullopt;
}

std::array<uint8_t, 33> Point::compressed() const { return compress(to_affine(*this)); }

}  // namespace sluice::confidential
