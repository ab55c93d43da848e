// The ladder over a vector kernel: turns scalars into the kernel's plans, owns its buffers, and climbs again, with
// complete formulas, the lanes in which the kernel met an exception. Pure; any thread.
#pragma once

#include "confidential/detail/ladder.h"
#include "confidential/detail/lanes/kernel.h"

namespace sluice::confidential::detail::lanes {

// A lane's digits as a kernel climbs it: those of s less what the point that every lane starts from comes to.
Digits digits_of(const Lane& lane);

// The functions of LadderBackend.
KeyTables prepare(const Kernel& kernel, std::span<const Affine> keys);
// Gives how many lanes were climbed again.
size_t multiply_add(const Kernel& kernel, const KeyTables& tables, std::span<const Lane> lanes,
                    std::span<LaneResult> results);
void add_pairs(const Kernel& kernel, std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums);
void root_candidates(const Kernel& kernel, std::span<Fe> values);

}  // namespace sluice::confidential::detail::lanes
