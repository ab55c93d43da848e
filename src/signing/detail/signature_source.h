// SignatureSource: gives the solver a signature for a key where there is one: one that was given and holds, one that is
// made with a secret of the ring, or, to learn sizes, one of the right length. Private to signing.
#pragma once

#include "signing/solve.h"

namespace sluice::signing::detail {

class SignatureSource {
public:
    // What it refers to outlives it.
    SignatureSource(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context,
                    const KeyRing& keys, const InputParts& given)
        : tx_(&tx), index_(index), spent_(&spent), context_(&context), keys_(keys), given_(&given) {}
    // Dummies: for any key, or for those that the ring's owner holds.
    SignatureSource(const KeyRing& keys, bool any_key) : keys_(keys), any_key_(any_key) {}

    std::optional<Bytes> ecdsa(const PubKey& key, const Script& code, script::SigVersion version) const;
    // By the output key itself, or by the internal key that it was made of.
    std::optional<Bytes> tap_key(const XOnlyPubKey& output, const TaprootOutput* made) const;
    std::optional<Bytes> tap_leaf(const LeafKey& at) const;

private:
    [[nodiscard]] Hash256 digest(const Script& code, script::SigVersion version, uint8_t type) const;
    [[nodiscard]] std::optional<Hash256> tap_digest(const Hash256* leaf, uint8_t type) const;
    [[nodiscard]] bool holds(const Bytes& signature, const XOnlyPubKey& key, const Hash256* leaf) const;
    [[nodiscard]] std::optional<Bytes> schnorr_by(const SecretKey& key, const Hash256* leaf) const;

    const Transaction* tx_ = nullptr;  // none: dummies
    size_t index_ = 0;
    const TxOut* spent_ = nullptr;
    const SignContext* context_ = nullptr;
    const KeyRing& keys_;
    const InputParts* given_ = nullptr;
    bool any_key_ = false;
};

}  // namespace sluice::signing::detail
