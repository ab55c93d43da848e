// A transaction that decodes encodes to the same bytes, and its derived sizes agree with them.
#include "consensus/primitives/transaction.h"
#include "consensus/primitives/merkle.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    const ByteView bytes(data, size);
    const TxRef tx = parse_tx(bytes);
    if (!tx) return 0;
    CHECK(equal(encode_tx(tx->tx), bytes));
    CHECK(tx->size == size);
    CHECK(encode_tx(tx->tx, WitnessForm::kWithout).size() == tx->stripped_size);
    (void)witness_hash(tx->tx);
    return 0;
}
