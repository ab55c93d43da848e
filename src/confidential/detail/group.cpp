#include "confidential/detail/group.h"

#include <algorithm>

namespace sluice::confidential::detail {

const Affine kBasePoint = {
    Fe{{0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac}},
    Fe{{0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465}},
};
const Fe kBeta = Fe{{0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}};

std::optional<Affine> lift_x_square(const Fe& x) {
    const auto y = square_root(add(mul(sqr(x), x), fe_small(7)));
    if (!y) return std::nullopt;
    return Affine{x, *y};
}

Jacobian twice(const Jacobian& a) {
    // y is never 0 on this curve: its order is odd. Infinity stays infinity.
    const Fe yy = sqr(a.y);
    const Fe xx = sqr(a.x);
    const Fe s2 = add(mul(a.x, yy), mul(a.x, yy));
    const Fe s = add(s2, s2);
    const Fe m = add(add(xx, xx), xx);
    const Fe x = sub(sub(sqr(m), s), s);
    const Fe y2 = add(sqr(yy), sqr(yy));
    const Fe y4 = add(y2, y2);
    const Fe yz = mul(a.y, a.z);
    return {x, sub(mul(m, sub(s, x)), add(y4, y4)), add(yz, yz)};
}

Jacobian add(const Jacobian& a, const Affine& b) {
    if (a.is_infinity()) return to_jacobian(b);
    const Fe zz = sqr(a.z);
    const Fe h = sub(mul(b.x, zz), a.x);
    const Fe r = sub(mul(b.y, mul(zz, a.z)), a.y);
    if (is_zero(h)) return is_zero(r) ? twice(a) : Jacobian{};
    const Fe hh = sqr(h);
    const Fe hhh = mul(h, hh);
    const Fe v = mul(a.x, hh);
    const Fe x = sub(sub(sub(sqr(r), hhh), v), v);
    return {x, sub(mul(r, sub(v, x)), mul(a.y, hhh)), mul(a.z, h)};
}

Jacobian add(const Jacobian& a, const Jacobian& b) {
    if (a.is_infinity()) return b;
    if (b.is_infinity()) return a;
    const Fe zz = sqr(a.z);
    const Fe ww = sqr(b.z);
    const Fe u = mul(a.x, ww);
    const Fe s = mul(a.y, mul(ww, b.z));
    const Fe h = sub(mul(b.x, zz), u);
    const Fe r = sub(mul(b.y, mul(zz, a.z)), s);
    if (is_zero(h)) return is_zero(r) ? twice(a) : Jacobian{};
    const Fe hh = sqr(h);
    const Fe hhh = mul(h, hh);
    const Fe v = mul(u, hh);
    const Fe x = sub(sub(sub(sqr(r), hhh), v), v);
    return {x, sub(mul(r, sub(v, x)), mul(s, hhh)), mul(mul(a.z, b.z), h)};
}

namespace {

Affine scaled(const Jacobian& a, const Fe& z_inverse) {
    const Fe zz = sqr(z_inverse);
    return {mul(a.x, zz), mul(a.y, mul(zz, z_inverse))};
}

}  // namespace

std::optional<Affine> normalize(const Jacobian& a) {
    if (a.is_infinity()) return std::nullopt;
    return scaled(a, inverse(a.z));
}

std::vector<std::optional<Affine>> normalize_all(std::span<const Jacobian> points) {
    std::vector<Fe> z(points.size());
    std::ranges::transform(points, z.begin(), [](const Jacobian& point) { return point.z; });
    invert_all(z);
    std::vector<std::optional<Affine>> out(points.size());
    for (size_t i = 0; i < points.size(); ++i) {
        if (!points[i].is_infinity()) out[i] = scaled(points[i], z[i]);
    }
    return out;
}

std::array<uint8_t, 33> compress(const Affine& a) {
    std::array<uint8_t, 33> bytes;
    bytes[0] = is_odd(a.y) ? 3 : 2;
    std::ranges::copy(fe_to_bytes(a.x), bytes.begin() + 1);
    return bytes;
}

}  // namespace sluice::confidential::detail
