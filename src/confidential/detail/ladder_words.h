// The ladder in 64-bit words, over any set of field operations: lanes go in pairs, in lockstep, so that the processor
// always has two independent products to work on. Formulas are incomplete; an exception (equal or opposite points)
// makes z zero, and z stays zero from there on, which sends that lane to climb_complete.
#pragma once

#include <algorithm>

#include "confidential/detail/field_ops.h"
#include "confidential/detail/ladder.h"
#include "util/check.h"

namespace sluice::confidential::detail {

template <class Ops>
class WordLadder {
public:
    // Sums are made level by level (2, 3..4, 5..8, 9..16), each with one inversion for all keys. No exception can
    // occur: the key's order is n, so that m*P never equals +-P for 1 < m <= 16.
    static KeyTables prepare(std::span<const Affine> keys) {
        KeyTables tables(keys.size());
        for (size_t k = 0; k < keys.size(); ++k) tables.record(k, 0, 1) = {canonical(keys[k].x), canonical(keys[k].y)};
        std::vector<Fe> denominators;
        for (size_t level = 1; level < kKeyMultiples; level *= 2) {
            // level*P + i*P for i in 1..level; the last one is a doubling.
            denominators.resize(keys.size() * level);
            for (size_t k = 0; k < keys.size(); ++k) {
                const Record& top = tables.record(k, 0, level);
                for (size_t i = 1; i < level; ++i) {
                    denominators[k * level + i - 1] = Ops::sub(tables.record(k, 0, i).x, top.x);
                }
                denominators[k * level + level - 1] = Ops::add(top.y, top.y);
            }
            invert_all(denominators);
            for (size_t k = 0; k < keys.size(); ++k) {
                const Record top = tables.record(k, 0, level);
                for (size_t i = 1; i <= level; ++i) {
                    const Record other = tables.record(k, 0, i);
                    const Fe numerator = i == level ? triple(Ops::sqr(top.x)) : Ops::sub(other.y, top.y);
                    const Fe slope = Ops::mul(numerator, denominators[k * level + i - 1]);
                    const Fe x = Ops::sub(Ops::sub(Ops::sqr(slope), top.x), other.x);
                    tables.record(k, 0, level + i) = {x, Ops::sub(Ops::mul(slope, Ops::sub(top.x, x)), top.y)};
                }
            }
        }
        for (size_t k = 0; k < keys.size(); ++k) {
            for (size_t m = 1; m <= kKeyMultiples; ++m) {
                const Record& plain = tables.record(k, 0, m);
                tables.record(k, 1, m) = {Ops::mul(plain.x, kBeta), plain.y};
            }
        }
        return tables;
    }

    static void multiply_add(const KeyTables& tables, std::span<const Lane> lanes, std::span<LaneResult> results) {
        CHECK(lanes.size() == results.size());
        std::vector<Jacobian> sums(lanes.size());
        size_t i = 0;
        for (; i + 2 <= lanes.size(); i += 2) climb<2>(tables, &lanes[i], &sums[i]);
        if (i < lanes.size()) climb<1>(tables, &lanes[i], &sums[i]);
        std::vector<Fe> z(sums.size());
        std::ranges::transform(sums, z.begin(), [](const Jacobian& sum) { return sum.z; });
        invert_all(z);
        for (i = 0; i < sums.size(); ++i) {
            results[i].infinity = is_zero(sums[i].z);
            const Fe zz = Ops::sqr(z[i]);
            results[i].point = {Ops::mul(sums[i].x, zz), Ops::mul(sums[i].y, Ops::mul(zz, z[i]))};
        }
    }

    static void add_pairs(std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums) {
        CHECK(a.size() == sums.size() && b.size() == sums.size());
        std::vector<Fe> runs(sums.size());
        for (size_t i = 0; i < sums.size(); ++i) runs[i] = Ops::sub(b[i].x, a[i].x);
        invert_all(runs);
        for (size_t i = 0; i < sums.size(); ++i) {
            if (is_zero(runs[i])) {
                sums[i] = add_complete(a[i], b[i]);
                continue;
            }
            const Fe slope = Ops::mul(Ops::sub(b[i].y, a[i].y), runs[i]);
            const Fe x = Ops::sub(Ops::sub(Ops::sqr(slope), a[i].x), b[i].x);
            sums[i] = {{x, Ops::sub(Ops::mul(slope, Ops::sub(a[i].x, x)), a[i].y)}, false};
        }
    }

    static void root_candidates(std::span<Fe> values) {
        for (Fe& value : values) value = root_candidate<Ops>(value);
    }

private:
    // N lanes to N sums.
    template <size_t N>
    static void climb(const KeyTables& tables, const Lane* lanes, Jacobian* sums) {
        Climb<N> climb(tables, lanes);
        climb.climb();
        for (size_t l = 0; l < N; ++l) sums[l] = climb.result(l);
    }

    static Fe triple(const Fe& a) { return Ops::add(Ops::add(a, a), a); }

    // N sums on their way, each at infinity (`has_point` is false) until its first digit that is not zero.
    template <size_t N>
    class Climb {
    public:
        // `lanes` are N.
        Climb(const KeyTables& tables, const Lane* lanes) : tables_(tables), lanes_(lanes) {
            for (size_t l = 0; l < N; ++l) {
                digits_[l] = recode(lanes[l].s, lanes[l].e);
                for (size_t half = 0; half < 2; ++half) key_tables_[half][l] = &tables.record(lanes[l].key, half, 1);
            }
        }

        void climb() {
            const BaseTables& base = base_tables();
            for (size_t w = kKeyDigits; w-- > 0;) {
                if (w + 1 < kKeyDigits) {
                    for (int i = 0; i < 5; ++i) twice();
                }
                add([&](size_t l) { return select(key_tables_[0][l], digits_[l].key_low[w]); });
                add([&](size_t l) { return select(key_tables_[1][l], digits_[l].key_high[w]); });
                if (w % 2 != 0) continue;
                add([&](size_t l) { return select(base[0].data(), digits_[l].base_low[w / 2]); });
                add([&](size_t l) { return select(base[1].data(), digits_[l].base_high[w / 2]); });
            }
        }

        Jacobian result(size_t l) const {
            if (!has_point_[l] || is_zero(z_[l])) return climb_complete(tables_, lanes_[l]);
            return {x_[l], y_[l], z_[l]};
        }

    private:
        // What a digit stands for; nothing for 0.
        struct Term {
            const Record* record;
            bool negative;
        };
        static Term select(const Record* table, int digit) {
            if (digit == 0) return {nullptr, false};
            return {table + (digit < 0 ? -digit : digit) - 1, digit < 0};
        }
        static Fe signed_y(const Term& term) { return term.negative ? Ops::sub(Fe{}, term.record->y) : term.record->y; }

        using Each = std::array<Fe, N>;
        template <class F>
        static Each each(F&& make) {
            if constexpr (N == 1) {
                return {make(0)};
            } else {
                return {make(0), make(1)};
            }
        }

        // A sum without a point has coordinates that mean nothing, before and after.
        void twice() {
            // With m = 3x^2/2 and u = x*y^2: (m^2 - 2u, m*(u - x') - y^4, y*z).
            const Each yy = each([&](size_t l) { return Ops::sqr(y_[l]); });
            const Each xx = each([&](size_t l) { return Ops::sqr(x_[l]); });
            const Each m = each([&](size_t l) { return Ops::add(xx[l], Ops::half(xx[l])); });
            const Each u = each([&](size_t l) { return Ops::mul(x_[l], yy[l]); });
            const Each mm = each([&](size_t l) { return Ops::sqr(m[l]); });
            const Each yyyy = each([&](size_t l) { return Ops::sqr(yy[l]); });
            z_ = each([&](size_t l) { return Ops::mul(y_[l], z_[l]); });
            x_ = each([&](size_t l) { return Ops::sub(Ops::sub(mm[l], u[l]), u[l]); });
            const Each mu = each([&](size_t l) { return Ops::mul(m[l], Ops::sub(u[l], x_[l])); });
            y_ = each([&](size_t l) { return Ops::sub(mu[l], yyyy[l]); });
        }

        template <class F>
        void add(F&& term) {
            std::array<Term, N> terms;
            bool ordinary = true;
            for (size_t l = 0; l < N; ++l) {
                terms[l] = term(l);
                ordinary = ordinary && has_point_[l] && terms[l].record != nullptr;
            }
            if (!ordinary) return add_apart(terms);
            const Each ty = each([&](size_t l) { return signed_y(terms[l]); });
            const Each zz = each([&](size_t l) { return Ops::sqr(z_[l]); });
            const Each tx = each([&](size_t l) { return Ops::mul(terms[l].record->x, zz[l]); });
            const Each zzz = each([&](size_t l) { return Ops::mul(zz[l], z_[l]); });
            const Each h = each([&](size_t l) { return Ops::sub(tx[l], x_[l]); });
            const Each tyz = each([&](size_t l) { return Ops::mul(ty[l], zzz[l]); });
            const Each hh = each([&](size_t l) { return Ops::sqr(h[l]); });
            const Each r = each([&](size_t l) { return Ops::sub(tyz[l], y_[l]); });
            const Each hhh = each([&](size_t l) { return Ops::mul(h[l], hh[l]); });
            const Each v = each([&](size_t l) { return Ops::mul(x_[l], hh[l]); });
            const Each rr = each([&](size_t l) { return Ops::sqr(r[l]); });
            z_ = each([&](size_t l) { return Ops::mul(z_[l], h[l]); });
            x_ = each([&](size_t l) { return Ops::sub(Ops::sub(rr[l], hhh[l]), Ops::add(v[l], v[l])); });
            const Each yh = each([&](size_t l) { return Ops::mul(y_[l], hhh[l]); });
            const Each rv = each([&](size_t l) { return Ops::mul(r[l], Ops::sub(v[l], x_[l])); });
            y_ = each([&](size_t l) { return Ops::sub(rv[l], yh[l]); });
        }

        // The rare windows: a zero digit, or a sum that has no point yet.
        void add_apart(const std::array<Term, N>& terms) {
            for (size_t l = 0; l < N; ++l) {
                if (terms[l].record == nullptr) continue;
                const Fe ty = signed_y(terms[l]);
                const Fe& tx = terms[l].record->x;
                if (!has_point_[l]) {
                    x_[l] = tx;
                    y_[l] = ty;
                    z_[l] = fe_small(1);
                    has_point_[l] = true;
                    continue;
                }
                const Fe zz = Ops::sqr(z_[l]);
                const Fe h = Ops::sub(Ops::mul(tx, zz), x_[l]);
                const Fe r = Ops::sub(Ops::mul(ty, Ops::mul(zz, z_[l])), y_[l]);
                const Fe hh = Ops::sqr(h);
                const Fe hhh = Ops::mul(h, hh);
                const Fe v = Ops::mul(x_[l], hh);
                x_[l] = Ops::sub(Ops::sub(Ops::sqr(r), hhh), Ops::add(v, v));
                y_[l] = Ops::sub(Ops::mul(r, Ops::sub(v, x_[l])), Ops::mul(y_[l], hhh));
                z_[l] = Ops::mul(z_[l], h);
            }
        }

        const KeyTables& tables_;
        const Lane* lanes_;
        std::array<Digits, N> digits_;
        std::array<std::array<const Record*, N>, 2> key_tables_;
        Each x_{};
        Each y_{};
        Each z_{};
        std::array<bool, N> has_point_{};
    };
};

}  // namespace sluice::confidential::detail
