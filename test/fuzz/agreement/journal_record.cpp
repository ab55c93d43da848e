// Records of the signer's journal: whatever decodes encodes to the same bytes and can be applied.
#include <cstdlib>

#include "federation/agreement/journal.h"

using namespace sluice;
using namespace sluice::agreement;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto record = decode_record({data, size});
    if (!record) return 0;
    if (!equal(encode_record(*record), {data, size})) std::abort();
    (void)record_key(*record);
    JournalState state;
    apply(state, *record);
    forget_old(state);
    return 0;
}
