// Sums of points on vectors, with incomplete formulas. A sum is (x/z^2, w/(2*z^3)): w is twice the Jacobian y, which
// saves every halving and doubling of intermediate values. Both operations give the *negated* result, because then all
// products in it are added and need one reduction. Where points are equal or opposite z becomes 0, and stays 0.
#pragma once

#include "confidential/detail/lanes/field.h"

namespace sluice::confidential::detail::lanes {

template <class Ops>
class Curve {
public:
    using F = Field<Ops>;
    using Num = typename F::Num;
    using Factor = typename F::Factor;
    using Linear = typename F::Linear;
    using Columns = typename F::Columns;
    using Mask = typename Ops::Mask;

    struct Sum {
        Num x;
        Num w;
        Factor z;
    };
    struct Term {
        Factor x;
        Factor twice_y;
    };

    // Each of kVectors sums in lockstep, one operation after the other: so the processor always has independent
    // products to work on.
    template <int kVectors>
    [[gnu::noinline]] static void twice_negated(Sum* sums) {
        // a = w^2 = 4y^2, s2 = 2*x*a, m = 3x^2: (m^2 - s2, m*(2x' - s2) + a^2 negated, w*z).
        Factor a[kVectors], m[kVectors];
        Num s2[kVectors];
        for (int i = 0; i < kVectors; ++i) a[i] = F::factor(F::square(F::as_factor(sums[i].w)));
        for (int i = 0; i < kVectors; ++i) m[i] = F::template factor<3>(F::square(F::as_factor(sums[i].x)));
        for (int i = 0; i < kVectors; ++i) s2[i] = F::template num<2>(F::product(F::as_factor(sums[i].x), a[i]));
        for (int i = 0; i < kVectors; ++i) sums[i].z = F::factor(F::product(F::as_factor(sums[i].w), sums[i].z));
        for (int i = 0; i < kVectors; ++i) sums[i].x = F::num(F::square(m[i], F::negated(s2[i])));
        for (int i = 0; i < kVectors; ++i) {
            const Linear x = F::as_linear(sums[i].x);
            const Factor d = F::carried(F::sum(F::sum(x, x), F::negated(s2[i])));
            Columns t = F::square(a[i]);
            F::add_product(t, m[i], d);
            sums[i].w = F::num(t);
        }
    }

    // Adds terms[i], or what it negates in the lanes of negative[i], where present[i] has a bit; other lanes stay.
    template <int kVectors>
    [[gnu::noinline]] static void add_negated(Sum* sums, const Term* terms, const Mask* negative, const Mask* present) {
        Factor zz[kVectors], h[kVectors], zzz[kVectors], r[kVectors], hh4[kVectors];
        Num j[kVectors], v[kVectors], x[kVectors];
        for (int i = 0; i < kVectors; ++i) zz[i] = F::factor(F::square(sums[i].z));
        for (int i = 0; i < kVectors; ++i) h[i] = F::factor(F::product(terms[i].x, zz[i], F::negated(sums[i].x)));
        for (int i = 0; i < kVectors; ++i) zzz[i] = F::factor(F::product(zz[i], sums[i].z));
        for (int i = 0; i < kVectors; ++i) hh4[i] = F::template factor<4>(F::square(h[i]));
        // 2*(y of the term)*z^3 - w, all of it negated for a negated term: its square is the same, and d's sign
        // follows.
        for (int i = 0; i < kVectors; ++i) {
            const Linear minus_w = F::choose(negative[i], F::negated(sums[i].w), F::as_linear(sums[i].w));
            r[i] = F::factor(F::product(terms[i].twice_y, zzz[i], minus_w));
        }
        for (int i = 0; i < kVectors; ++i) j[i] = F::num(F::product(h[i], hh4[i]));
        for (int i = 0; i < kVectors; ++i) v[i] = F::num(F::product(F::as_factor(sums[i].x), hh4[i]));
        for (int i = 0; i < kVectors; ++i) {
            const Linear v1 = F::as_linear(v[i]);
            const Linear taken = F::sum(F::as_linear(j[i]), F::sum(v1, v1));
            x[i] = F::num(F::square(r[i], F::template from_multiple<4>(taken)));
        }
        for (int i = 0; i < kVectors; ++i) {
            const Num z = F::template num<2>(F::product(sums[i].z, h[i]));
            sums[i].z = F::as_factor(F::choose(present[i], F::as_num(sums[i].z), z));
        }
        for (int i = 0; i < kVectors; ++i) {
            const Linear to_x = F::sum(F::as_linear(x[i]), F::negated(v[i]));
            const Factor d = F::carried(F::choose(negative[i], to_x, F::template from_multiple<4>(to_x)));
            Columns t = F::product(F::as_factor(sums[i].w), F::as_factor(j[i]));
            F::add_product(t, r[i], d);
            sums[i].w = F::choose(present[i], sums[i].w, F::template num<2>(t));
            sums[i].x = F::choose(present[i], sums[i].x, x[i]);
        }
    }
};

}  // namespace sluice::confidential::detail::lanes
