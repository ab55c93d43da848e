// A block that decodes encodes to the same bytes, except a dynafed header with two null entries, whose mark is not
// kept.
#include "consensus/primitives/block.h"
#include "consensus/primitives/merkle.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    const ByteView bytes(data, size);
    const auto block = parse_block(bytes);
    if (!block) return 0;
    const bool keeps_mark = (data[3] & 0x80) == 0 || block->header.is_dynafed();
    const Bytes again = encode_block(*block);
    if (keeps_mark) CHECK(equal(again, bytes));
    CHECK(block_size(*block).full == again.size());
    CHECK(block_size(*block).stripped == encode_block(*block, WitnessForm::kWithout).size());
    (void)tx_merkle_root(block->transactions);
    (void)witness_merkle_root(block->transactions);
    return 0;
}
