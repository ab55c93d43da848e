#include "confidential/detail/field_inverse.h"

#include <bit>

namespace sluice::confidential::detail {

namespace {

using Wide = __int128;

constexpr int kBatch = 62;
constexpr uint64_t kLow62 = ~uint64_t{0} >> 2;

// sum of l[i] * 2^(62i): limbs 0-3 from 0 to 2^62 - 1, limb 4 with the sign.
struct Signed {
    std::array<int64_t, 5> l{};

    [[nodiscard]] bool is_zero() const { return (l[0] | l[1] | l[2] | l[3] | l[4]) == 0; }
    [[nodiscard]] bool is_negative() const { return l[4] < 0; }
    [[nodiscard]] uint64_t low() const { return static_cast<uint64_t>(l[0]) | static_cast<uint64_t>(l[1]) << 62; }
};

// p = kPrimeTop * 2^248 + kPrimeLow; no limb between.
constexpr int64_t kPrimeLow = -0x1000003d1;
constexpr int64_t kPrimeTop = 256;
constexpr Signed kPrime = {{static_cast<int64_t>(kLow62) + 1 + kPrimeLow, static_cast<int64_t>(kLow62),
                            static_cast<int64_t>(kLow62), static_cast<int64_t>(kLow62), kPrimeTop - 1}};
constexpr uint64_t inverse_mod_2_64(uint64_t odd) {
    uint64_t x = odd;  // right in three bits; each round doubles those
    for (int i = 0; i < 5; ++i) x *= 2 - odd * x;
    return x;
}
constexpr uint64_t kPrimeInverse = inverse_mod_2_64(static_cast<uint64_t>(kPrimeLow));

// What 62 steps do to (f, g), times 2^62: f' = (u*f + v*g) / 2^62, g' = (q*f + r*g) / 2^62.
struct Matrix {
    int64_t u, v, q, r;
};

// `balance` is minus the paper's delta.
Matrix run_batch(uint64_t f, uint64_t g, int64_t& balance) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    for (int left = kBatch;;) {
        // Even g: halve it as often as possible (the other row doubles instead).
        const int zeros = std::countr_zero(g | (~uint64_t{0} << left));
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        balance -= zeros;
        left -= zeros;
        if (left == 0) break;
        if (balance < 0) {
            balance = -balance;
            const uint64_t old_f = f, old_u = u, old_v = v;
            f = g, u = q, v = r;
            g = -old_f, q = -old_u, r = -old_v;
        }
        // Add the multiple of f that clears up to six bits of g, as many as steps come before roles change again:
        // f*(f^2 - 2) is -1/f modulo 64.
        const int bits = static_cast<int>(balance + 1 < left ? balance + 1 : left);
        const uint64_t factor = (f * g * (f * f - 2)) & (~uint64_t{0} >> (64 - bits)) & 63;
        g += f * factor;
        q += u * factor;
        r += v * factor;
    }
    return {static_cast<int64_t>(u), static_cast<int64_t>(v), static_cast<int64_t>(q), static_cast<int64_t>(r)};
}

// (a*x + b*y) / 2^62, which divides.
Signed combine(int64_t a, const Signed& x, int64_t b, const Signed& y) {
    Signed out;
    Wide sum = (static_cast<Wide>(a) * x.l[0] + static_cast<Wide>(b) * y.l[0]) >> kBatch;
    for (size_t i = 1; i < 5; ++i) {
        sum += static_cast<Wide>(a) * x.l[i] + static_cast<Wide>(b) * y.l[i];
        out.l[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(sum) & kLow62);
        sum >>= kBatch;
    }
    out.l[4] = static_cast<int64_t>(sum);
    return out;
}

// The same modulo p, for x and y between -2p and p, as is the result: a multiple of p makes it divide.
Signed combine_mod_p(int64_t a, const Signed& x, int64_t b, const Signed& y) {
    int64_t times = (x.is_negative() ? a : 0) + (y.is_negative() ? b : 0);
    Wide sum = static_cast<Wide>(a) * x.l[0] + static_cast<Wide>(b) * y.l[0];
    times -= static_cast<int64_t>((kPrimeInverse * static_cast<uint64_t>(sum) + static_cast<uint64_t>(times)) & kLow62);
    Signed out;
    sum = (sum + static_cast<Wide>(kPrimeLow) * times) >> kBatch;
    for (size_t i = 1; i < 5; ++i) {
        sum += static_cast<Wide>(a) * x.l[i] + static_cast<Wide>(b) * y.l[i];
        if (i == 4) sum += static_cast<Wide>(kPrimeTop) * times;
        out.l[i - 1] = static_cast<int64_t>(static_cast<uint64_t>(sum) & kLow62);
        sum >>= kBatch;
    }
    out.l[4] = static_cast<int64_t>(sum);
    return out;
}

// x + times*p, or its negative.
Signed shifted(const Signed& x, bool negative, int64_t times) {
    Signed out;
    Wide sum = 0;
    for (size_t i = 0; i < 5; ++i) {
        sum += negative ? -static_cast<Wide>(x.l[i]) : static_cast<Wide>(x.l[i]);
        if (i == 0) sum += static_cast<Wide>(kPrimeLow) * times;
        if (i == 4) {
            out.l[4] = static_cast<int64_t>(sum + static_cast<Wide>(kPrimeTop) * times);
            return out;
        }
        out.l[i] = static_cast<int64_t>(static_cast<uint64_t>(sum) & kLow62);
        sum >>= kBatch;
    }
    return out;
}

Signed from(const Fe& a) {
    const auto part = [](uint64_t word) { return static_cast<int64_t>(word & kLow62); };
    return {{part(a.n[0]), part(a.n[0] >> 62 | a.n[1] << 2), part(a.n[1] >> 60 | a.n[2] << 4),
             part(a.n[2] >> 58 | a.n[3] << 6), static_cast<int64_t>(a.n[3] >> 56)}};
}

// Of a number from 0 to p-1.
Fe to_fe(const Signed& a) {
    const auto at = [&a](size_t i) { return static_cast<uint64_t>(a.l[i]); };
    return Fe{{at(0) | at(1) << 62, at(1) >> 2 | at(2) << 60, at(2) >> 4 | at(3) << 58, at(3) >> 6 | at(4) << 56}};
}

}  // namespace

Fe inverse_by_steps(const Fe& a) {
    // Throughout f = d*a and g = e*a modulo p. At the end g is 0 and f is 1 or -1.
    Signed f = kPrime;
    Signed g = from(a);
    Signed d;
    Signed e{{1, 0, 0, 0, 0}};
    int64_t balance = -1;
    while (!g.is_zero()) {
        const Matrix m = run_batch(f.low(), g.low(), balance);
        const Signed new_f = combine(m.u, f, m.v, g);
        g = combine(m.q, f, m.r, g);
        f = new_f;
        const Signed new_d = combine_mod_p(m.u, d, m.v, e);
        e = combine_mod_p(m.q, d, m.r, e);
        d = new_d;
    }
    Signed result = shifted(d, f.is_negative(), 0);
    while (result.is_negative()) result = shifted(result, false, 1);
    // From 0 to 2p now.
    const Signed less = shifted(result, false, -1);
    return to_fe(less.is_negative() ? result : less);
}

}  // namespace sluice::confidential::detail
