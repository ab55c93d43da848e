#include "peg/parent/header.h"

#include "crypto/hash_writer.h"

namespace sluice::parent {

namespace {
constexpr uint32_t kMantissa = 0x007fffff;
constexpr uint32_t kSign = 0x00800000;
}  // namespace

ParentBlockHash compute_hash(const ParentHeader& header) {
    HashWriter writer;
    Writer& sink = writer;
    describe(sink, header);
    return ParentBlockHash::from(writer.sha256d());
}

std::optional<U256> target_of(uint32_t bits) {
    const uint32_t exponent = bits >> 24;  // bytes
    const U256 mantissa(bits & kMantissa);
    const U256 target = exponent <= 3 ? mantissa >> 8 * (3 - exponent) : mantissa << 8 * (exponent - 3);
    if (mantissa.is_zero() || (bits & kSign) != 0 || target.is_zero()) return std::nullopt;
    if (exponent > 3 && mantissa.bit_length() + 8 * (exponent - 3) > 256) return std::nullopt;
    return target;
}

uint32_t compact_of(const U256& target) {
    uint32_t exponent = (target.bit_length() + 7) / 8;
    uint64_t mantissa = exponent <= 3 ? target.low64() << 8 * (3 - exponent) : (target >> 8 * (exponent - 3)).low64();
    // The top bit of the mantissa would read as a sign.
    if ((mantissa & kSign) != 0) {
        mantissa >>= 8;
        ++exponent;
    }
    return static_cast<uint32_t>(mantissa) | exponent << 24;
}

U256 work_of(uint32_t bits) {
    const std::optional<U256> target = target_of(bits);
    if (!target) return {};
    // 2^256 does not fit, but 2^256 / (t + 1) = (2^256 - (t + 1)) / (t + 1) + 1, and 2^256 - (t + 1) = ~t.
    const U256 divisor = *target + U256(1);
    if (divisor.is_zero()) return U256(1);
    return ~*target / divisor + U256(1);
}

bool check_pow(const ParentBlockHash& hash, uint32_t bits, const U256& limit) {
    const std::optional<U256> target = target_of(bits);
    return target && *target <= limit && U256::from_le(hash.view()) <= *target;
}

}  // namespace sluice::parent
