// From a range proof to the ring signature that it is. Shared by verifying and rewinding. Pure; any thread.
#pragma once

#include "confidential/detail/range_layout.h"
#include "confidential/detail/ring.h"

namespace sluice::confidential::detail {

struct RangeRings {
    RangeLayout layout;
    RingSignature signature;
};

// One for each check; nullopt for a proof that is malformed or has a key at infinity. Field inversions are shared by
// all.
std::vector<std::optional<RangeRings>> range_rings(std::span<const RangeProofCheck> checks);

}  // namespace sluice::confidential::detail
