// Whole Bitcoin blocks.
#include <cstdint>

#include "peg/parent/block.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (const auto block = sluice::parent::decode_parent_block({data, size})) {
        CHECK(block->txids.size() == block->transactions.size());
    }
    return 0;
}
