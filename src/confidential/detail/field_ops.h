// The field's inner loops in portable 128-bit integers. A struct of static functions, so that code which is written
// once (ladder, roots) can be compiled over this or over another set of the same operations with the same results.
#pragma once

#include "confidential/detail/field.h"

namespace sluice::confidential::detail {

using Wide = unsigned __int128;

constexpr uint64_t kFold = 0x1000003d1;  // 2^256 mod p

// The loops are unrolled by hand: compilers do not do it at -O2, which costs a factor of three.
struct PlainOps {
    struct Product {
        uint64_t low, high;
    };
    // a*b + c + d: never overflows 128 bits.
    static Product mac(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
        const Wide product = static_cast<Wide>(a) * b + c + d;
        return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
    }

    // One row of the product: t[0..3] + a*b + carries, and the word above.
    struct Row {
        uint64_t n0, n1, n2, n3, n4;
    };
    static Row row(const Fe& a, uint64_t b, uint64_t t0, uint64_t t1, uint64_t t2, uint64_t t3) {
        const Product p0 = mac(a.n[0], b, t0, 0);
        const Product p1 = mac(a.n[1], b, t1, p0.high);
        const Product p2 = mac(a.n[2], b, t2, p1.high);
        const Product p3 = mac(a.n[3], b, t3, p2.high);
        return {p0.low, p1.low, p2.low, p3.low, p3.high};
    }

    static Fe mul(const Fe& a, const Fe& b) {
        const Row r0 = row(a, b.n[0], 0, 0, 0, 0);
        const Row r1 = row(a, b.n[1], r0.n1, r0.n2, r0.n3, r0.n4);
        const Row r2 = row(a, b.n[2], r1.n1, r1.n2, r1.n3, r1.n4);
        const Row r3 = row(a, b.n[3], r2.n1, r2.n2, r2.n3, r2.n4);
        // The upper half is worth kFold each; what overflows then is below 2^33.
        const Row folded = row(Fe{{r3.n1, r3.n2, r3.n3, r3.n4}}, kFold, r0.n0, r1.n0, r2.n0, r3.n0);
        return fold(Fe{{folded.n0, folded.n1, folded.n2, folded.n3}}, folded.n4);
    }

    static Fe sqr(const Fe& a) { return mul(a, a); }

    // r + overflow * 2^256.
    static Fe fold(const Fe& r, uint64_t overflow) {
        const Product p0 = mac(overflow, kFold, r.n[0], 0);
        const Wide s1 = static_cast<Wide>(r.n[1]) + p0.high;
        const Wide s2 = static_cast<Wide>(r.n[2]) + static_cast<uint64_t>(s1 >> 64);
        const Wide s3 = static_cast<Wide>(r.n[3]) + static_cast<uint64_t>(s2 >> 64);
        // A second overflow leaves a remainder below 2^98, so this cannot overflow again.
        const Wide last = static_cast<Wide>(p0.low) + (kFold & -static_cast<uint64_t>(s3 >> 64));
        return Fe{{static_cast<uint64_t>(last), static_cast<uint64_t>(s1) + static_cast<uint64_t>(last >> 64),
                   static_cast<uint64_t>(s2), static_cast<uint64_t>(s3)}};
    }

    static Fe add(const Fe& a, const Fe& b) {
        const Wide s0 = static_cast<Wide>(a.n[0]) + b.n[0];
        const Wide s1 = static_cast<Wide>(a.n[1]) + b.n[1] + static_cast<uint64_t>(s0 >> 64);
        const Wide s2 = static_cast<Wide>(a.n[2]) + b.n[2] + static_cast<uint64_t>(s1 >> 64);
        const Wide s3 = static_cast<Wide>(a.n[3]) + b.n[3] + static_cast<uint64_t>(s2 >> 64);
        return fold(Fe{{static_cast<uint64_t>(s0), static_cast<uint64_t>(s1), static_cast<uint64_t>(s2),
                        static_cast<uint64_t>(s3)}},
                    static_cast<uint64_t>(s3 >> 64));
    }

    static Fe sub(const Fe& a, const Fe& b) {
        const Wide d0 = static_cast<Wide>(a.n[0]) - b.n[0];
        const Wide d1 = static_cast<Wide>(a.n[1]) - b.n[1] - borrow(d0);
        const Wide d2 = static_cast<Wide>(a.n[2]) - b.n[2] - borrow(d1);
        const Wide d3 = static_cast<Wide>(a.n[3]) - b.n[3] - borrow(d2);
        // What was borrowed is 2^256, which is kFold more than p. Taking that off may borrow once more; then the
        // remainder is within kFold of 2^256 and the last subtraction stays in its lowest word.
        const Wide e0 = static_cast<Wide>(static_cast<uint64_t>(d0)) - (kFold & -borrow(d3));
        const Wide e1 = static_cast<Wide>(static_cast<uint64_t>(d1)) - borrow(e0);
        const Wide e2 = static_cast<Wide>(static_cast<uint64_t>(d2)) - borrow(e1);
        const Wide e3 = static_cast<Wide>(static_cast<uint64_t>(d3)) - borrow(e2);
        return Fe{{static_cast<uint64_t>(e0) - (kFold & -borrow(e3)), static_cast<uint64_t>(e1),
                   static_cast<uint64_t>(e2), static_cast<uint64_t>(e3)}};
    }

    // a/2: an odd a is made even by adding p.
    static Fe half(const Fe& a) {
        const uint64_t odd = a.n[0] & 1;
        const Wide e0 = static_cast<Wide>(a.n[0]) - (kFold & -odd);
        const Wide e1 = static_cast<Wide>(a.n[1]) - borrow(e0);
        const Wide e2 = static_cast<Wide>(a.n[2]) - borrow(e1);
        const Wide e3 = static_cast<Wide>(a.n[3]) - borrow(e2);
        const uint64_t top = odd - borrow(e3);  // of a + p - 2^256
        const auto n0 = static_cast<uint64_t>(e0), n1 = static_cast<uint64_t>(e1), n2 = static_cast<uint64_t>(e2),
                   n3 = static_cast<uint64_t>(e3);
        return Fe{{n0 >> 1 | n1 << 63, n1 >> 1 | n2 << 63, n2 >> 1 | n3 << 63, n3 >> 1 | top << 63}};
    }

private:
    static uint64_t borrow(Wide difference) { return static_cast<uint64_t>(difference >> 64) & 1; }
};

template <class Ops>
Fe sqr_times(Fe a, int times) {
    for (int i = 0; i < times; ++i) a = Ops::sqr(a);
    return a;
}

// Powers whose exponents are runs of ones, which the exponent of a root is made of.
template <class Ops>
struct OnesPowers {
    Fe ones2, ones22, ones223;

    explicit OnesPowers(const Fe& a) {
        ones2 = Ops::mul(Ops::sqr(a), a);
        const Fe ones3 = Ops::mul(Ops::sqr(ones2), a);
        const Fe ones6 = Ops::mul(sqr_times<Ops>(ones3, 3), ones3);
        const Fe ones11 = Ops::mul(sqr_times<Ops>(Ops::mul(sqr_times<Ops>(ones6, 3), ones3), 2), ones2);
        ones22 = Ops::mul(sqr_times<Ops>(ones11, 11), ones11);
        const Fe ones44 = Ops::mul(sqr_times<Ops>(ones22, 22), ones22);
        const Fe ones88 = Ops::mul(sqr_times<Ops>(ones44, 44), ones44);
        const Fe ones176 = Ops::mul(sqr_times<Ops>(ones88, 88), ones88);
        const Fe ones220 = Ops::mul(sqr_times<Ops>(ones176, 44), ones44);
        ones223 = Ops::mul(sqr_times<Ops>(ones220, 3), ones3);
    }
};

// a^((p+1)/4): 223 ones, a zero, 22 ones, 0000 11 00.
template <class Ops>
Fe root_candidate(const Fe& a) {
    const OnesPowers<Ops> powers(a);
    const Fe high = Ops::mul(sqr_times<Ops>(powers.ones223, 23), powers.ones22);
    return sqr_times<Ops>(Ops::mul(sqr_times<Ops>(high, 6), powers.ones2), 2);
}

}  // namespace sluice::confidential::detail
