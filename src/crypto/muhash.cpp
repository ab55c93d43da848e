#include "crypto/muhash.h"

#include <openssl/bn.h>

#include <memory>

#include "crypto/chacha20.h"
#include "util/check.h"

namespace sluice {

namespace {

__extension__ using Wide = unsigned __int128;
using Number = MuHash3072::Number;
constexpr size_t kLimbs = MuHash3072::kLimbs;
constexpr size_t kBytes = kLimbs * 8;
constexpr uint64_t kDistance = 1103717;  // the modulus is 2^3072 - kDistance

// Adds `carry` at the bottom; what runs out at the top.
uint64_t add_small(Number& number, uint64_t carry) {
    for (uint64_t& limb : number) {
        const Wide sum = static_cast<Wide>(limb) + carry;
        limb = static_cast<uint64_t>(sum);
        carry = static_cast<uint64_t>(sum >> 64);
        if (carry == 0) break;
    }
    return carry;
}

// a * b mod 2^3072 - kDistance; the result is below 2^3072, not always below the modulus (finalize reduces fully).
Number multiply(const Number& a, const Number& b) {
    std::array<uint64_t, 2 * kLimbs> product{};
    for (size_t i = 0; i < kLimbs; ++i) {
        uint64_t carry = 0;
        for (size_t j = 0; j < kLimbs; ++j) {
            const Wide t = static_cast<Wide>(a[i]) * b[j] + product[i + j] + carry;
            product[i + j] = static_cast<uint64_t>(t);
            carry = static_cast<uint64_t>(t >> 64);
        }
        product[i + kLimbs] = carry;
    }
    // high * 2^3072 + low == high * kDistance + low
    Number out;
    uint64_t carry = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
        const Wide t = static_cast<Wide>(product[i + kLimbs]) * kDistance + product[i] + carry;
        out[i] = static_cast<uint64_t>(t);
        carry = static_cast<uint64_t>(t >> 64);
    }
    // carry < 2^22, so carry * kDistance fits; a further overflow leaves a tiny number that cannot overflow again.
    if (add_small(out, carry * kDistance) != 0) add_small(out, kDistance);
    return out;
}

Number one() {
    Number number{};
    number[0] = 1;
    return number;
}

Number element_number(ByteView element) {
    std::array<uint8_t, kBytes> stream;
    chacha20_stream(sha256(element).view(), 0, stream);
    Number out{};
    for (size_t i = 0; i < kBytes; ++i) out[i / 8] |= static_cast<uint64_t>(stream[i]) << (8 * (i % 8));
    return out;
}

std::array<uint8_t, kBytes> to_bytes(const Number& number) {
    std::array<uint8_t, kBytes> out;
    for (size_t i = 0; i < kBytes; ++i) out[i] = static_cast<uint8_t>(number[i / 8] >> (8 * (i % 8)));
    return out;
}

struct FreeBn {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Bn = std::unique_ptr<BIGNUM, FreeBn>;

Bn to_bn(const Number& number) {
    const auto bytes = to_bytes(number);
    Bn out(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    CHECK(out != nullptr);
    return out;
}

}  // namespace

MuHash3072::MuHash3072() : numerator_(one()), denominator_(one()) {}

MuHash3072& MuHash3072::insert(ByteView element) {
    numerator_ = multiply(numerator_, element_number(element));
    return *this;
}

MuHash3072& MuHash3072::remove(ByteView element) {
    denominator_ = multiply(denominator_, element_number(element));
    return *this;
}

MuHash3072& MuHash3072::combine(const MuHash3072& other) {
    numerator_ = multiply(numerator_, other.numerator_);
    denominator_ = multiply(denominator_, other.denominator_);
    return *this;
}

MuHash3072& MuHash3072::subtract(const MuHash3072& other) {
    numerator_ = multiply(numerator_, other.denominator_);
    denominator_ = multiply(denominator_, other.numerator_);
    return *this;
}

Hash256 MuHash3072::finalize() const {
    const std::unique_ptr<BN_CTX, FreeBn> context(BN_CTX_new());
    const Bn modulus(BN_new());
    const Bn inverse(BN_new());
    const Bn quotient(BN_new());
    CHECK(context && modulus && inverse && quotient);
    CHECK(BN_set_bit(modulus.get(), static_cast<int>(kBytes * 8)) == 1 && BN_sub_word(modulus.get(), kDistance) == 1);
    // The denominator is a product of numbers that are zero modulo the prime only with negligible probability.
    CHECK(BN_mod_inverse(inverse.get(), to_bn(denominator_).get(), modulus.get(), context.get()) != nullptr);
    CHECK(BN_mod_mul(quotient.get(), to_bn(numerator_).get(), inverse.get(), modulus.get(), context.get()) == 1);
    std::array<uint8_t, kBytes> bytes;
    CHECK(BN_bn2lebinpad(quotient.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(kBytes));
    return sha256(bytes);
}

}  // namespace sluice
