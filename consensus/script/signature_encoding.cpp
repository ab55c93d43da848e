#include "consensus/script/signature_encoding.h"

#include "crypto/ecdsa.h"

namespace sluice::script {

bool is_compressed(ByteView pubkey) { return pubkey.size() == 33 && (pubkey[0] == 2 || pubkey[0] == 3); }

bool is_compressed_or_uncompressed(ByteView pubkey) {
    return is_compressed(pubkey) || (pubkey.size() == 65 && pubkey[0] == 4);
}

bool is_defined_hash_type(uint8_t hash_type, Flags flags) {
    uint8_t ignored = kSighashAnyoneCanPay;
    if ((flags & kVerifySighashRangeproof) != 0) ignored |= kSighashRangeproof;
    const auto base = static_cast<uint8_t>(hash_type & ~ignored);
    return base >= kSighashAll && base <= kSighashSingle;
}

ScriptResult check_signature_encoding(ByteView signature, Flags flags) {
    if (signature.empty()) return {};  // the compact way to say "no signature"
    Bytes with_hash_type = to_bytes(signature);
    if ((flags & kNoSighashByte) != 0) with_hash_type.push_back(kSighashAll);
    const ByteView der = ByteView(with_hash_type).first(with_hash_type.size() - 1);

    const bool wants_der = (flags & (kVerifyDerSig | kVerifyLowS | kVerifyStrictEnc)) != 0;
    if (wants_der && !is_strict_der(with_hash_type)) return script_fail(ScriptError::kSigDer);
    if ((flags & kVerifyLowS) != 0 && !is_low_s(der)) return script_fail(ScriptError::kSigHighS);
    if ((flags & kVerifyStrictEnc) != 0 && !is_defined_hash_type(with_hash_type.back(), flags)) {
        return script_fail(ScriptError::kSigHashtype);
    }
    return {};
}

ScriptResult check_pubkey_encoding(ByteView pubkey, Flags flags, SigVersion version) {
    if ((flags & kVerifyStrictEnc) != 0 && !is_compressed_or_uncompressed(pubkey)) {
        return script_fail(ScriptError::kPubkeyType);
    }
    if ((flags & kVerifyWitnessPubkeyType) != 0 && version == SigVersion::kWitnessV0 && !is_compressed(pubkey)) {
        return script_fail(ScriptError::kWitnessPubkeyType);
    }
    return {};
}

}  // namespace sluice::script
