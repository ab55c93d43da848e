#include "confidential/detail/scalar.h"

#include "util/check.h"

namespace sluice::confidential::detail {

namespace {

using Wide = unsigned __int128;

constexpr std::array<uint64_t, 4> kOrder = {0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe,
                                            0xffffffffffffffff};
constexpr std::array<uint64_t, 4> kFoldOrder = {0x402da1732fc9bebf, 0x4551231950b75fc4, 1, 0};  // 2^256 - n

// The lattice of (a, b) with a + lambda*b = 0 mod n has the short basis (a1, -b1), (a2, a1) (all positive here). The
// other two numbers are 2^384*a1/n and 2^384*b1/n, rounded: they turn the division by n into a product and a shift.
constexpr std::array<uint64_t, 2> kA1 = {0xe86c90e49284eb15, 0x3086d221a7d46bcd};
constexpr std::array<uint64_t, 2> kA2 = {0x57c1108d9d44cfd8, 0x14ca50f7a8e2f3f6};  // and 2^128
constexpr std::array<uint64_t, 2> kB1 = {0x6f547fa90abfe4c3, 0xe4437ed6010e8828};
constexpr std::array<uint64_t, 4> kA1OverN = {0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15,
                                              0x3086d221a7d46bcd};
constexpr std::array<uint64_t, 4> kB1OverN = {0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4,
                                              0xe4437ed6010e8828};

template <size_t N>
struct Sum {
    std::array<uint64_t, N> n;
    bool carry;
};

template <size_t N>
Sum<N> add_words(const std::array<uint64_t, N>& a, const std::array<uint64_t, N>& b) {
    Sum<N> sum{};
    Wide acc = 0;
    for (size_t i = 0; i < N; ++i) {
        acc += static_cast<Wide>(a[i]) + b[i];
        sum.n[i] = static_cast<uint64_t>(acc);
        acc >>= 64;
    }
    sum.carry = acc != 0;
    return sum;
}

template <size_t N>
Sum<N> sub_words(const std::array<uint64_t, N>& a, const std::array<uint64_t, N>& b) {
    Sum<N> difference{};
    uint64_t borrow = 0;
    for (size_t i = 0; i < N; ++i) {
        const Wide d = static_cast<Wide>(a[i]) - b[i] - borrow;
        difference.n[i] = static_cast<uint64_t>(d);
        borrow = static_cast<uint64_t>(d >> 64) & 1;
    }
    difference.carry = borrow != 0;
    return difference;
}

template <size_t N, size_t M>
std::array<uint64_t, N + M> mul_words(const std::array<uint64_t, N>& a, const std::array<uint64_t, M>& b) {
    std::array<uint64_t, N + M> t{};
    for (size_t i = 0; i < N; ++i) {
        uint64_t carry = 0;
        for (size_t j = 0; j < M; ++j) {
            const Wide acc = static_cast<Wide>(a[i]) * b[j] + t[i + j] + carry;
            t[i + j] = static_cast<uint64_t>(acc);
            carry = static_cast<uint64_t>(acc >> 64);
        }
        t[i + M] = carry;
    }
    return t;
}

// From [0, 2^256) to [0, n).
Scalar reduce_once(const std::array<uint64_t, 4>& a) {
    const auto lower = sub_words(a, kOrder);
    return Scalar{lower.carry ? a : lower.n};
}

// (k * factor + 2^383) >> 384, for results below 2^128.
std::array<uint64_t, 2> mul_shift(const Scalar& k, const std::array<uint64_t, 4>& factor) {
    const auto product = mul_words(k.n, factor);
    return add_words(std::array<uint64_t, 2>{product[6], product[7]}, {product[5] >> 63, 0}).n;
}

// Modulo 2^192.
std::array<uint64_t, 3> mul_low(const std::array<uint64_t, 2>& a, const std::array<uint64_t, 2>& b) {
    const auto product = mul_words(a, b);
    return {product[0], product[1], product[2]};
}

}  // namespace

std::optional<Scalar> scalar_from_bytes(ByteView bytes) {
    CHECK(bytes.size() == 32);
    Scalar r;
    for (size_t i = 0; i < 32; ++i) r.n[3 - i / 8] = (r.n[3 - i / 8] << 8) | bytes[i];
    if (!sub_words(r.n, kOrder).carry) return std::nullopt;
    return r;
}

std::array<uint8_t, 32> scalar_to_bytes(const Scalar& a) {
    std::array<uint8_t, 32> bytes;
    for (size_t i = 0; i < 32; ++i) bytes[i] = static_cast<uint8_t>(a.n[3 - i / 8] >> (56 - 8 * (i % 8)));
    return bytes;
}

Scalar add(const Scalar& a, const Scalar& b) {
    const auto sum = add_words(a.n, b.n);
    // a + b < 2n, so the carry is worth one n.
    return sum.carry ? Scalar{sub_words(sum.n, kOrder).n} : reduce_once(sum.n);
}

Scalar negate(const Scalar& a) { return a.is_zero() ? a : Scalar{sub_words(kOrder, a.n).n}; }

Scalar mul(const Scalar& a, const Scalar& b) {
    // high * 2^256 = high * (2^256 - n) mod n, until there is no high half.
    std::array<uint64_t, 8> t = mul_words(a.n, b.n);
    while ((t[4] | t[5] | t[6] | t[7]) != 0) {
        const auto folded = mul_words(std::array<uint64_t, 4>{t[4], t[5], t[6], t[7]}, kFoldOrder);
        t = add_words(folded, {t[0], t[1], t[2], t[3], 0, 0, 0, 0}).n;
    }
    return reduce_once({t[0], t[1], t[2], t[3]});
}

SplitScalar split(const Scalar& k) {
    const auto c1 = mul_shift(k, kA1OverN);
    const auto c2 = mul_shift(k, kB1OverN);
    // low = k - c1*a1 - c2*a2 and high = c1*b1 - c2*a1; both are short, so their lowest 192 bits say everything.
    std::array<uint64_t, 3> taken = add_words(mul_low(c1, kA1), mul_low(c2, kA2)).n;
    taken[2] += c2[0];
    return {sub_words({k.n[0], k.n[1], k.n[2]}, taken).n, sub_words(mul_low(c1, kB1), mul_low(c2, kA1)).n};
}

}  // namespace sluice::confidential::detail
