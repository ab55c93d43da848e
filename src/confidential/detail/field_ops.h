// The field's inner loops in portable 128-bit integers. A struct of static functions, so that code which is written
// once (ladder, roots) can be compiled over this or over another set of the same operations with the same results.
#pragma once

#include "confidential/detail/field.h"

namespace sluice::confidential::detail {

using Wide = unsigned __int128;

constexpr uint64_t kFold = 0x1000003d1;  // 2^256 mod p

struct PlainOps {
    // Any 512-bit integer to a weakly reduced one.
    static Fe reduce(const std::array<uint64_t, 8>& t) {
        Fe r;
        Wide acc = 0;
        for (size_t i = 0; i < 4; ++i) {
            acc += static_cast<Wide>(t[i + 4]) * kFold + t[i];
            r.n[i] = static_cast<uint64_t>(acc);
            acc >>= 64;
        }
        return fold(r, static_cast<uint64_t>(acc));  // the overflow is below 2^34
    }

    // r + overflow * 2^256, for an overflow below 2^63.
    static Fe fold(Fe r, uint64_t overflow) {
        Wide acc = static_cast<Wide>(overflow) * kFold + r.n[0];
        r.n[0] = static_cast<uint64_t>(acc);
        for (size_t i = 1; i < 4; ++i) {
            acc = (acc >> 64) + r.n[i];
            r.n[i] = static_cast<uint64_t>(acc);
        }
        // A second overflow leaves a remainder below 2^98, so this cannot overflow again.
        acc = static_cast<Wide>(kFold & -static_cast<uint64_t>(acc >> 64)) + r.n[0];
        r.n[0] = static_cast<uint64_t>(acc);
        r.n[1] += static_cast<uint64_t>(acc >> 64);
        return r;
    }

    static Fe mul(const Fe& a, const Fe& b) {
        std::array<uint64_t, 8> t{};
        for (size_t i = 0; i < 4; ++i) {
            uint64_t carry = 0;
            for (size_t j = 0; j < 4; ++j) {
                const Wide acc = static_cast<Wide>(a.n[i]) * b.n[j] + t[i + j] + carry;
                t[i + j] = static_cast<uint64_t>(acc);
                carry = static_cast<uint64_t>(acc >> 64);
            }
            t[i + 4] = carry;
        }
        return reduce(t);
    }

    static Fe sqr(const Fe& a) { return mul(a, a); }

    static Fe add(const Fe& a, const Fe& b) {
        Fe r;
        Wide acc = 0;
        for (size_t i = 0; i < 4; ++i) {
            acc += static_cast<Wide>(a.n[i]) + b.n[i];
            r.n[i] = static_cast<uint64_t>(acc);
            acc >>= 64;
        }
        return fold(r, static_cast<uint64_t>(acc));
    }

    static Fe sub(const Fe& a, const Fe& b) {
        Fe r;
        uint64_t borrow = 0;
        for (size_t i = 0; i < 4; ++i) {
            const Wide difference = static_cast<Wide>(a.n[i]) - b.n[i] - borrow;
            r.n[i] = static_cast<uint64_t>(difference);
            borrow = static_cast<uint64_t>(difference >> 64) & 1;
        }
        // What was borrowed is 2^256, which is kFold more than p. Taking that off may borrow once more; then the
        // remainder is within kFold of 2^256 and the last subtraction stays in its lowest word.
        uint64_t owed = kFold & -borrow;
        for (size_t i = 0; i < 4; ++i) {
            const Wide difference = static_cast<Wide>(r.n[i]) - owed;
            r.n[i] = static_cast<uint64_t>(difference);
            owed = static_cast<uint64_t>(difference >> 64) & 1;
        }
        r.n[0] -= kFold & -owed;
        return r;
    }
};

template <class Ops>
Fe sqr_times(Fe a, int times) {
    for (int i = 0; i < times; ++i) a = Ops::sqr(a);
    return a;
}

// Powers whose exponents are runs of ones, which the exponents of roots and inverses are made of.
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

// a^(p-2): 223 ones, a zero, 22 ones, 0000 1 0 11 0 1. Zero gives zero.
template <class Ops>
Fe inverse_by_power(const Fe& a) {
    const OnesPowers<Ops> powers(a);
    const Fe high = Ops::mul(sqr_times<Ops>(powers.ones223, 23), powers.ones22);
    const Fe middle = Ops::mul(sqr_times<Ops>(Ops::mul(sqr_times<Ops>(high, 5), a), 3), powers.ones2);
    return Ops::mul(sqr_times<Ops>(middle, 2), a);
}

}  // namespace sluice::confidential::detail
