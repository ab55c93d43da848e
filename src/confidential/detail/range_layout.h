// Where the parts of a range proof lie. Pure; any thread. Source: doc, confidential page, section 4.1.
#pragma once

#include <optional>

#include "confidential/range_proof.h"

namespace sluice::confidential::detail {

struct RangeLayout {
    RangeInfo info;
    uint64_t scale = 1;      // 10^exponent (1 for an exact proof)
    size_t header_size = 0;  // 1..10 bytes; the signs follow
    size_t rings = 1;        // 1..32
    size_t keys = 1;  // 1..128: rings of 4, the last of 2 if the mantissa is odd; one ring of 1 for an exact proof

    [[nodiscard]] size_t ring_size(size_t ring) const { return ring + 1 < rings ? 4 : keys - 4 * (rings - 1); }
    [[nodiscard]] size_t signs_at() const { return header_size; }
    [[nodiscard]] size_t points_at() const { return header_size + (rings + 6) / 8; }
    [[nodiscard]] size_t e0_at() const { return points_at() + 32 * (rings - 1); }
    [[nodiscard]] size_t scalars_at() const { return e0_at() + 32; }
    [[nodiscard]] size_t total_size() const { return scalars_at() + 32 * keys; }
};

// From the header alone; nullopt as range_info.
std::optional<RangeLayout> range_layout(ByteView proof);

}  // namespace sluice::confidential::detail
