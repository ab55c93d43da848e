// PLAN records from a coinbase: decoding never fails badly, and what decodes has one encoding; applying it to an empty
// ledger is a fault, never a crash.
#include <cstdint>

#include "peg/ledger/ledger.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::ledger;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ByteView bytes(data, size);
    const auto record = decode_plan(bytes);
    if (record) CHECK(equal(encode_plan(*record), bytes));
    LedgerParams params;
    params.sets.emplace_back();
    Ledger ledger(params);
    BlockFacts facts;
    facts.requests.resize(3);
    facts.plan = to_bytes(bytes);
    ledger.apply(facts);
    CHECK(record || !ledger.fault().empty());
    return 0;
}
