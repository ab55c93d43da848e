// A point of secp256k1 that is not infinity: canonical affine coordinates (below the field prime), each as four 64-bit
// words, least significant first. Whoever makes one has checked that it is on the curve. A value; any thread. For
// public data only: the arithmetic behind it takes variable time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "util/bytes.h"

namespace sluice::confidential {

struct Point {
    std::array<uint64_t, 4> x{};
    std::array<uint64_t, 4> y{};

    bool operator==(const Point&) const = default;

    // 33 bytes 0x02/0x03 (y even/odd) and x, or 65 bytes 0x04, x, y; nullopt unless they are a point on the curve.
    static std::optional<Point> from_public_key(ByteView bytes);
    // 0x02/0x03 (y even/odd), then x.
    [[nodiscard]] std::array<uint8_t, 33> compressed() const;
};

}  // namespace sluice::confidential
