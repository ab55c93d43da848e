// Where two versions of the reference differ (golden/README.md).
#pragma once

#include "consensus/primitives/block.h"

namespace sluice::test {

// The reference's master weighs a dynafed header's signatures four times; the deployed releases, and we, once.
inline bool too_heavy_for_master_only(const Block& block) {
    const size_t signatures = encode_header(block.header).size() - encode_header(block.header, HeaderForm::kStripped).size();
    const size_t weight = block_size(block).weight();
    return weight <= 4'000'000 && weight + 3 * signatures > 4'000'000;
}

}  // namespace sluice::test
