// Reader: decodes bytes that a stranger sent. The first failure sticks: later reads give zeros and empty views, so a
// decoder reads on and asks ok() or finish() once. It never allocates more than the remaining bytes can back. The bytes
// that it reads must outlive it and every view that it returns.
#pragma once

#include <cstdint>
#include <optional>

#include "util/bytes.h"
#include "util/fixed_bytes.h"

namespace sluice {

enum class DecodeError {
    kTruncated,     // the bytes end too early
    kNonCanonical,  // a length not in its shortest form
    kOversize,      // a length above what the format or the remaining bytes allow
    kBadValue,      // a prefix, flag or enum outside the format
    kTrailing,      // bytes left after the end
};
const char* to_string(DecodeError error);

class Reader {
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    [[nodiscard]] bool ok() const { return !error_.has_value(); }
    [[nodiscard]] std::optional<DecodeError> error() const { return error_; }
    [[nodiscard]] size_t remaining() const { return rest_.size(); }
    [[nodiscard]] ByteView rest() const { return rest_; }
    void fail(DecodeError error);
    // True if everything decoded and nothing is left over.
    [[nodiscard]] bool finish();

    uint8_t u8();
    uint16_t u16();
    uint32_t u32();
    uint64_t u64();
    int32_t i32() { return static_cast<int32_t>(u32()); }
    int64_t i64() { return static_cast<int64_t>(u64()); }
    uint64_t u64_be();
    uint16_t u16_be();
    // A CompactSize of at most 0x02000000 (Bitcoin's MAX_SIZE), in shortest form.
    uint64_t compact_size();
    // A CompactSize without the MAX_SIZE bound.
    uint64_t compact_u64();
    // A CompactSize that counts things of at least `min_bytes` each: fails if the rest cannot hold that many.
    size_t count(size_t min_bytes);
    // The next n bytes.
    ByteView take(size_t n);
    // A CompactSize, then that many bytes.
    ByteView var_view() { return take(count(1)); }
    Bytes var_bytes() { return to_bytes(var_view()); }

private:
    std::optional<DecodeError> error_;
    ByteView rest_;
};

}  // namespace sluice
