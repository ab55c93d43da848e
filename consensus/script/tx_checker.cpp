#include "consensus/script/tx_checker.h"

#include "consensus/script/verify.h"
#include "crypto/ecdsa.h"

namespace sluice::script {

bool satisfies_lock_time(const LockTimeFields& tx, int64_t required) {
    // Heights are compared with heights, times with times.
    if ((tx.lock_time < kLocktimeThreshold) != (required < kLocktimeThreshold)) return false;
    if (required > tx.lock_time) return false;
    // A final input switches the transaction's lock time off.
    return tx.sequence != kSequenceFinal;
}

bool satisfies_sequence(const LockTimeFields& tx, int64_t required) {
    constexpr uint32_t kDisabled = 1u << 31;
    constexpr uint32_t kIsTime = 1u << 22;
    constexpr uint32_t kMask = kIsTime | 0xffff;
    if (static_cast<uint32_t>(tx.version) < 2) return false;
    if ((tx.sequence & kDisabled) != 0) return false;
    const uint32_t have = tx.sequence & kMask;
    const auto want = static_cast<uint32_t>(required & kMask);
    if ((have & kIsTime) != (want & kIsTime)) return false;
    return want <= have;
}

bool check_ecdsa_with_hash_type(ByteView signature, ByteView pubkey, const Hash256& digest) {
    return !signature.empty() && verify_ecdsa(pubkey, signature.first(signature.size() - 1), digest);
}

ScriptResult verify_input(const Transaction& tx, size_t index, const TxOut& spent, Flags flags, const TxHashes& hashes) {
    ByteWriter value;
    Writer& w = value;
    describe(w, spent.value);
    const ElementsLayout layout(tx);
    const TransactionChecker<ElementsLayout> checker(layout, index, value.bytes(), hashes.v0);
    const TxIn& in = tx.inputs[index];
    return verify_script(in.script_sig, spent.script, in.witness.script_witness, flags, checker);
}

}  // namespace sluice::script
