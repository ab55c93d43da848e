// The field's inner loops in portable 128-bit integers. A struct of static functions, so that code which is written
// once (ladder, roots) can be compiled over this or over another set of the same operations with the same results.
#pragma once

#include <vector>

#include "confidential/detail/field.h"
#ifdef __x86_64__
#include <immintrin.h>
#endif

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
        return reduced(Fe{{r0.n0, r1.n0, r2.n0, r3.n0}}, Fe{{r3.n1, r3.n2, r3.n3, r3.n4}});
    }

    static Fe sqr(const Fe& a) {
        const auto [a0, a1, a2, a3] = a.n;
        // The products of different words, c1..c6 from the second word on; each counts twice.
        const Product p01 = mac(a0, a1, 0, 0);
        const Product p02 = mac(a0, a2, p01.high, 0);
        const Product p03 = mac(a0, a3, p02.high, 0);
        const Product p12 = mac(a1, a2, p03.low, 0);
        const Product p13 = mac(a1, a3, p03.high, p12.high);
        const Product p23 = mac(a2, a3, p13.high, 0);
        const uint64_t c1 = p01.low, c2 = p02.low, c3 = p12.low, c4 = p13.low, c5 = p23.low, c6 = p23.high;
        const Product q0 = mac(a0, a0, 0, 0);
        const Wide s1 = static_cast<Wide>(c1 << 1) + q0.high;
        const Product q1 = mac(a1, a1, c2 << 1 | c1 >> 63, static_cast<uint64_t>(s1 >> 64));
        const Wide s3 = static_cast<Wide>(c3 << 1 | c2 >> 63) + q1.high;
        const Product q2 = mac(a2, a2, c4 << 1 | c3 >> 63, static_cast<uint64_t>(s3 >> 64));
        const Wide s5 = static_cast<Wide>(c5 << 1 | c4 >> 63) + q2.high;
        const Product q3 = mac(a3, a3, c6 << 1 | c5 >> 63, static_cast<uint64_t>(s5 >> 64));
        return reduced(Fe{{q0.low, static_cast<uint64_t>(s1), q1.low, static_cast<uint64_t>(s3)}},
                       Fe{{q2.low, static_cast<uint64_t>(s5), q3.low, (c6 >> 63) + q3.high}});
    }

    // low + high * 2^256: the upper half is worth kFold each, and what overflows then is below 2^33.
    static Fe reduced(const Fe& low, const Fe& high) {
        const Row folded = row(high, kFold, low.n[0], low.n[1], low.n[2], low.n[3]);
        return fold(Fe{{folded.n0, folded.n1, folded.n2, folded.n3}}, folded.n4);
    }

    // r + overflow * 2^256, where the overflow is below 2^62.
    static Fe fold(const Fe& r, uint64_t overflow) {
        const Product p0 = mac(overflow, kFold, r.n[0], 0);
        const uint64_t n1 = r.n[1] + p0.high;
        if (n1 < p0.high) [[unlikely]]
            return carry_on(p0.low, n1, r.n[2], r.n[3]);
        return Fe{{p0.low, n1, r.n[2], r.n[3]}};
    }

    static Fe add(const Fe& a, const Fe& b) {
        const Carried s0 = sum(a.n[0], b.n[0], 0);
        const Carried s1 = sum(a.n[1], b.n[1], s0.carry);
        const Carried s2 = sum(a.n[2], b.n[2], s1.carry);
        const Carried s3 = sum(a.n[3], b.n[3], s2.carry);
        // What is carried out is 2^256, which is kFold more than p.
        const uint64_t more = kFold & -uint64_t{s3.carry};
        const uint64_t n0 = s0.word + more;
        if (n0 < more) [[unlikely]] {
            const uint64_t n1 = s1.word + 1;
            if (n1 == 0) return carry_on(n0, n1, s2.word, s3.word);
            return Fe{{n0, n1, s2.word, s3.word}};
        }
        return Fe{{n0, s1.word, s2.word, s3.word}};
    }

    static Fe sub(const Fe& a, const Fe& b) {
        const Carried d0 = difference(a.n[0], b.n[0], 0);
        const Carried d1 = difference(a.n[1], b.n[1], d0.carry);
        const Carried d2 = difference(a.n[2], b.n[2], d1.carry);
        const Carried d3 = difference(a.n[3], b.n[3], d2.carry);
        const uint64_t less = kFold & -uint64_t{d3.carry};
        if (d0.word < less) [[unlikely]]
            return borrow_on(d0.word - less, d1.word, d2.word, d3.word);
        return Fe{{d0.word - less, d1.word, d2.word, d3.word}};
    }

    // a/2: an odd a is made even by adding p.
    static Fe half(const Fe& a) {
        const uint64_t odd = a.n[0] & 1;
        const uint64_t less = kFold & -odd;
        const auto halved = [](uint64_t n0, uint64_t n1, uint64_t n2, uint64_t n3, uint64_t n4) {
            return Fe{{n0 >> 1 | n1 << 63, n1 >> 1 | n2 << 63, n2 >> 1 | n3 << 63, n3 >> 1 | n4 << 63}};
        };
        if (a.n[0] < less) [[unlikely]] {
            const Carried d1 = difference(a.n[1], 0, 1);
            const Carried d2 = difference(a.n[2], 0, d1.carry);
            const Carried d3 = difference(a.n[3], 0, d2.carry);
            return halved(a.n[0] - less, d1.word, d2.word, d3.word, odd - d3.carry);
        }
        return halved(a.n[0] - less, a.n[1], a.n[2], a.n[3], odd);
    }

private:
    struct Carried {
        uint64_t word;
        unsigned char carry;
    };
    static Carried sum(uint64_t a, uint64_t b, unsigned char carry) {
#ifdef __x86_64__
        unsigned long long word = 0;
        const unsigned char out = _addcarry_u64(carry, a, b, &word);
        return {word, out};
#else
        const Wide whole = static_cast<Wide>(a) + b + carry;
        return {static_cast<uint64_t>(whole), static_cast<unsigned char>(whole >> 64)};
#endif
    }
    static Carried difference(uint64_t a, uint64_t b, unsigned char borrow) {
#ifdef __x86_64__
        unsigned long long word = 0;
        const unsigned char out = _subborrow_u64(borrow, a, b, &word);
        return {word, out};
#else
        const Wide whole = static_cast<Wide>(a) - b - borrow;
        return {static_cast<uint64_t>(whole), static_cast<unsigned char>(static_cast<uint64_t>(whole >> 64) & 1)};
#endif
    }

    // The rare ways on, out of line. Data are public: which way a number takes may show.
    // A carry out of the second word: past 2^256 it is worth kFold, and what is left is then below 2^98.
    [[gnu::noinline]] static Fe carry_on(uint64_t n0, uint64_t n1, uint64_t n2, uint64_t n3) {
        if (++n2 != 0 || ++n3 != 0) return Fe{{n0, n1, n2, n3}};
        const Wide low = static_cast<Wide>(n0) + kFold;
        return Fe{{static_cast<uint64_t>(low), n1 + static_cast<uint64_t>(low >> 64), n2, n3}};
    }
    // A borrow out of the lowest word: past 0 it is worth kFold, and what is left is then within kFold of 2^256.
    [[gnu::noinline]] static Fe borrow_on(uint64_t n0, uint64_t n1, uint64_t n2, uint64_t n3) {
        if (n1-- != 0 || n2-- != 0 || n3-- != 0) return Fe{{n0, n1, n2, n3}};
        return Fe{{n0 - kFold, n1, n2, n3}};
    }
};

// Replaces each value by its inverse with one field inversion; zeros stay zero and disturb no other value.
template <class Ops>
void invert_all_over(std::span<Fe> values) {
    // Every fourth value makes a chain of products, so that none waits for the one before.
    constexpr size_t kChains = 4;
    std::array<Fe, kChains> chain;
    chain.fill(fe_small(1));
    std::vector<Fe> before(values.size());  // in its chain, zeros left out
    for (size_t i = 0; i < values.size(); ++i) {
        Fe& product = chain[i % kChains];
        before[i] = product;
        if (!is_zero(values[i])) product = Ops::mul(product, values[i]);
    }
    const Fe low = Ops::mul(chain[0], chain[1]);
    const Fe high = Ops::mul(chain[2], chain[3]);
    const Fe all = inverse(Ops::mul(low, high));
    const Fe rest_low = Ops::mul(all, high);
    const Fe rest_high = Ops::mul(all, low);
    std::array<Fe, kChains> rest = {Ops::mul(rest_low, chain[1]), Ops::mul(rest_low, chain[0]),
                                    Ops::mul(rest_high, chain[3]), Ops::mul(rest_high, chain[2])};
    for (size_t i = values.size(); i-- > 0;) {
        if (is_zero(values[i])) continue;
        const Fe inverted = Ops::mul(rest[i % kChains], before[i]);
        rest[i % kChains] = Ops::mul(rest[i % kChains], values[i]);
        values[i] = inverted;
    }
}

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
