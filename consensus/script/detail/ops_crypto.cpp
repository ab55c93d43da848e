// Opcodes that hash and check signatures.
#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"
#include "consensus/script/signature_encoding.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"

namespace sluice::script::detail {

ScriptResult Evaluation::hash_op(uint8_t opcode) {
    TRY_VOID(need(1));
    const Bytes input = take();
    switch (opcode) {
        case OP_RIPEMD160: push(to_bytes(ripemd160(input).view())); return {};
        case OP_SHA1: push(to_bytes(sha1(input).view())); return {};
        case OP_SHA256: push(to_bytes(sha256(input).view())); return {};
        case OP_HASH160: push(to_bytes(hash160(input).view())); return {};
        case OP_HASH256: push(to_bytes(sha256d(input).view())); return {};
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

Result<Bytes, ScriptError> Evaluation::script_code_without(ByteView signature, Bytes script_code) {
    if (version_ != SigVersion::kBase) return script_code;
    const ScriptBuilder pattern = ScriptBuilder().push(signature);
    std::optional<Bytes> without = find_and_delete(script_code, pattern.bytes());
    if (!without) return script_code;
    if ((flags_ & kVerifyConstScriptCode) != 0) return script_fail(ScriptError::kSigFindAndDelete);
    return std::move(*without);
}

Result<bool, ScriptError> Evaluation::signature_ok(ByteView signature, ByteView pubkey) {
    if (!before_tapscript()) return tapscript_signature_ok(signature, pubkey);
    const Bytes script_code = TRY(script_code_without(signature, to_bytes(script_.subspan(code_start_))));
    TRY_VOID(check_signature_encoding(signature, flags_));
    TRY_VOID(check_pubkey_encoding(pubkey, flags_, version_));
    const bool good = checker_.check_ecdsa(signature, pubkey, script_code, version_, flags_);
    if (!good && (flags_ & kVerifyNullFail) != 0 && !signature.empty()) return script_fail(ScriptError::kSigNullFail);
    return good;
}

// BIP342: an empty signature is false, a non-empty one spends budget and must be valid; keys of unknown size always
// pass.
Result<bool, ScriptError> Evaluation::tapscript_signature_ok(ByteView signature, ByteView pubkey) {
    if (!signature.empty()) TRY_VOID(spend_validation_weight());
    if (pubkey.empty()) return script_fail(ScriptError::kPubkeyType);
    if (pubkey.size() != 32) {
        if ((flags_ & kVerifyDiscourageUpgradablePubkeyType) != 0) {
            return script_fail(ScriptError::kDiscourageUpgradablePubkeyType);
        }
        return !signature.empty();
    }
    if (signature.empty()) return false;
    TRY_VOID(checker_.check_schnorr(signature, pubkey, version_, taproot_));
    return true;
}

ScriptResult Evaluation::spend_validation_weight() {
    constexpr int64_t kPerSignature = 50;
    taproot_.validation_weight_left -= kPerSignature;
    if (taproot_.validation_weight_left < 0) return script_fail(ScriptError::kTapscriptValidationWeight);
    return {};
}

ScriptResult Evaluation::check_sig(bool verify) {
    TRY_VOID(need(2));
    const bool good = TRY(signature_ok(top(1), top(0)));
    pop(2);
    push_bool(good);
    if (verify) return verify_top(ScriptError::kCheckSigVerify);
    return {};
}

ScriptResult Evaluation::check_sig_add() {
    if (before_tapscript()) return script_fail(ScriptError::kBadOpcode);
    TRY_VOID(need(3));
    const int64_t count = TRY(number(1));
    const bool good = TRY(signature_ok(top(2), top(0)));
    pop(3);
    push_number(count + (good ? 1 : 0));
    return {};
}

// Stack, bottom first: dummy, signatures, their number, keys, their number. Signatures must come in the order of their
// keys.
ScriptResult Evaluation::check_multisig(bool verify) {
    if (!before_tapscript()) return script_fail(ScriptError::kTapscriptCheckMultisig);
    TRY_VOID(need(1));
    const int64_t key_count = TRY(number(0));
    if (key_count < 0 || key_count > kMaxPubkeysPerMultisig) return script_fail(ScriptError::kPubkeyCount);
    op_count_ += static_cast<int>(key_count);
    if (op_count_ > kMaxOpsPerScript) return script_fail(ScriptError::kOpCount);
    const size_t keys = static_cast<size_t>(key_count);
    TRY_VOID(need(keys + 2));
    const int64_t signature_count = TRY(number(keys + 1));
    if (signature_count < 0 || signature_count > key_count) return script_fail(ScriptError::kSigCount);
    const size_t signatures = static_cast<size_t>(signature_count);
    // One element more than the operands is taken, and always was. It has to be there before any signature is judged.
    TRY_VOID(need(keys + signatures + 3));
    const size_t first_key = 1;               // depth on the stack of the last key pushed
    const size_t first_signature = keys + 2;  // likewise of the last signature

    Bytes script_code = to_bytes(script_.subspan(code_start_));
    for (size_t i = 0; i < signatures; ++i) {
        script_code = TRY(script_code_without(top(first_signature + i), std::move(script_code)));
    }

    size_t key = 0;
    size_t signature = 0;
    // Once more signatures than keys are left, the rest is not looked at, not even at its encoding.
    while (signature < signatures && signatures - signature <= keys - key) {
        const Bytes& sig = top(first_signature + signature);
        const Bytes& pubkey = top(first_key + key);
        TRY_VOID(check_signature_encoding(sig, flags_));
        TRY_VOID(check_pubkey_encoding(pubkey, flags_, version_));
        if (checker_.check_ecdsa(sig, pubkey, script_code, version_, flags_)) ++signature;
        ++key;
    }
    const bool good = signature == signatures;
    if (!good && (flags_ & kVerifyNullFail) != 0) {
        for (size_t i = 0; i < signatures; ++i) {
            if (!top(first_signature + i).empty()) return script_fail(ScriptError::kSigNullFail);
        }
    }
    pop(keys + signatures + 2);
    if ((flags_ & kVerifyNullDummy) != 0 && !top().empty()) return script_fail(ScriptError::kSigNullDummy);
    pop();
    push_bool(good);
    if (verify) return verify_top(ScriptError::kCheckMultisigVerify);
    return {};
}

// Before tapscript: ECDSA over SHA256(message), without a hash type byte, and a bad signature ends the script. In
// tapscript: BIP340 over the whole message (protocol page "script", section 3.2).
ScriptResult Evaluation::check_sig_from_stack(bool verify) {
    TRY_VOID(need(3));
    const Bytes& signature = top(2);
    const Bytes& message = top(1);
    const Bytes& pubkey = top(0);
    bool good = false;
    if (before_tapscript()) {
        TRY_VOID(check_signature_encoding(signature, flags_ | kNoSighashByte));
        TRY_VOID(check_pubkey_encoding(pubkey, flags_, version_));
        if (!verify_ecdsa(pubkey, signature, sha256(message))) return script_fail(ScriptError::kCheckSigVerify);
        good = true;
    } else {
        good = !signature.empty();
        if (good) TRY_VOID(spend_validation_weight());
        if (pubkey.empty()) return script_fail(ScriptError::kPubkeyType);
        if (pubkey.size() != 32) {
            if ((flags_ & kVerifyDiscourageUpgradablePubkeyType) != 0) {
                return script_fail(ScriptError::kDiscourageUpgradablePubkeyType);
            }
        } else if (good) {
            if (signature.size() != 64) return script_fail(ScriptError::kSchnorrSigSize);
            if (!verify_schnorr(pubkey, message, signature)) return script_fail(ScriptError::kSchnorrSig);
        }
    }
    pop(3);
    push_bool(good);
    if (verify) return verify_top(ScriptError::kCheckSigVerify);
    return {};
}

}  // namespace sluice::script::detail
