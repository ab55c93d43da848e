// Headers and Merkle proofs from strangers: decode, extract, re-encode.
#include <cstdint>

#include "peg/parent/header_rules.h"
#include "peg/parent/merkle_block.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::parent;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ByteView bytes(data, size);
    if (const auto block = decode<MerkleBlock>(bytes)) {
        CHECK(equal(encode(*block), bytes));
        if (const auto found = extract_matches(block->tree)) {
            for (const MerkleMatch& match : found->matches) CHECK(match.index < block->tree.transactions);
        }
    }
    if (const auto header = decode<ParentHeader>(bytes)) {
        (void)check_pow(compute_hash(*header), header->bits, header_rules(Network::kRegtest).limit);
        if (const auto target = target_of(header->bits)) CHECK(target_of(compact_of(*target)) == target);
        CHECK(work_of(header->bits).is_zero() != target_of(header->bits).has_value());
    }
    return 0;
}
