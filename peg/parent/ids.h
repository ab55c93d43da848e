// The parent chain's ids, each a type of its own, so that none is taken for one of the sidechain's
// (consensus/primitives/ids.h). Memory order is wire order; people see them reversed (codec/hex.h).
#pragma once

#include "codec/describe.h"
#include "util/fixed_bytes.h"

namespace sluice::parent {

using ParentTxid = FixedBytes<struct ParentTxidTag, 32>;
using ParentWtxid = FixedBytes<struct ParentWtxidTag, 32>;
using ParentBlockHash = FixedBytes<struct ParentBlockHashTag, 32>;
using ParentMerkleRoot = FixedBytes<struct ParentMerkleRootTag, 32>;

inline constexpr uint32_t kParentNullIndex = 0xffffffff;

// The null out-point (zero id, kParentNullIndex) marks a coinbase.
struct ParentOutPoint {
    ParentTxid txid;
    uint32_t index = kParentNullIndex;
    [[nodiscard]] bool is_null() const { return index == kParentNullIndex && txid.is_zero(); }
    auto operator<=>(const ParentOutPoint&) const = default;
};
template <class A, Like<ParentOutPoint> T>
void describe(A& a, T& o) {
    field(a, o.txid);
    field(a, o.index);
}

}  // namespace sluice::parent
