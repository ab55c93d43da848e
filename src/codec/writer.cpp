#include "codec/writer.h"

#include <array>

namespace sluice {

void Writer::little_endian(uint64_t value, size_t size) {
    std::array<uint8_t, 8> out{};
    for (size_t i = 0; i < size; ++i) out[i] = static_cast<uint8_t>(value >> (8 * i));
    raw(ByteView(out).first(size));
}

void Writer::u64_be(uint64_t value) {
    std::array<uint8_t, 8> out{};
    for (size_t i = 0; i < 8; ++i) out[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
    raw(out);
}

void Writer::u16_be(uint16_t value) {
    u8(static_cast<uint8_t>(value >> 8));
    u8(static_cast<uint8_t>(value));
}

void Writer::compact_size(uint64_t value) {
    if (value < 0xfd) {
        u8(static_cast<uint8_t>(value));
    } else if (value <= 0xffff) {
        u8(0xfd);
        u16(static_cast<uint16_t>(value));
    } else if (value <= 0xffffffff) {
        u8(0xfe);
        u32(static_cast<uint32_t>(value));
    } else {
        u8(0xff);
        u64(value);
    }
}

size_t compact_size_length(uint64_t value) {
    if (value < 0xfd) return 1;
    if (value <= 0xffff) return 3;
    return value <= 0xffffffff ? 5 : 9;
}

}  // namespace sluice
