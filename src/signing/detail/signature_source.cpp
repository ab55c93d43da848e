#include "signing/detail/signature_source.h"

#include "consensus/script/flags.h"
#include "consensus/script/taproot.h"
#include "consensus/script/tx_checker.h"
#include "crypto/ecdsa.h"
#include "crypto/key_forms.h"
#include "crypto/schnorr.h"

namespace sluice::signing::detail {
namespace {

using script::SigVersion;

constexpr size_t kEcdsaSize = 71;  // DER with low R and low S, and the hash type
constexpr size_t kSchnorrSize = 64;

// BIP341: of the key whose point has an even y.
std::optional<SecretKey> tweaked(const SecretKey& internal, const TaprootOutput& made) {
    const SecretKey even = internal.pubkey().view()[0] == 2 ? internal.clone() : negated(internal);
    return even.add_tweak(script::taptweak_hash(made.internal_key.view(), made.merkle_root).view());
}

}  // namespace

Hash256 SignatureSource::digest(const Script& code, SigVersion version, uint8_t type) const {
    const script::HashType hash_type{type, script::kVerifySighashRangeproof};
    return version == SigVersion::kWitnessV0
               ? script::sighash_v0(*tx_, code.view(), index_, spent_->value, hash_type, *context_->hashes)
               : script::sighash_legacy(*tx_, code.view(), index_, hash_type);
}

std::optional<Bytes> SignatureSource::ecdsa(const PubKey& key, const Script& code, SigVersion version) const {
    const Hash160 id = key.hash160();
    // Witness programs know compressed keys only.
    if (version == SigVersion::kWitnessV0 && !key.is_compressed()) return std::nullopt;
    if (tx_ == nullptr) return any_key_ || keys_.holds(id) ? std::optional(Bytes(kEcdsaSize)) : std::nullopt;
    if (const auto found = given_->signatures.find(id); found != given_->signatures.end()) {
        const Bytes& signature = found->second.signature;
        const bool good =
            !signature.empty() && is_strict_der(signature) &&
            script::check_ecdsa_with_hash_type(signature, key.view(), digest(code, version, signature.back()));
        if (good) return signature;
    }
    const SecretKey* secret = keys_.secret_of(key.view());
    if (secret == nullptr || (context_->segwit_only && version != SigVersion::kWitnessV0)) return std::nullopt;
    uint8_t type = context_->hash_type.value_or(script::kSighashAll);
    if (type == script::kSighashDefault) type = script::kSighashAll;
    // SIGHASH_SINGLE without an output would sign the number one.
    if ((type & 0x1f) == script::kSighashSingle && index_ >= tx_->outputs.size()) return std::nullopt;
    Bytes out = sign_ecdsa(*secret, digest(code, version, type));
    out.push_back(type);
    return out;
}

std::optional<Hash256> SignatureSource::tap_digest(const Hash256* leaf, uint8_t type) const {
    if (context_->spent.size() != tx_->inputs.size() || !context_->hashes->taproot) return std::nullopt;
    script::TaprootContext path;
    if (leaf != nullptr) path.leaf_hash = *leaf;
    return script::sighash_taproot(*tx_, index_, context_->spent, type,
                                   leaf == nullptr ? SigVersion::kTaproot : SigVersion::kTapscript, path,
                                   *context_->hashes->taproot);
}

bool SignatureSource::holds(const Bytes& signature, const XOnlyPubKey& key, const Hash256* leaf) const {
    const bool typed = signature.size() == kSchnorrSize + 1 && signature.back() != script::kSighashDefault;
    if (!typed && signature.size() != kSchnorrSize) return false;
    const auto message = tap_digest(leaf, typed ? signature.back() : script::kSighashDefault);
    return message && verify_schnorr(key.view(), message->view(), ByteView(signature).first(kSchnorrSize));
}

std::optional<Bytes> SignatureSource::schnorr_by(const SecretKey& key, const Hash256* leaf) const {
    const uint8_t type = context_->hash_type.value_or(script::kSighashDefault);
    const auto message = tap_digest(leaf, type);
    if (!message) return std::nullopt;
    Bytes out = sign_schnorr(key, message->view(), context_->auxiliary);
    if (type != script::kSighashDefault) out.push_back(type);
    return out;
}

std::optional<Bytes> SignatureSource::tap_key(const XOnlyPubKey& output, const TaprootOutput* made) const {
    if (tx_ == nullptr) {
        const bool held = keys_.holds(output) || (made != nullptr && keys_.holds(made->internal_key));
        return any_key_ || held ? std::optional(Bytes(kSchnorrSize)) : std::nullopt;
    }
    if (holds(given_->tap_key_signature, output, nullptr)) return given_->tap_key_signature;
    const SecretKey* internal = made != nullptr ? keys_.secret_of(made->internal_key) : nullptr;
    const auto key = internal != nullptr ? tweaked(*internal, *made) : std::nullopt;
    if (key && XOnlyPubKey::from(key->pubkey()) == output) return schnorr_by(*key, nullptr);
    const SecretKey* raw = keys_.secret_of(output);
    return raw != nullptr ? schnorr_by(*raw, nullptr) : std::nullopt;
}

std::optional<Bytes> SignatureSource::tap_leaf(const LeafKey& at) const {
    if (tx_ == nullptr) return any_key_ || keys_.holds(at.key) ? std::optional(Bytes(kSchnorrSize)) : std::nullopt;
    const auto found = given_->tap_leaf_signatures.find(at);
    if (found != given_->tap_leaf_signatures.end() && holds(found->second, at.key, &at.leaf)) return found->second;
    const SecretKey* secret = keys_.secret_of(at.key);
    return secret != nullptr ? schnorr_by(*secret, &at.leaf) : std::nullopt;
}

}  // namespace sluice::signing::detail
