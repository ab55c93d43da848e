#include "chain/muhash.h"

#include <bit>

namespace sluice::chain {
namespace {

constexpr uint64_t kComplement = 1103717;  // the modulus is 2^3072 minus this
__extension__ typedef unsigned __int128 Wide;

void quarter_round(uint32_t& a, uint32_t& b, uint32_t& c, uint32_t& d) {
    d = std::rotl(d ^ (a += b), 16);
    b = std::rotl(b ^ (c += d), 12);
    d = std::rotl(d ^ (a += b), 8);
    b = std::rotl(b ^ (c += d), 7);
}

// One block of ChaCha20 (RFC 8439) with a zero nonce: only its key stream is needed here, as a pseudo-random function.
std::array<uint32_t, 16> chacha20_block(const Hash256& key, uint32_t counter) {
    std::array<uint32_t, 16> start{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (size_t i = 0; i < 8; ++i) {
        const uint8_t* const from = key.bytes.data() + 4 * i;
        start[4 + i] = from[0] | (uint32_t{from[1]} << 8) | (uint32_t{from[2]} << 16) | (uint32_t{from[3]} << 24);
    }
    start[12] = counter;
    std::array<uint32_t, 16> x = start;
    for (int round = 0; round < 10; ++round) {
        for (size_t i = 0; i < 4; ++i) quarter_round(x[i], x[4 + i], x[8 + i], x[12 + i]);
        for (size_t i = 0; i < 4; ++i) quarter_round(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
    }
    for (size_t i = 0; i < 16; ++i) x[i] += start[i];
    return x;
}

}  // namespace

MuHash3072::Number MuHash3072::to_number(ByteView element) {
    const Hash256 key = sha256(element);
    Number out{};
    for (uint32_t block = 0; block < 6; ++block) {
        const std::array<uint32_t, 16> words = chacha20_block(key, block);
        for (size_t i = 0; i < 8; ++i) out[8 * block + i] = words[2 * i] | (uint64_t{words[2 * i + 1]} << 32);
    }
    return out;
}

void MuHash3072::multiply(const Number& by) {
    std::array<uint64_t, 2 * kLimbs> full{};
    for (size_t i = 0; i < kLimbs; ++i) {
        uint64_t carry = 0;
        for (size_t j = 0; j < kLimbs; ++j) {
            const Wide sum = Wide{product_[i]} * by[j] + full[i + j] + carry;
            full[i + j] = static_cast<uint64_t>(sum);
            carry = static_cast<uint64_t>(sum >> 64);
        }
        full[i + kLimbs] = carry;
    }
    // 2^3072 is congruent to kComplement: fold the upper half down, and then what that carried out.
    uint64_t carry = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
        const Wide sum = Wide{full[kLimbs + i]} * kComplement + full[i] + carry;
        product_[i] = static_cast<uint64_t>(sum);
        carry = static_cast<uint64_t>(sum >> 64);
    }
    while (carry != 0) {
        Wide sum = Wide{carry} * kComplement;
        carry = 0;
        for (size_t i = 0; i < kLimbs && sum != 0; ++i) {
            sum += product_[i];
            product_[i] = static_cast<uint64_t>(sum);
            sum >>= 64;
        }
        carry = static_cast<uint64_t>(sum);
    }
}

void MuHash3072::insert(ByteView element) { multiply(to_number(element)); }

Hash256 MuHash3072::digest() const {
    Number value = product_;
    // The canonical representative: at most one subtraction of the modulus, which is adding its complement modulo 2^3072.
    bool reduce = value[0] >= 0 - kComplement;
    for (size_t i = 1; i < kLimbs; ++i) reduce = reduce && value[i] == UINT64_MAX;
    if (reduce) {
        Wide sum = kComplement;
        for (size_t i = 0; i < kLimbs; ++i) {
            sum += value[i];
            value[i] = static_cast<uint64_t>(sum);
            sum >>= 64;
        }
    }
    Bytes bytes;
    bytes.reserve(8 * kLimbs);
    for (const uint64_t limb : value) {
        for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<uint8_t>(limb >> shift));
    }
    return sha256(bytes);
}

}  // namespace sluice::chain
