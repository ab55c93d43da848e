// Records read back from disk: a damaged one is refused, a good one re-encodes to itself.
#include "chain/records.h"

using namespace sluice;
using namespace sluice::chain;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ByteView bytes(data, size);
    if (const auto coin = decode_coin(bytes)) CHECK(equal(encode_coin(*coin), bytes));
    if (const auto outpoint = parse_coin_key(bytes)) CHECK(equal(coin_key(*outpoint), bytes));
    if (const auto node = decode<NodeRecord>(bytes)) CHECK(equal(encode(*node), bytes));
    // A block, then what claims to be its undo record: the first two bytes say where one ends.
    if (size > 2) {
        const size_t split = std::min<size_t>(size - 2, data[0] | (size_t{data[1]} << 8));
        if (const auto block = parse_block(bytes.subspan(2, split))) {
            if (const auto delta = rebuild_delta(*block, 5, bytes.subspan(2 + split))) {
                CHECK(equal(encode_undo(delta->spent), bytes.subspan(2 + split)));
            }
        }
    }
    return 0;
}
