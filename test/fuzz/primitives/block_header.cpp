// A header that decodes encodes to the same bytes and hashes the same.
#include "consensus/primitives/block.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    const ByteView bytes(data, size);
    const auto header = parse_header(bytes);
    if (!header) return 0;
    const auto again = parse_header(encode_header(*header));
    CHECK(again.has_value());
    CHECK(*again == *header);
    CHECK(compute_hash(*again) == compute_hash(*header));
    return 0;
}
