#include "confidential/detail/field.h"

#include "confidential/detail/field_adx.h"
#include "confidential/detail/field_inverse.h"
#include "util/check.h"

namespace sluice::confidential::detail {

namespace {

// Runs `work` over the best operations that this processor has.
template <class F>
auto with_ops(F&& work) {
#ifdef SLUICE_ADX
    if (adx_is_right()) return work(AdxOps{});
#endif
    return work(PlainOps{});
}

// a - p if that is not negative.
Fe minus_p(const Fe& a, bool& was_above) {
    Fe r;
    Wide acc = kFold;
    for (size_t i = 0; i < 4; ++i) {
        acc += a.n[i];
        r.n[i] = static_cast<uint64_t>(acc);
        acc >>= 64;
    }
    was_above = acc != 0;
    return r;
}

}  // namespace

bool adx_is_right() {
#ifdef SLUICE_ADX
    static const bool right = [] {
        if (!has_adx()) return false;
        // Carries in every place: all bits set, and what grows out of products.
        Fe a{{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}}};
        Fe b{{0xfffffffefffffc2e, ~uint64_t{0}, ~uint64_t{0} - 1, ~uint64_t{0}}};
        for (int i = 0; i < 200; ++i) {
            const Fe product = PlainOps::mul(a, b);
            if (!is_equal(AdxOps::mul(a, b), product) || !is_equal(AdxOps::sqr(b), PlainOps::mul(b, b)) ||
                !is_equal(AdxOps::add(a, b), PlainOps::add(a, b)) ||
                !is_equal(AdxOps::sub(a, b), PlainOps::sub(a, b)) || !is_equal(AdxOps::half(b), PlainOps::half(b)))
                return false;
            a = PlainOps::add(b, product);
            b = product;
        }
        return true;
    }();
    return right;
#else
    return false;
#endif
}

std::optional<Fe> fe_from_bytes(ByteView bytes) {
    CHECK(bytes.size() == 32);
    Fe r;
    for (size_t i = 0; i < 32; ++i) r.n[3 - i / 8] = (r.n[3 - i / 8] << 8) | bytes[i];
    bool too_large = false;
    minus_p(r, too_large);
    if (too_large) return std::nullopt;
    return r;
}

std::array<uint8_t, 32> fe_to_bytes(const Fe& a) {
    const Fe c = canonical(a);
    std::array<uint8_t, 32> bytes;
    for (size_t i = 0; i < 32; ++i) bytes[i] = static_cast<uint8_t>(c.n[3 - i / 8] >> (56 - 8 * (i % 8)));
    return bytes;
}

Fe canonical(const Fe& a) {
    bool above = false;
    const Fe reduced = minus_p(a, above);
    return above ? reduced : a;
}

bool is_equal(const Fe& a, const Fe& b) { return canonical(a).n == canonical(b).n; }
bool is_odd(const Fe& a) { return (canonical(a).n[0] & 1) != 0; }

Fe add(const Fe& a, const Fe& b) { return PlainOps::add(a, b); }
Fe sub(const Fe& a, const Fe& b) { return PlainOps::sub(a, b); }
Fe negate(const Fe& a) { return PlainOps::sub(Fe{}, a); }

Fe mul(const Fe& a, const Fe& b) {
    return with_ops([&](auto ops) { return decltype(ops)::mul(a, b); });
}

Fe sqr(const Fe& a) {
    return with_ops([&](auto ops) { return decltype(ops)::sqr(a); });
}

Fe inverse(const Fe& a) { return inverse_by_steps(canonical(a)); }

std::optional<Fe> square_root(const Fe& a) {
    const Fe root = with_ops([&](auto ops) { return root_candidate<decltype(ops)>(a); });
    if (!is_equal(sqr(root), a)) return std::nullopt;
    return root;
}

bool is_square(const Fe& a) { return square_root(a).has_value(); }

void invert_all(std::span<Fe> values) {
    with_ops([&](auto ops) { invert_all_over<decltype(ops)>(values); });
}

}  // namespace sluice::confidential::detail
