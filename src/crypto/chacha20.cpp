#include "crypto/chacha20.h"

#include <array>
#include <bit>

#include "util/check.h"

namespace sluice {

namespace {
void quarter(uint32_t& a, uint32_t& b, uint32_t& c, uint32_t& d) {
    a += b;
    d = std::rotl(d ^ a, 16);
    c += d;
    b = std::rotl(b ^ c, 12);
    a += b;
    d = std::rotl(d ^ a, 8);
    c += d;
    b = std::rotl(b ^ c, 7);
}
}  // namespace

void chacha20_stream(ByteView key, uint64_t nonce, MutableBytes out) {
    CHECK(key.size() == 32);
    std::array<uint32_t, 16> start{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (size_t i = 0; i < 32; ++i) start[4 + i / 4] |= static_cast<uint32_t>(key[i]) << (8 * (i % 4));
    start[14] = static_cast<uint32_t>(nonce);
    start[15] = static_cast<uint32_t>(nonce >> 32);
    for (uint64_t block = 0; !out.empty(); ++block) {
        start[12] = static_cast<uint32_t>(block);
        start[13] = static_cast<uint32_t>(block >> 32);
        std::array<uint32_t, 16> x = start;
        for (int i = 0; i < 10; ++i) {
            quarter(x[0], x[4], x[8], x[12]);
            quarter(x[1], x[5], x[9], x[13]);
            quarter(x[2], x[6], x[10], x[14]);
            quarter(x[3], x[7], x[11], x[15]);
            quarter(x[0], x[5], x[10], x[15]);
            quarter(x[1], x[6], x[11], x[12]);
            quarter(x[2], x[7], x[8], x[13]);
            quarter(x[3], x[4], x[9], x[14]);
        }
        const size_t size = std::min<size_t>(64, out.size());
        for (size_t i = 0; i < size; ++i) { out[i] = static_cast<uint8_t>((x[i / 4] + start[i / 4]) >> (8 * (i % 4))); }
        out = out.subspan(size);
    }
}

}  // namespace sluice
