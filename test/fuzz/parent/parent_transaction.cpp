// Whatever decodes as a Bitcoin transaction encodes to the same bytes and has sane sizes.
#include <cstdint>

#include "peg/parent/transaction.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::parent;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ByteView bytes(data, size);
    if (const auto tx = decode_parent_tx(bytes)) {
        CHECK(equal(encode_parent_tx(*tx), bytes));
        CHECK(weight(*tx) >= 4 * 10);
        (void)compute_txid(*tx);
        if (!tx->inputs.empty()) (void)segwit_sighash_all(*tx, 0, {}, {});
    }
    if (size >= 64) (void)parses_as_transaction(bytes.first(64));
    return 0;
}
