// Any transaction, script code and hash type: both digests exist for every input.
#include "consensus/script/sighash.h"
#include "codec/reader.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::script;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Reader r(ByteView(data, size));
    const uint32_t hash_type = r.u32();
    const Flags flags = r.u8() % 2 == 0 ? kVerifyNone : kVerifySighashRangeproof;
    const Bytes script_code = r.var_bytes();
    Transaction tx;
    describe(r, tx);
    if (!r.ok() || tx.inputs.size() > 16) return 0;
    const TxHashes hashes = compute_tx_hashes(tx);
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const Hash256 legacy = sighash_legacy(tx, script_code, i, HashType{hash_type, flags});
        CHECK(legacy == sighash_legacy(tx, script_code, i, HashType{hash_type, flags}));
        (void)sighash_v0(tx, script_code, i, Amount{1}, HashType{hash_type, flags}, hashes);
    }
    return 0;
}
