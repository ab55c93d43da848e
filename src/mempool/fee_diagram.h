// Fee diagrams: what a block earns as it fills, from chunks of transactions that are mined together, best first. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace sluice::mempool {

struct FeeChunk {
    int64_t fees = 0;   // satoshi
    int64_t vsize = 0;  // > 0
};

// `after` earns nowhere less than `before`, and somewhere more. Orders both. Precondition: sums of fees below 2^60, of
// sizes below 2^40.
bool improves(std::vector<FeeChunk> after, std::vector<FeeChunk> before);

}  // namespace sluice::mempool
