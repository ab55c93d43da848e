// The field of secp256k1 on vectors, one number a lane: five limbs of 52 bits, for the processors' multiply-add of the
// low and of the high half of 52-bit products. Template over the operations (Ops): one source for the processor, for
// the emulation that checks every bound as it runs, and for the intervals that prove them for every input.
//
// Three kinds of value, by what their limbs may be:
//   Num     limbs 0-3 below 2^52, limb 4 at most kTopMax: an integer below 2^256 + 2^221, unique but for multiples of p
//   Factor  may be multiplied: limbs 0-3 count in their low 52 bits only, limb 4 is at most kFactorTopMax,
//           which leaves room for the sum of two products
//   Linear  sums and differences of Nums, not carried
// Products accumulate in ten columns and are reduced once; linear terms are added before that.
#pragma once

#include <cstdint>

namespace sluice::confidential::detail::lanes {

constexpr uint64_t kLow52 = (uint64_t{1} << 52) - 1;
constexpr uint64_t kLow48 = (uint64_t{1} << 48) - 1;
constexpr uint64_t kTopMax = (uint64_t{1} << 48) + (uint64_t{1} << 12);
constexpr uint64_t kFactorTopMax = (uint64_t{1} << 51) - 1;
constexpr uint64_t kFold256 = 0x1000003d1;   // 2^256 mod p
constexpr uint64_t kFold260 = 0x1000003d10;  // 2^260 mod p
constexpr uint64_t kPrime[5] = {0xffffefffffc2f, kLow52, kLow52, kLow52, kLow48};

#define SLUICE_INLINE [[gnu::always_inline]] static inline

template <class Ops>
class Field {
public:
    using V = typename Ops::V;
    using Mask = typename Ops::Mask;

    struct Num {
        V l[5];
    };
    struct Factor {
        V l[5];
    };
    struct Linear {
        V l[5];
    };
    struct Columns {
        V c[10];
    };

    SLUICE_INLINE Factor as_factor(const Num& a) { return {{a.l[0], a.l[1], a.l[2], a.l[3], a.l[4]}}; }
    SLUICE_INLINE Linear as_linear(const Num& a) { return {{a.l[0], a.l[1], a.l[2], a.l[3], a.l[4]}}; }
    SLUICE_INLINE Num as_num(const Factor& a) {
        const V mask = Ops::all(kLow52);
        return {{Ops::both(a.l[0], mask), Ops::both(a.l[1], mask), Ops::both(a.l[2], mask), Ops::both(a.l[3], mask),
                 a.l[4]}};
    }
    SLUICE_INLINE Num small(uint64_t value) {
        return {{Ops::all(value), Ops::all(0), Ops::all(0), Ops::all(0), Ops::all(0)}};
    }

    // Linear terms. times*p - a: more than a in every limb when a is a sum of fewer than `times` Nums.
    template <int kTimes>
    SLUICE_INLINE Linear from_multiple(const Linear& a) {
        return {{Ops::sub(Ops::all(kTimes * kPrime[0]), a.l[0]), Ops::sub(Ops::all(kTimes * kPrime[1]), a.l[1]),
                 Ops::sub(Ops::all(kTimes * kPrime[2]), a.l[2]), Ops::sub(Ops::all(kTimes * kPrime[3]), a.l[3]),
                 Ops::sub(Ops::all(kTimes * kPrime[4]), a.l[4])}};
    }
    SLUICE_INLINE Linear negated(const Num& a) { return from_multiple<2>(as_linear(a)); }
    SLUICE_INLINE Linear sum(const Linear& a, const Linear& b) {
        return {{Ops::add(a.l[0], b.l[0]), Ops::add(a.l[1], b.l[1]), Ops::add(a.l[2], b.l[2]), Ops::add(a.l[3], b.l[3]),
                 Ops::add(a.l[4], b.l[4])}};
    }
    SLUICE_INLINE Linear choose(Mask mask, const Linear& clear, const Linear& set) {
        return {{Ops::blend(mask, clear.l[0], set.l[0]), Ops::blend(mask, clear.l[1], set.l[1]),
                 Ops::blend(mask, clear.l[2], set.l[2]), Ops::blend(mask, clear.l[3], set.l[3]),
                 Ops::blend(mask, clear.l[4], set.l[4])}};
    }
    SLUICE_INLINE Num choose(Mask mask, const Num& clear, const Num& set) {
        const Linear c = choose(mask, as_linear(clear), as_linear(set));
        return {{c.l[0], c.l[1], c.l[2], c.l[3], c.l[4]}};
    }
    // Carries, so that it may be multiplied: of sums of up to six Nums.
    SLUICE_INLINE Factor carried(const Linear& a) {
        const V l1 = Ops::add(a.l[1], Ops::template right<52>(a.l[0]));
        const V l2 = Ops::add(a.l[2], Ops::template right<52>(l1));
        const V l3 = Ops::add(a.l[3], Ops::template right<52>(l2));
        const V l4 = Ops::add(a.l[4], Ops::template right<52>(l3));
        return {{Ops::low52(a.l[0]), Ops::low52(l1), Ops::low52(l2), Ops::low52(l3), l4}};
    }

    SLUICE_INLINE Columns start(const Linear& t) {
        const V zero = Ops::all(0);
        return {{t.l[0], t.l[1], t.l[2], t.l[3], t.l[4], zero, zero, zero, zero, zero}};
    }
    SLUICE_INLINE void add_product(Columns& t, const Factor& a, const Factor& b) {
        add_row<0>(t, a, b.l[0]);
        add_row<1>(t, a, b.l[1]);
        add_row<2>(t, a, b.l[2]);
        add_row<3>(t, a, b.l[3]);
        add_row<4>(t, a, b.l[4]);
    }
    SLUICE_INLINE Columns product(const Factor& a, const Factor& b) {
        Columns t = start(zero());
        add_product(t, a, b);
        return t;
    }
    SLUICE_INLINE Columns product(const Factor& a, const Factor& b, const Linear& plus) {
        Columns t = start(plus);
        add_product(t, a, b);
        return t;
    }
    // Products of different limbs count twice: they are summed first and doubled together.
    SLUICE_INLINE Columns square(const Factor& a) {
        Columns t = start(zero());
        add_pair<0, 1>(t, a);
        add_pair<0, 2>(t, a);
        add_pair<0, 3>(t, a);
        add_pair<0, 4>(t, a);
        add_pair<1, 2>(t, a);
        add_pair<1, 3>(t, a);
        add_pair<1, 4>(t, a);
        add_pair<2, 3>(t, a);
        add_pair<2, 4>(t, a);
        add_pair<3, 4>(t, a);
        for (int i = 1; i < 9; ++i) t.c[i] = Ops::add(t.c[i], t.c[i]);
        add_pair<0, 0>(t, a);
        add_pair<1, 1>(t, a);
        add_pair<2, 2>(t, a);
        add_pair<3, 3>(t, a);
        add_pair<4, 4>(t, a);
        return t;
    }
    SLUICE_INLINE Columns square(const Factor& a, const Linear& plus) {
        Columns t = square(a);
        for (int i = 0; i < 5; ++i) t.c[i] = Ops::add(t.c[i], plus.l[i]);
        return t;
    }

    // kTimes is 1, 2, 3 or 4.
    template <int kTimes = 1>
    SLUICE_INLINE Num num(const Columns& t) {
        return as_num(factor<kTimes>(t));
    }
    template <int kTimes = 1>
    SLUICE_INLINE Factor factor(const Columns& t) {
        // The upper half becomes limbs, each worth kFold260; the last one reaches a sixth limb.
        const V fold260 = Ops::all(kFold260);
        const V c6 = Ops::add(t.c[6], Ops::template right<52>(t.c[5]));
        const V c7 = Ops::add(t.c[7], Ops::template right<52>(c6));
        const V c8 = Ops::add(t.c[8], Ops::template right<52>(c7));
        const V d9 = Ops::add(t.c[9], Ops::template right<52>(c8));
        const V d5 = Ops::low52(t.c[5]);
        const V d6 = Ops::low52(c6);
        const V d7 = Ops::low52(c7);
        const V d8 = Ops::low52(c8);
        V r0 = Ops::multiply_low(t.c[0], d5, fold260);
        V r1 = Ops::multiply_low(t.c[1], d6, fold260);
        V r2 = Ops::multiply_low(t.c[2], d7, fold260);
        V r3 = Ops::multiply_low(t.c[3], d8, fold260);
        V r4 = Ops::multiply_low(t.c[4], d9, fold260);
        r1 = Ops::multiply_high(r1, d5, fold260);
        r2 = Ops::multiply_high(r2, d6, fold260);
        r3 = Ops::multiply_high(r3, d7, fold260);
        r4 = Ops::multiply_high(r4, d8, fold260);
        V r5 = Ops::multiply_high(Ops::all(0), d9, fold260);
        r0 = times<kTimes>(r0);
        r1 = times<kTimes>(r1);
        r2 = times<kTimes>(r2);
        r3 = times<kTimes>(r3);
        r4 = times<kTimes>(r4);
        r5 = times<kTimes>(r5);
        // What stands above 2^256 is worth kFold256.
        const V fold256 = Ops::all(kFold256);
        const V top = Ops::add(Ops::template right<48>(r4), Ops::template left<4>(r5));
        r0 = Ops::multiply_low(r0, top, fold256);
        r1 = Ops::multiply_high(r1, top, fold256);
        return carried({{r0, r1, r2, r3, Ops::both(r4, Ops::all(kLow48))}});
    }

    SLUICE_INLINE Num mul(const Num& a, const Num& b) { return num(product(as_factor(a), as_factor(b))); }

    // Lanes whose value is 0 modulo p: as integers, 0 or p (2p is above the range of a Num).
    SLUICE_INLINE Mask zero_lanes(const Num& a) {
        return either(equal_lanes(a, 0, 0, 0), equal_lanes(a, kPrime[0], kLow52, kLow48));
    }

    // Four words a number, word by word: any 256-bit integer.
    SLUICE_INLINE Num from_words(const V& n0, const V& n1, const V& n2, const V& n3) {
        const Factor a = factor_from_words(n0, n1, n2, n3);
        return as_num({{a.l[0], a.l[1], a.l[2], a.l[3], a.l[4]}});
    }
    SLUICE_INLINE Factor factor_from_words(const V& n0, const V& n1, const V& n2, const V& n3) {
        return {{Ops::low52(n0), Ops::low52(Ops::either(Ops::template right<52>(n0), Ops::template left_out<12>(n1))),
                 Ops::low52(Ops::either(Ops::template right<40>(n1), Ops::template left_out<24>(n2))),
                 Ops::low52(Ops::either(Ops::template right<28>(n2), Ops::template left_out<36>(n3))),
                 Ops::template right<16>(n3)}};
    }
    // Twice the number.
    SLUICE_INLINE Factor twice_from_words(const V& n0, const V& n1, const V& n2, const V& n3) {
        return {{Ops::low52(Ops::template left_out<1>(n0)),
                 Ops::low52(Ops::either(Ops::template right<51>(n0), Ops::template left_out<13>(n1))),
                 Ops::low52(Ops::either(Ops::template right<39>(n1), Ops::template left_out<25>(n2))),
                 Ops::low52(Ops::either(Ops::template right<27>(n2), Ops::template left_out<37>(n3))),
                 Ops::template right<15>(n3)}};
    }
    struct FourWords {
        V n[4];
    };
    // Some 256-bit integer that stands for the same residue.
    SLUICE_INLINE FourWords to_words(const Num& a) {
        // A Num is less than 2^221 above 2^256: what is left when that is folded cannot reach 2^256 again.
        const V r0 = Ops::multiply_low(a.l[0], Ops::template right<48>(a.l[4]), Ops::all(kFold256));
        const Num r = as_num(carried({{r0, a.l[1], a.l[2], a.l[3], Ops::both(a.l[4], Ops::all(kLow48))}}));
        return {{Ops::either(r.l[0], Ops::template left_out<52>(r.l[1])),
                 Ops::either(Ops::template right<12>(r.l[1]), Ops::template left_out<40>(r.l[2])),
                 Ops::either(Ops::template right<24>(r.l[2]), Ops::template left_out<28>(r.l[3])),
                 Ops::either(Ops::template right<36>(r.l[3]), Ops::template left_out<16>(r.l[4]))}};
    }

private:
    SLUICE_INLINE Linear zero() {
        const V z = Ops::all(0);
        return {{z, z, z, z, z}};
    }
    template <int kColumn>
    SLUICE_INLINE void add_row(Columns& t, const Factor& a, const V& b) {
        t.c[kColumn] = Ops::multiply_low(t.c[kColumn], a.l[0], b);
        t.c[kColumn + 1] = Ops::multiply_low(t.c[kColumn + 1], a.l[1], b);
        t.c[kColumn + 2] = Ops::multiply_low(t.c[kColumn + 2], a.l[2], b);
        t.c[kColumn + 3] = Ops::multiply_low(t.c[kColumn + 3], a.l[3], b);
        t.c[kColumn + 4] = Ops::multiply_low(t.c[kColumn + 4], a.l[4], b);
        t.c[kColumn + 1] = Ops::multiply_high(t.c[kColumn + 1], a.l[0], b);
        t.c[kColumn + 2] = Ops::multiply_high(t.c[kColumn + 2], a.l[1], b);
        t.c[kColumn + 3] = Ops::multiply_high(t.c[kColumn + 3], a.l[2], b);
        t.c[kColumn + 4] = Ops::multiply_high(t.c[kColumn + 4], a.l[3], b);
        t.c[kColumn + 5] = Ops::multiply_high(t.c[kColumn + 5], a.l[4], b);
    }
    template <int kI, int kJ>
    SLUICE_INLINE void add_pair(Columns& t, const Factor& a) {
        t.c[kI + kJ] = Ops::multiply_low(t.c[kI + kJ], a.l[kI], a.l[kJ]);
        t.c[kI + kJ + 1] = Ops::multiply_high(t.c[kI + kJ + 1], a.l[kI], a.l[kJ]);
    }
    template <int kTimes>
    SLUICE_INLINE V times(const V& a) {
        if constexpr (kTimes == 1) {
            return a;
        } else if constexpr (kTimes == 2) {
            return Ops::add(a, a);
        } else if constexpr (kTimes == 3) {
            return Ops::add(a, Ops::add(a, a));
        } else {
            static_assert(kTimes == 4);
            return Ops::template left<2>(a);
        }
    }
    SLUICE_INLINE Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }
    SLUICE_INLINE Mask equal_lanes(const Num& a, uint64_t low, uint64_t middle, uint64_t top) {
        return static_cast<Mask>(Ops::equal(a.l[0], Ops::all(low)) & Ops::equal(a.l[1], Ops::all(middle)) &
                                 Ops::equal(a.l[2], Ops::all(middle)) & Ops::equal(a.l[3], Ops::all(middle)) &
                                 Ops::equal(a.l[4], Ops::all(top)));
    }
};

#undef SLUICE_INLINE

}  // namespace sluice::confidential::detail::lanes
