// FixedBytes<Tag, N>: N bytes with a type of their own, so that a txid is never taken for a block hash. Bytes are in
// memory (wire) order; people read ids reversed (to_display in codec/hex.h). Ordered by memory order.
#pragma once

#include <array>
#include <compare>
#include <cstring>
#include <functional>

#include "util/bytes.h"
#include "util/check.h"

namespace sluice {

template <class Tag, size_t N>
struct FixedBytes {
    static constexpr size_t kSize = N;
    std::array<uint8_t, N> bytes{};

    constexpr FixedBytes() = default;
    constexpr explicit FixedBytes(const std::array<uint8_t, N>& from) : bytes(from) {}
    // Precondition: from.size() == N.
    static FixedBytes from_view(ByteView from) {
        CHECK(from.size() == N);
        FixedBytes out;
        std::memcpy(out.bytes.data(), from.data(), N);
        return out;
    }
    // The same bytes under another name; for the few places where one id is defined as another.
    template <class Other>
    static FixedBytes from(const FixedBytes<Other, N>& other) {
        return FixedBytes(other.bytes);
    }

    [[nodiscard]] bool is_zero() const {
        return std::ranges::all_of(bytes, [](uint8_t b) { return b == 0; });
    }
    [[nodiscard]] ByteView view() const { return bytes; }
    MutableBytes mutable_view() { return bytes; }
    auto operator<=>(const FixedBytes&) const = default;
};

// For unordered containers keyed by ids that an attacker cannot choose freely (hashes); others use a keyed hash.
struct FixedBytesHash {
    template <class Tag, size_t N>
    size_t operator()(const FixedBytes<Tag, N>& value) const {
        static_assert(N >= sizeof(size_t));
        size_t out;
        std::memcpy(&out, value.bytes.data(), sizeof(out));
        return out;
    }
};

}  // namespace sluice
