#include "confidential/detail/lanes/kernel_avx512.h"
#include "confidential/detail/lanes/kernel_checked.h"
#include "confidential/detail/lanes/ladder_lanes.h"
#include "confidential/detail/processor.h"

namespace sluice::confidential::detail {

namespace {

template <const lanes::Kernel& (*kKernel)()>
struct KernelLadder {
    static KeyTables prepare(std::span<const Affine> keys) { return lanes::prepare(kKernel(), keys); }
    static void multiply_add(const KeyTables& tables, std::span<const Lane> lanes, std::span<LaneResult> results) {
        lanes::multiply_add(kKernel(), tables, lanes, results);
    }
    static void add_pairs(std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums) {
        lanes::add_pairs(kKernel(), a, b, sums);
    }
    static void root_candidates(std::span<Fe> values) { lanes::root_candidates(kKernel(), values); }
};

const lanes::Kernel& avx512() { return *lanes::avx512_kernel(); }

}  // namespace

const LadderBackend& checked_lane_ladder() {
    using Ladder = KernelLadder<lanes::checked_kernel>;
    static constexpr LadderBackend kBackend{"checked lanes", Ladder::prepare, Ladder::multiply_add, Ladder::add_pairs,
                                            Ladder::root_candidates};
    return kBackend;
}

const LadderBackend* avx512_ladder() {
    using Ladder = KernelLadder<avx512>;
    static constexpr LadderBackend kBackend{"avx512", Ladder::prepare, Ladder::multiply_add, Ladder::add_pairs,
                                            Ladder::root_candidates};
    return lanes::avx512_kernel() != nullptr && has_avx512_ifma() ? &kBackend : nullptr;
}

}  // namespace sluice::confidential::detail
