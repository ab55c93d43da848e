// Points of secp256k1, for public data only (variable time). The Jacobian functions here are complete: infinity, equal
// and opposite points give the right answer. Any thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "confidential/detail/field.h"
#include "confidential/point.h"

namespace sluice::confidential::detail {

// Never infinity.
struct Affine {
    Fe x;
    Fe y;
};

// (x/z^2, y/z^3); infinity if z is zero.
struct Jacobian {
    Fe x = fe_small(1);
    Fe y = fe_small(1);
    Fe z;

    [[nodiscard]] bool is_infinity() const { return is_zero(z); }
};

extern const Affine kBasePoint;  // G
extern const Fe kBeta;           // a cube root of one: (beta*x, y) = lambda*(x, y)

inline Affine to_affine(const Point& point) { return {Fe{point.x}, Fe{point.y}}; }
inline Point to_point(const Affine& a) { return {canonical(a.x).n, canonical(a.y).n}; }
inline Jacobian to_jacobian(const Affine& a) { return {a.x, a.y, fe_small(1)}; }
inline Affine negate(const Affine& a) { return {a.x, negate(a.y)}; }
inline Jacobian negate(const Jacobian& a) { return {a.x, negate(a.y), a.z}; }

// The point with this x whose y is itself a square; nullopt if x^3 + 7 is no square.
std::optional<Affine> lift_x_square(const Fe& x);
Jacobian twice(const Jacobian& a);
Jacobian add(const Jacobian& a, const Affine& b);
Jacobian add(const Jacobian& a, const Jacobian& b);
// nullopt at infinity.
std::optional<Affine> normalize(const Jacobian& a);
// All at once, with one field inversion.
std::vector<std::optional<Affine>> normalize_all(std::span<const Jacobian> points);
// 0x02/0x03 by the parity of y, then x.
std::array<uint8_t, 33> compress(const Affine& a);

}  // namespace sluice::confidential::detail
