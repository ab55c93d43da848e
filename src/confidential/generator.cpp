#include "confidential/generator.h"

#include "confidential/detail/quadratic_form.h"
#include "crypto/hash.h"
#include "util/check.h"

namespace sluice::confidential {

using namespace detail;

namespace {

constexpr uint8_t kPrefix = 0x0a;

// c = sqrt(-3), the root that is a square; d = (c - 1) / 2.
constexpr Fe kC = Fe{{0x7d8d27ae1cd5f852, 0xc61f6d15da14ecd4, 0x233770c2a797962c, 0x0a2d2ba93507f1df}};
constexpr Fe kD = Fe{{0x3ec693d68e6afa40, 0x630fb68aed0a766a, 0x919bb86153cbcb16, 0x851695d49a83f8ef}};

// The map of Shallue and van de Woestijne to this curve, as Fouque and Tibouchi write it (Latincrypt 2012), except that
// the sign of y is the parity of t. Precondition: t is below p.
Affine map_to_curve(const Fe& t) {
    // With u = 8 + t^2: w = c*t/u, so t*w = c*t^2/u and 1/w^2 = -u^2/(3*t^2). u is never 0: -8 is no square. One
    // inversion of 3*t^2*u serves both quotients; t = 0 has inverse 0, which gives x1 = d as the map wants.
    const Fe one = fe_small(1);
    const Fe tt = sqr(t);
    const Fe tt3 = add(add(tt, tt), tt);
    const Fe u = add(tt, fe_small(8));
    const Fe joint = inverse(mul(tt3, u));
    const Fe x1 = sub(kD, mul(mul(kC, tt), mul(joint, tt3)));
    Affine point = {x1, Fe{}};
    if (const auto first = lift_x_square(x1)) {
        point = *first;
    } else if (const auto second = lift_x_square(negate(add(x1, one)))) {
        point = *second;
    } else {
        const auto third = lift_x_square(sub(one, mul(mul(sqr(u), u), joint)));
        CHECK(third.has_value());  // one of the three is always on the curve
        point = *third;
    }
    return is_odd(t) ? negate(point) : point;
}

}  // namespace

std::optional<Generator> Generator::parse(ByteView bytes) {
    const auto form = parse_quadratic(bytes, kPrefix);
    if (!form) return std::nullopt;
    return Generator(form->point, form->y_is_square);
}

Generator Generator::from_point(const Point& point) { return {point, is_square(Fe{point.y})}; }

std::array<uint8_t, Generator::kSize> Generator::serialize() const {
    return serialize_quadratic(point_, y_is_square_, kPrefix);
}

std::optional<Generator> asset_generator(ByteView tag) {
    CHECK(tag.size() == 32);
    Jacobian sum;
    for (const char* label : {"1st generation: ", "2nd generation: "}) {
        const auto t = fe_from_bytes(Sha256().write(as_bytes(label)).write(tag).finish().view());
        if (!t) return std::nullopt;
        sum = add(sum, map_to_curve(*t));
    }
    const auto point = normalize(sum);
    if (!point) return std::nullopt;
    return Generator::from_point(to_point(*point));
}

}  // namespace sluice::confidential
