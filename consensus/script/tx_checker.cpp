#include "consensus/script/tx_checker.h"

#include "consensus/script/introspection.h"
#include "consensus/script/trace.h"
#include "consensus/script/verify.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"

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

namespace {

class ElementsChecker final : public TransactionChecker<ElementsLayout> {
public:
    ElementsChecker(const ElementsLayout& layout, ByteView spent_value, const Transaction& tx, size_t index,
                    std::span<const TxOut> spent, const TxHashes& hashes)
        : TransactionChecker(layout, index, spent_value, hashes.v0) {
        if (hashes.taproot && !spent.empty()) introspection_.emplace(Introspection{tx, spent, *hashes.taproot, index});
    }

    [[nodiscard]] ScriptResult check_schnorr(ByteView signature, ByteView pubkey, SigVersion version,
                                             const TaprootContext& context) const override {
        if (signature.size() != 64 && signature.size() != 65) return script_fail(ScriptError::kSchnorrSigSize);
        uint8_t hash_type = kSighashDefault;
        if (signature.size() == 65) {
            hash_type = signature[64];
            if (hash_type == kSighashDefault) return script_fail(ScriptError::kSchnorrSigHashtype);
        }
        if (!introspection_) return script_fail(ScriptError::kTaprootUnavailable);
        const Introspection& on = *introspection_;
        const auto digest = sighash_taproot(on.tx, on.index, on.spent, hash_type, version, context, on.hashes);
        if (!digest) return script_fail(ScriptError::kSchnorrSigHashtype);
        if (!verify_schnorr(pubkey, digest->view(), signature.first(64))) return script_fail(ScriptError::kSchnorrSig);
        return {};
    }
    [[nodiscard]] const Introspection* introspection() const override {
        return introspection_ ? &*introspection_ : nullptr;
    }

private:
    std::optional<Introspection> introspection_;
};

ScriptResult verify(const Transaction& tx, size_t index, const TxOut& coin, std::span<const TxOut> spent, Flags flags,
                    const TxHashes& hashes, ScriptObserver* observer = nullptr) {
    ByteWriter value;
    Writer& w = value;
    describe(w, coin.value);
    const ElementsLayout layout(tx);
    const ElementsChecker checker(layout, value.bytes(), tx, index, spent, hashes);
    const TxIn& in = tx.inputs[index];
    return verify_script(in.script_sig, coin.script, in.witness.script_witness, flags, checker, observer);
}

}  // namespace

ScriptResult verify_input(const Transaction& tx, size_t index, std::span<const TxOut> spent, Flags flags,
                          const TxHashes& hashes) {
    CHECK(spent.size() == tx.inputs.size() && index < spent.size());
    return verify(tx, index, spent[index], spent, flags, hashes);
}

ScriptResult verify_input(const Transaction& tx, size_t index, const TxOut& spent, Flags flags,
                          const TxHashes& hashes) {
    const auto program = parse_witness_program(spent.script.view());
    const bool is_taproot = program && program->version == 1 && program->program.size() == 32;
    if (is_taproot && (flags & kVerifyTaproot) != 0) return script_fail(ScriptError::kTaprootUnavailable);
    return verify(tx, index, spent, {}, flags, hashes);
}

ScriptTrace trace_input(const Transaction& tx, size_t index, std::span<const TxOut> spent, Flags flags,
                        const TxHashes& hashes, size_t steps) {
    CHECK(spent.size() == tx.inputs.size() && index < spent.size());
    return trace_script(
        [&](ScriptObserver& observer) { return verify(tx, index, spent[index], spent, flags, hashes, &observer); },
        steps);
}

ScriptTrace trace_input(const Transaction& tx, size_t index, const TxOut& spent, Flags flags, const TxHashes& hashes,
                        size_t steps) {
    return trace_script(
        [&](ScriptObserver& observer) { return verify(tx, index, spent, {}, flags, hashes, &observer); }, steps);
}

}  // namespace sluice::script
