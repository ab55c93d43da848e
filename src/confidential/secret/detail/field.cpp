#include "confidential/secret/detail/field.h"

namespace sluice::confidential::secret {
namespace {

using Limbs = std::array<uint64_t, 4>;
using Wide = unsigned __int128;

constexpr uint64_t kFold = 0x1000003d1;  // 2^256 mod p

// value + carry * 2^256, below 2p, brought below p.
Field reduce_once(const Limbs& value, uint64_t carry) {
    Limbs less;  // value - p, which is value + kFold without its carry
    Wide sum = kFold;
    for (size_t i = 0; i < 4; ++i) {
        sum += value[i];
        less[i] = static_cast<uint64_t>(sum);
        sum >>= 64;
    }
    return {select(~mask_if_zero(carry | static_cast<uint64_t>(sum)), less, value)};
}

Field square_times(Field a, int count) {
    for (int i = 0; i < count; ++i) a = a * a;
    return a;
}

// a^(2^n - 1) for the runs of ones that p's exponents are made of.
struct Runs {
    Field x2, x22, x223;
};
Runs runs_of(const Field& a) {
    const Field x2 = square_times(a, 1) * a;
    const Field x3 = square_times(x2, 1) * a;
    const Field x6 = square_times(x3, 3) * x3;
    const Field x9 = square_times(x6, 3) * x3;
    const Field x11 = square_times(x9, 2) * x2;
    const Field x22 = square_times(x11, 11) * x11;
    const Field x44 = square_times(x22, 22) * x22;
    const Field x88 = square_times(x44, 44) * x44;
    const Field x176 = square_times(x88, 88) * x88;
    const Field x220 = square_times(x176, 44) * x44;
    return {x2, x22, square_times(x220, 3) * x3};
}

}  // namespace

Field Field::from_bytes_mod(ByteView bytes) {
    Limbs value;
    for (size_t i = 0; i < 4; ++i) {
        uint64_t limb = 0;
        for (size_t j = 0; j < 8; ++j) limb = limb << 8 | bytes[(3 - i) * 8 + j];
        value[i] = limb;
    }
    return reduce_once(value, 0);
}

std::optional<Field> Field::from_public(ByteView bytes) {
    const Field value = from_bytes_mod(bytes);
    if (!equal(value.bytes(), bytes)) return std::nullopt;
    return value;
}

std::array<uint8_t, 32> Field::bytes() const {
    std::array<uint8_t, 32> out;
    for (size_t i = 0; i < 32; ++i) out[i] = static_cast<uint8_t>(limbs[3 - i / 8] >> (56 - 8 * (i % 8)));
    return out;
}

Field operator+(const Field& a, const Field& b) {
    Limbs sum;
    Wide carry = 0;
    for (size_t i = 0; i < 4; ++i) {
        carry += static_cast<Wide>(a.limbs[i]) + b.limbs[i];
        sum[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    return reduce_once(sum, static_cast<uint64_t>(carry));
}

Field operator-(const Field& a, const Field& b) {
    Field out;
    uint64_t borrow = 0;
    for (size_t i = 0; i < 4; ++i) {
        const Wide difference = static_cast<Wide>(a.limbs[i]) - b.limbs[i] - borrow;
        out.limbs[i] = static_cast<uint64_t>(difference);
        borrow = static_cast<uint64_t>(difference >> 64) & 1;
    }
    // Below zero: add p, that is take kFold from a number that is at least kFold.
    uint64_t take = kFold & opaque(0 - borrow);
    for (size_t i = 0; i < 4; ++i) {
        const Wide difference = static_cast<Wide>(out.limbs[i]) - take;
        out.limbs[i] = static_cast<uint64_t>(difference);
        take = static_cast<uint64_t>(difference >> 64) & 1;
    }
    return out;
}

Field operator*(const Field& a, const Field& b) {
    std::array<uint64_t, 8> product{};
    for (size_t i = 0; i < 4; ++i) {
        Wide carry = 0;
        for (size_t j = 0; j < 4; ++j) {
            carry += static_cast<Wide>(a.limbs[i]) * b.limbs[j] + product[i + j];
            product[i + j] = static_cast<uint64_t>(carry);
            carry >>= 64;
        }
        product[i + 4] = static_cast<uint64_t>(carry);
    }
    Limbs low;
    Wide carry = 0;
    for (size_t i = 0; i < 4; ++i) {
        carry += static_cast<Wide>(product[i + 4]) * kFold + product[i];
        low[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    // What is above 2^256 is below 2^34; folding it can carry once more, and then the rest is small.
    carry = static_cast<Wide>(static_cast<uint64_t>(carry)) * kFold;
    for (size_t i = 0; i < 4; ++i) {
        carry += low[i];
        low[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
    }
    return reduce_once(low, static_cast<uint64_t>(carry));
}

Mask mask_if_equal(const Field& a, const Field& b) {
    uint64_t difference = 0;
    for (size_t i = 0; i < 4; ++i) difference |= a.limbs[i] ^ b.limbs[i];
    return mask_if_zero(difference);
}

// p - 2 in binary: 223 ones, 0, 22 ones, 0000101101.
Field inverse(const Field& a) {
    const Runs runs = runs_of(a);
    Field out = square_times(runs.x223, 23) * runs.x22;
    out = square_times(out, 5) * a;
    out = square_times(out, 3) * runs.x2;
    return square_times(out, 2) * a;
}

// (p + 1) / 4 in binary: 223 ones, 0, 22 ones, 00001100.
Field square_root(const Field& a) {
    const Runs runs = runs_of(a);
    Field out = square_times(runs.x223, 23) * runs.x22;
    out = square_times(out, 6) * runs.x2;
    return square_times(out, 2);
}

}  // namespace sluice::confidential::secret
