#include "codec/reader.h"

namespace sluice {

const char* to_string(DecodeError error) {
    switch (error) {
        case DecodeError::kTruncated: return "truncated";
        case DecodeError::kNonCanonical: return "non-canonical length";
        case DecodeError::kOversize: return "oversized length";
        case DecodeError::kBadValue: return "bad value";
        case DecodeError::kTrailing: return "trailing bytes";
    }
    return "unknown";
}

void Reader::fail(DecodeError error) {
    if (!error_) error_ = error;
    rest_ = {};
}

bool Reader::finish() {
    if (ok() && !rest_.empty()) fail(DecodeError::kTrailing);
    return ok();
}

ByteView Reader::take(size_t n) {
    if (n > rest_.size()) {
        fail(DecodeError::kTruncated);
        return {};
    }
    const ByteView out = rest_.first(n);
    rest_ = rest_.subspan(n);
    return out;
}

namespace {
template <class T>
T little_endian(ByteView bytes) {
    T out = 0;
    for (size_t i = bytes.size(); i-- > 0;) out = static_cast<T>((static_cast<uint64_t>(out) << 8) | bytes[i]);
    return out;
}
}  // namespace

uint8_t Reader::u8() { return little_endian<uint8_t>(take(1)); }
uint16_t Reader::u16() { return little_endian<uint16_t>(take(2)); }
uint32_t Reader::u32() { return little_endian<uint32_t>(take(4)); }
uint64_t Reader::u64() { return little_endian<uint64_t>(take(8)); }

uint64_t Reader::u64_be() {
    uint64_t out = 0;
    for (const uint8_t byte : take(8)) out = (out << 8) | byte;
    return out;
}

uint16_t Reader::u16_be() {
    uint16_t out = 0;
    for (const uint8_t byte : take(2)) out = static_cast<uint16_t>((out << 8) | byte);
    return out;
}

uint64_t Reader::compact_u64() {
    const uint8_t first = u8();
    uint64_t value = first;
    uint64_t least = 0;
    if (first == 0xfd) {
        value = u16();
        least = 0xfd;
    } else if (first == 0xfe) {
        value = u32();
        least = 0x10000;
    } else if (first == 0xff) {
        value = u64();
        least = 0x100000000;
    }
    if (ok() && value < least) fail(DecodeError::kNonCanonical);
    return ok() ? value : 0;
}

uint64_t Reader::compact_size() {
    const uint64_t value = compact_u64();
    if (value > 0x02000000) {
        fail(DecodeError::kOversize);
        return 0;
    }
    return value;
}

size_t Reader::count(size_t min_bytes) {
    const uint64_t value = compact_size();
    if (min_bytes > 0 && value > rest_.size() / min_bytes) {
        fail(DecodeError::kTruncated);
        return 0;
    }
    return value;
}

}  // namespace sluice
