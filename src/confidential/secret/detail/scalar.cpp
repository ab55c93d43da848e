#include "confidential/secret/detail/scalar.h"

#include <secp256k1.h>

#include "util/secret.h"

namespace sluice::confidential::secret {
namespace {

constexpr std::array<uint8_t, 32> kOrder = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                            0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
                                            0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};

Mask below_order(ByteView bytes) {
    uint32_t borrow = 0;
    for (size_t i = 32; i-- > 0;) borrow = (static_cast<uint32_t>(bytes[i]) - kOrder[i] - borrow) >> 31;
    return opaque(0 - static_cast<Mask>(borrow));
}

// The static context is all that scalar arithmetic needs.
const secp256k1_context* context() { return secp256k1_context_static; }

}  // namespace

Scalar::~Scalar() { wipe(bytes_); }

Scalar Scalar::from_u64(uint64_t value) {
    Scalar out;
    for (size_t i = 0; i < 8; ++i) out.bytes_[31 - i] = static_cast<uint8_t>(value >> (8 * i));
    return out;
}

Scalar::Parsed Scalar::parse(ByteView bytes) {
    Parsed out;
    out.below_order = sluice::confidential::secret::below_order(bytes);
    for (size_t i = 0; i < 32; ++i) out.value.bytes_[i] = static_cast<uint8_t>(bytes[i] & out.below_order);
    return out;
}

Scalar Scalar::from_checked(ByteView bytes) {
    Scalar out;
    std::ranges::copy(bytes.first(32), out.bytes_.begin());
    return out;
}

Mask Scalar::is_zero() const {
    uint64_t any = 0;
    for (const uint8_t byte : bytes_) any |= byte;
    return mask_if_zero(any);
}

// The library's keys are never zero: given a zero key, or when the result is zero, its calls leave zero behind and say
// so. That is the right product and negative; the sum with a zero key is put right.
Scalar operator+(const Scalar& a, const Scalar& b) {
    Scalar sum = a;
    (void)!secp256k1_ec_seckey_tweak_add(context(), sum.bytes_.data(), b.bytes_.data());
    return select(a.is_zero(), b, sum);
}

Scalar operator*(const Scalar& a, const Scalar& b) {
    Scalar product = a;
    (void)!secp256k1_ec_seckey_tweak_mul(context(), product.bytes_.data(), b.bytes_.data());
    return product;
}

Scalar operator-(const Scalar& a) {
    Scalar negative = a;
    (void)!secp256k1_ec_seckey_negate(context(), negative.bytes_.data());
    return negative;
}

Scalar select(Mask mask, const Scalar& yes, const Scalar& no) {
    Scalar out;
    out.bytes_ = select(mask, yes.bytes_, no.bytes_);
    return out;
}

// a^(order - 2). The exponent is public.
Scalar inverse(const Scalar& a) {
    Scalar out = Scalar::from_u64(1);
    for (size_t bit = 0; bit < 256; ++bit) {
        const uint32_t byte = kOrder[bit / 8] - (bit / 8 == 31 ? 2U : 0U);
        out = out * out;
        if ((byte >> (7 - bit % 8) & 1) != 0) out = out * a;
    }
    return out;
}

}  // namespace sluice::confidential::secret
