// The ladder in 64-bit words, over any set of field operations. What a window adds is summed up before the climb, for
// many lanes side by side in affine form, which takes half the products of additions to the sum on its way. Then lanes
// go in pairs, in lockstep, so that the processor always has two independent products to work on. Formulas are
// incomplete; an exception (equal or opposite points) makes z zero, and z stays zero from there on, which sends that
// lane to climb_complete.
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
            invert_all_over<Ops>(denominators);
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
        Addends addends;
        for (size_t start = 0; start < lanes.size(); start += kTogether) {
            const std::span<const Lane> some = lanes.subspan(start, std::min(kTogether, lanes.size() - start));
            addends.fill(tables, some);
            size_t i = 0;
            for (; i + 2 <= some.size(); i += 2) climb<2>(tables, addends, i, &some[i], &sums[start + i]);
            if (i < some.size()) climb<1>(tables, addends, i, &some[i], &sums[start + i]);
        }
        std::vector<Fe> z(sums.size());
        std::ranges::transform(sums, z.begin(), [](const Jacobian& sum) { return sum.z; });
        invert_all_over<Ops>(z);
        for (size_t i = 0; i < sums.size(); ++i) {
            results[i].infinity = is_zero(sums[i].z);
            const Fe zz = Ops::sqr(z[i]);
            results[i].point = {Ops::mul(sums[i].x, zz), Ops::mul(sums[i].y, Ops::mul(zz, z[i]))};
        }
    }

    static void add_pairs(std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums) {
        CHECK(a.size() == sums.size() && b.size() == sums.size());
        std::vector<Fe> runs(sums.size());
        for (size_t i = 0; i < sums.size(); ++i) runs[i] = Ops::sub(b[i].x, a[i].x);
        invert_all_over<Ops>(runs);
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
    // Lanes whose addends are made together: enough to share two inversions, few enough to stay in cache.
    static constexpr size_t kTogether = 8;

    // What each window of each of some lanes adds to its sum: the two key digits', and at even windows the two base
    // digits' points.
    class Addends {
    public:
        void fill(const KeyTables& tables, std::span<const Lane> lanes) {
            sums_.resize(lanes.size() * kKeyDigits);
            bases_.resize(lanes.size() * kBaseDigits);
            const BaseTables& base = base_tables();
            for (size_t l = 0; l < lanes.size(); ++l) {
                const Digits digits = recode(lanes[l].s, lanes[l].e);
                const Record* low = &tables.record(lanes[l].key, 0, 1);
                const Record* high = &tables.record(lanes[l].key, 1, 1);
                for (size_t w = 0; w < kKeyDigits; ++w) {
                    join(sums_[l * kKeyDigits + w], select(low, digits.key_low[w]), select(high, digits.key_high[w]));
                }
                for (size_t i = 0; i < kBaseDigits; ++i) {
                    join(bases_[l * kBaseDigits + i], select(base[0].data(), digits.base_low[i]),
                         select(base[1].data(), digits.base_high[i]));
                }
            }
            add_joined();
            for (size_t i = 0; i < bases_.size(); ++i) {
                LaneResult& even = sums_[i / kBaseDigits * kKeyDigits + i % kBaseDigits * 2];
                join(even, even, bases_[i]);
            }
            add_joined();
        }
        // `infinity`: nothing to add.
        [[nodiscard]] const LaneResult& of(size_t lane, size_t window) const {
            return sums_[lane * kKeyDigits + window];
        }

    private:
        // What a digit stands for.
        static LaneResult select(const Record* table, int digit) {
            if (digit == 0) return {{}, true};
            const Record& record = table[(digit < 0 ? -digit : digit) - 1];
            return {{record.x, digit < 0 ? Ops::sub(Fe{}, record.y) : record.y}, false};
        }
        // sum = a + b, at the latest with the next add_joined().
        void join(LaneResult& sum, const LaneResult& a, const LaneResult& b) {
            if (a.infinity || b.infinity) {
                const LaneResult other = a.infinity ? b : a;
                sum = other;
                return;
            }
            joined_.push_back(&sum);
            left_.push_back(a.point);
            right_.push_back(b.point);
        }
        void add_joined() {
            results_.resize(joined_.size());
            add_pairs(left_, right_, results_);
            for (size_t i = 0; i < joined_.size(); ++i) *joined_[i] = results_[i];
            joined_.clear();
            left_.clear();
            right_.clear();
        }

        std::vector<LaneResult> sums_;   // window by window, lane by lane
        std::vector<LaneResult> bases_;  // of even windows
        std::vector<LaneResult*> joined_;
        std::vector<Affine> left_;
        std::vector<Affine> right_;
        std::vector<LaneResult> results_;
    };

    // N lanes, of which the first is the addends' lane `first`, to N sums.
    template <size_t N>
    static void climb(const KeyTables& tables, const Addends& addends, size_t first, const Lane* lanes,
                      Jacobian* sums) {
        Climb<N> climb;
        climb.climb(addends, first);
        for (size_t l = 0; l < N; ++l)
            sums[l] = climb.has_result(l) ? climb.result(l) : climb_complete(tables, lanes[l]);
    }

    static Fe triple(const Fe& a) { return Ops::add(Ops::add(a, a), a); }

    // N sums on their way, each at infinity (`has_point` is false) until its first addend.
    template <size_t N>
    class Climb {
        using Terms = std::array<const LaneResult*, N>;

    public:
        void climb(const Addends& addends, size_t first) {
            for (size_t w = kKeyDigits; w-- > 0;) {
                if (w + 1 < kKeyDigits) {
                    for (int i = 0; i < 5; ++i) twice();
                }
                Terms terms;
                for (size_t l = 0; l < N; ++l) terms[l] = &addends.of(first + l, w);
                add(terms);
            }
        }

        // Not after an exception, nor for a sum that never had a point.
        [[nodiscard]] bool has_result(size_t l) const { return has_point_[l] && !is_zero(z_[l]); }
        [[nodiscard]] Jacobian result(size_t l) const { return {x_[l], y_[l], z_[l]}; }

    private:
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

        void add(const Terms& terms) {
            bool ordinary = true;
            for (size_t l = 0; l < N; ++l) ordinary = ordinary && has_point_[l] && !terms[l]->infinity;
            if (!ordinary) return add_apart(terms);
            const Each zz = each([&](size_t l) { return Ops::sqr(z_[l]); });
            const Each tx = each([&](size_t l) { return Ops::mul(terms[l]->point.x, zz[l]); });
            const Each zzz = each([&](size_t l) { return Ops::mul(zz[l], z_[l]); });
            const Each h = each([&](size_t l) { return Ops::sub(tx[l], x_[l]); });
            const Each tyz = each([&](size_t l) { return Ops::mul(terms[l]->point.y, zzz[l]); });
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

        // The rare windows: nothing to add, or to a sum that has no point yet.
        void add_apart(const Terms& terms) {
            for (size_t l = 0; l < N; ++l) {
                if (terms[l]->infinity) continue;
                const Fe& tx = terms[l]->point.x;
                const Fe& ty = terms[l]->point.y;
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

        Each x_{};
        Each y_{};
        Each z_{};
        std::array<bool, N> has_point_{};
    };
};

}  // namespace sluice::confidential::detail
