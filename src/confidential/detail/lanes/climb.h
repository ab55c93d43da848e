// The jobs of a kernel (kernel.h), over any operations.
#pragma once

#include "confidential/detail/lanes/kernel.h"
#include "confidential/detail/lanes/operations.h"
#include "confidential/detail/lanes/point.h"

namespace sluice::confidential::detail::lanes {

template <class Ops>
class KernelOf {
    using C = Curve<Ops>;
    using F = Field<Ops>;
    using V = typename Ops::V;
    using Mask = typename Ops::Mask;
    using Num = typename F::Num;
    using Factor = typename F::Factor;
    using Linear = typename F::Linear;
    using Sum = typename C::Sum;
    using Term = typename C::Term;

public:
    static constexpr Kernel kernel() { return {climb, finish, tables, add_pairs, roots, operations<Ops>}; }

private:
    static Num load(const Element& a) {
        return {{Ops::load(a.limbs[0]), Ops::load(a.limbs[1]), Ops::load(a.limbs[2]), Ops::load(a.limbs[3]),
                 Ops::load(a.limbs[4])}};
    }
    static Factor load_factor(const Element& a) { return F::as_factor(load(a)); }
    static void store(Element& to, const Factor& a) {
        for (size_t i = 0; i < kLimbs; ++i) Ops::store(to.limbs[i], a.l[i]);
    }
    static void store(Element& to, const Num& a) { store(to, F::as_factor(a)); }
    static Num one() { return F::small(1); }

    static void climb(const Plan* plans, size_t vectors, const Base& base, Sums* sums) {
        if (vectors == 1) return climb_together<1>(plans, base, sums);
        // One vector alone would wait for its own results: an odd one goes with two others.
        size_t v = 0;
        if (vectors % 2 == 1) {
            climb_together<3>(plans, base, sums);
            v = 3;
        }
        for (; v < vectors; v += 2) climb_together<2>(plans + v, base, sums + v);
    }

    template <int kVectors>
    static void climb_together(const Plan* plans, const Base& base, Sums* out) {
        Sum sums[kVectors];
        Mask negated[kVectors];  // the lanes whose sum stands negated
        for (int i = 0; i < kVectors; ++i) {
            const uint64_t* n = base.start.n;
            sums[i].x = F::from_words(Ops::all(n[0]), Ops::all(n[1]), Ops::all(n[2]), Ops::all(n[3]));
            const Factor w = F::twice_from_words(Ops::all(n[4]), Ops::all(n[5]), Ops::all(n[6]), Ops::all(n[7]));
            sums[i].w = F::num(F::product(w, F::as_factor(one())));
            sums[i].z = F::as_factor(one());
            negated[i] = 0;
        }
        for (size_t w = kKeyDigits; w-- > 0;) {
            if (w + 1 < kKeyDigits) {
                for (int i = 0; i < 5; ++i) C::template twice_negated<kVectors>(sums);
                for (int i = 0; i < kVectors; ++i) negated[i] = static_cast<Mask>(~negated[i]);
            }
            add_step<kVectors>(sums, negated, plans, [w](const Plan& plan, size_t lane) {
                return Choice{&plan.key_low[w], plan.key_records[lane]};
            });
            add_step<kVectors>(sums, negated, plans, [w](const Plan& plan, size_t lane) {
                return Choice{&plan.key_high[w], plan.key_records[lane] + kKeyMultiples};
            });
            if (w % 2 != 0) continue;
            add_step<kVectors>(sums, negated, plans, [w, &base](const Plan& plan, size_t) {
                return Choice{&plan.base_low[w / 2], base.low};
            });
            add_step<kVectors>(sums, negated, plans, [w, &base](const Plan& plan, size_t) {
                return Choice{&plan.base_high[w / 2], base.high};
            });
        }
        for (int i = 0; i < kVectors; ++i) {
            store(out[i].x, sums[i].x);
            store(out[i].w, sums[i].w);
            store(out[i].z, F::as_num(sums[i].z));
            out[i].negated = negated[i];
        }
    }

    // A lane's part in a step: the step, and the table that it chooses from.
    struct Choice {
        const Step* step;
        const Words* table;
    };
    template <int kVectors, class Choose>
    static void add_step(Sum* sums, Mask* negated, const Plan* plans, Choose choose) {
        Term terms[kVectors];
        Mask negative[kVectors], present[kVectors];
        for (int i = 0; i < kVectors; ++i) {
            V rows[kLanes];
            for (size_t lane = 0; lane < kLanes; ++lane) {
                const Choice choice = choose(plans[i], lane);
                rows[lane] = Ops::load(choice.table[choice.step->record[lane]].n);
            }
            Ops::transpose(rows);
            terms[i] = {F::factor_from_words(rows[0], rows[1], rows[2], rows[3]),
                        F::twice_from_words(rows[4], rows[5], rows[6], rows[7])};
            const Step& step = *choose(plans[i], 0).step;
            // To a sum that stands negated the negated term is added; the result changes sides.
            negative[i] = static_cast<Mask>(step.negative ^ negated[i]);
            present[i] = step.present;
            negated[i] = static_cast<Mask>(negated[i] ^ step.present);
        }
        C::template add_negated<kVectors>(sums, terms, negative, present);
    }

    // Inverts every lane of a (none is 0) with one inversion: the product of all lanes is inverted, and each lane gets
    // it times the product of the others.
    static Num invert_lanes(const Num& a, Invert invert) {
        const Num a1 = rotated<4>(a);
        const Num two = F::mul(a, a1);
        const Num two1 = rotated<2>(two);
        const Num four = F::mul(two, two1);
        const Num four1 = rotated<1>(four);
        const typename F::FourWords words = F::to_words(F::mul(four, four1));
        alignas(64) uint64_t lanes[kLanes];
        uint64_t inverse[4];
        for (size_t i = 0; i < 4; ++i) {
            Ops::store(lanes, words.n[i]);
            inverse[i] = lanes[0];
        }
        invert(inverse);
        const Num all =
            F::from_words(Ops::all(inverse[0]), Ops::all(inverse[1]), Ops::all(inverse[2]), Ops::all(inverse[3]));
        return F::mul(F::mul(F::mul(all, four1), two1), a1);
    }
    template <int kBy>
    static Num rotated(const Num& a) {
        return {{Ops::template rotate<kBy>(a.l[0]), Ops::template rotate<kBy>(a.l[1]),
                 Ops::template rotate<kBy>(a.l[2]), Ops::template rotate<kBy>(a.l[3]),
                 Ops::template rotate<kBy>(a.l[4])}};
    }

    // Replaces each value (a factor, no lane of which is 0) by its inverse. Four chains of products go side by side.
    static void invert_all(Element* values, Element* running, size_t count, Invert invert) {
        constexpr size_t kChains = 4;
        Num chain[kChains] = {one(), one(), one(), one()};
        for (size_t i = 0; i < count; ++i) {
            Num& product = chain[i % kChains];
            store(running[i], product);
            product = F::num(F::product(F::as_factor(product), load_factor(values[i])));
        }
        const Num low = F::mul(chain[0], chain[1]);
        const Num high = F::mul(chain[2], chain[3]);
        const Num all = invert_lanes(F::mul(low, high), invert);
        const Num rest_low = F::mul(all, high);
        const Num rest_high = F::mul(all, low);
        Num rest[kChains] = {F::mul(rest_low, chain[1]), F::mul(rest_low, chain[0]), F::mul(rest_high, chain[3]),
                             F::mul(rest_high, chain[2])};
        for (size_t i = count; i-- > 0;) {
            Num& inverse = rest[i % kChains];
            const Num inverted = F::mul(inverse, load(running[i]));
            inverse = F::num(F::product(F::as_factor(inverse), load_factor(values[i])));
            store(values[i], inverted);
        }
    }

    static void finish(const Sums* sums, size_t vectors, Invert invert, Element* scratch, Words* points,
                       uint8_t* exceptions) {
        for (size_t v = 0; v < vectors; ++v) {
            const Num z = load(sums[v].z);
            exceptions[v] = F::zero_lanes(z);
            store(scratch[v], F::choose(exceptions[v], z, one()));
        }
        if (vectors != 0) invert_all(scratch, scratch + vectors, vectors, invert);
        // 1/2 and -1/2.
        const Num half = F::from_words(Ops::all(0xffffffff7ffffe18), Ops::all(~uint64_t{0}), Ops::all(~uint64_t{0}),
                                       Ops::all(0x7fffffffffffffff));
        const Num minus_half = F::from_words(Ops::all(0xffffffff7ffffe17), Ops::all(~uint64_t{0}),
                                             Ops::all(~uint64_t{0}), Ops::all(0x7fffffffffffffff));
        for (size_t v = 0; v < vectors; ++v) {
            const Num z = load(scratch[v]);
            const Num zz = F::mul(z, z);
            const Num zzz = F::mul(zz, F::mul(z, F::choose(sums[v].negated, half, minus_half)));
            store_points(F::mul(load(sums[v].x), zz), F::mul(load(sums[v].w), zzz), points + v * kLanes, kLanes, 1);
        }
    }

    // The first `count` lanes' points, to[0], to[stride] and so on.
    static void store_points(const Num& x, const Num& y, Words* to, size_t count, size_t stride) {
        const typename F::FourWords xs = F::to_words(x);
        const typename F::FourWords ys = F::to_words(y);
        V rows[kLanes] = {xs.n[0], xs.n[1], xs.n[2], xs.n[3], ys.n[0], ys.n[1], ys.n[2], ys.n[3]};
        Ops::transpose(rows);
        for (size_t lane = 0; lane < count; ++lane) Ops::store(to[lane * stride].n, rows[lane]);
    }

    struct Points {
        Num x;
        Num y;
    };
    // Vector v of `count` points; lanes without a point repeat the first one.
    static Points load_points(const Words* from, size_t v, size_t count) {
        V rows[kLanes];
        for (size_t lane = 0; lane < kLanes; ++lane) {
            const size_t at = v * kLanes + lane;
            rows[lane] = Ops::load(from[at < count ? at : 0].n);
        }
        Ops::transpose(rows);
        return {F::from_words(rows[0], rows[1], rows[2], rows[3]), F::from_words(rows[4], rows[5], rows[6], rows[7])};
    }
    static Factor difference(const Num& a, const Num& b) { return F::carried(F::sum(F::as_linear(a), F::negated(b))); }

    // The sum with this slope: x = slope^2 - ax - bx, y = slope*(ax - x) - ay.
    static Points with_slope(const Factor& slope, const Points& a, const Num& b_x) {
        const Linear both_x = F::sum(F::as_linear(a.x), F::as_linear(b_x));
        const Num x = F::num(F::square(slope, F::template from_multiple<3>(both_x)));
        return {x, F::num(F::product(slope, difference(a.x, x), F::negated(a.y)))};
    }

    static void add_pairs(const Words* a, const Words* b, size_t count, Invert invert, Element* scratch, Words* sums,
                          uint8_t* exceptions) {
        const size_t vectors = vectors_for(count);
        for (size_t v = 0; v < vectors; ++v) {
            const Factor run = difference(load_points(b, v, count).x, load_points(a, v, count).x);
            const Num reduced = F::num(F::product(run, F::as_factor(one())));
            exceptions[v] = F::zero_lanes(reduced);
            store(scratch[v], F::choose(exceptions[v], reduced, one()));
        }
        if (vectors != 0) invert_all(scratch, scratch + vectors, vectors, invert);
        for (size_t v = 0; v < vectors; ++v) {
            const Points from = load_points(a, v, count);
            const Points to = load_points(b, v, count);
            const Factor slope = F::factor(F::product(difference(to.y, from.y), load_factor(scratch[v])));
            const Points sum = with_slope(slope, from, to.x);
            const size_t left = count - v * kLanes;
            store_points(sum.x, sum.y, sums + v * kLanes, left < kLanes ? left : kLanes, 1);
        }
    }

    // Sums are made level by level (2, 3..4, 5..8, 9..16): level*P + i*P for i in 1..level, the last one a doubling. No
    // exception can occur: the key's order is n, so that m*P never equals +-P for 1 < m <= 16.
    static void tables(const Words* keys, size_t count, Invert invert, Element* scratch, Words* records) {
        const size_t vectors = vectors_for(count);
        Element* multiples = scratch;  // x of 1..16, then y, for each vector
        Element* denominators = scratch + vectors * 2 * kKeyMultiples;
        Element* running = denominators + vectors * 8;
        const auto x_of = [multiples](size_t v, size_t m) -> Element& {
            return multiples[v * 2 * kKeyMultiples + m - 1];
        };
        const auto y_of = [multiples](size_t v, size_t m) -> Element& {
            return multiples[v * 2 * kKeyMultiples + kKeyMultiples + m - 1];
        };
        for (size_t v = 0; v < vectors; ++v) {
            const Points points = load_points(keys, v, count);
            store(x_of(v, 1), points.x);
            store(y_of(v, 1), points.y);
        }
        for (size_t level = 1; level < kKeyMultiples && vectors != 0; level *= 2) {
            for (size_t v = 0; v < vectors; ++v) {
                const Num x = load(x_of(v, level));
                const Num y = load(y_of(v, level));
                for (size_t i = 1; i < level; ++i) {
                    store(denominators[v * level + i - 1], difference(load(x_of(v, i)), x));
                }
                store(denominators[v * level + level - 1], F::carried(F::sum(F::as_linear(y), F::as_linear(y))));
            }
            invert_all(denominators, running, vectors * level, invert);
            for (size_t v = 0; v < vectors; ++v) {
                const Points top = {load(x_of(v, level)), load(y_of(v, level))};
                for (size_t i = 1; i <= level; ++i) {
                    const Factor rise = i == level ? F::template factor<3>(F::square(F::as_factor(top.x)))
                                                   : difference(load(y_of(v, i)), top.y);
                    const Factor slope = F::factor(F::product(rise, load_factor(denominators[v * level + i - 1])));
                    const Points sum = with_slope(slope, top, load(x_of(v, i)));
                    store(x_of(v, level + i), sum.x);
                    store(y_of(v, level + i), sum.y);
                }
            }
        }
        // A cube root of one: (beta*x, y) = lambda*(x, y).
        const Num beta = F::from_words(Ops::all(0xc1396c28719501ee), Ops::all(0x9cf0497512f58995),
                                       Ops::all(0x6e64479eac3434e9), Ops::all(0x7ae96a2b657c0710));
        for (size_t v = 0; v < vectors; ++v) {
            const size_t left = count - v * kLanes;
            Words* to = records + v * kLanes * 2 * kKeyMultiples;
            for (size_t m = 1; m <= kKeyMultiples; ++m) {
                const Num x = load(x_of(v, m));
                const Num y = load(y_of(v, m));
                const size_t lanes = left < kLanes ? left : kLanes;
                store_points(x, y, to + m - 1, lanes, 2 * kKeyMultiples);
                store_points(F::mul(x, beta), y, to + kKeyMultiples + m - 1, lanes, 2 * kKeyMultiples);
            }
        }
    }

    static void roots(uint64_t (*values)[4], size_t count) {
        constexpr size_t kTogether = 4 * kLanes;
        size_t i = 0;
        for (; i + kLanes < count; i += kTogether) {
            roots_together<4>(values + i, count - i < kTogether ? count - i : kTogether);
        }
        if (i < count) roots_together<1>(values + i, count - i);
    }

    // Numbers of several vectors, in lockstep.
    template <int kVectors>
    struct Powers {
        Factor n[kVectors];

        Powers squared(int times) const {
            Powers r = *this;
            for (int t = 0; t < times; ++t) {
                for (int i = 0; i < kVectors; ++i) r.n[i] = F::factor(F::square(r.n[i]));
            }
            return r;
        }
        Powers operator*(const Powers& b) const {
            Powers r;
            for (int i = 0; i < kVectors; ++i) r.n[i] = F::factor(F::product(n[i], b.n[i]));
            return r;
        }
    };

    // At most 8 values a vector. a^((p+1)/4): 223 ones, a zero, 22 ones, 0000 11 00.
    template <int kVectors>
    static void roots_together(uint64_t (*values)[4], size_t count) {
        Powers<kVectors> a;
        for (int i = 0; i < kVectors; ++i) {
            alignas(64) uint64_t words[4][kLanes] = {};
            for (size_t lane = 0; lane < kLanes; ++lane) {
                const size_t at = static_cast<size_t>(i) * kLanes + lane;
                for (size_t word = 0; at < count && word < 4; ++word) words[word][lane] = values[at][word];
            }
            a.n[i] = F::as_factor(
                F::from_words(Ops::load(words[0]), Ops::load(words[1]), Ops::load(words[2]), Ops::load(words[3])));
        }
        const auto ones2 = a.squared(1) * a;
        const auto ones3 = ones2.squared(1) * a;
        const auto ones6 = ones3.squared(3) * ones3;
        const auto ones11 = (ones6.squared(3) * ones3).squared(2) * ones2;
        const auto ones22 = ones11.squared(11) * ones11;
        const auto ones44 = ones22.squared(22) * ones22;
        const auto ones88 = ones44.squared(44) * ones44;
        const auto ones176 = ones88.squared(88) * ones88;
        const auto ones223 = (ones176.squared(44) * ones44).squared(3) * ones3;
        const auto root = ((ones223.squared(23) * ones22).squared(6) * ones2).squared(2);
        for (int i = 0; i < kVectors; ++i) {
            const typename F::FourWords out = F::to_words(F::as_num(root.n[i]));
            alignas(64) uint64_t words[4][kLanes];
            for (size_t word = 0; word < 4; ++word) Ops::store(words[word], out.n[word]);
            for (size_t lane = 0; lane < kLanes; ++lane) {
                const size_t at = static_cast<size_t>(i) * kLanes + lane;
                for (size_t word = 0; at < count && word < 4; ++word) values[at][word] = words[word][lane];
            }
        }
    }
};

}  // namespace sluice::confidential::detail::lanes
