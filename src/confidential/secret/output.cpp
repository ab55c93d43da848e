#include "confidential/secret/output.h"

#include "confidential/secret/blinding_keys.h"
#include "confidential/secret/range_sign.h"
#include "confidential/secret/surjection_sign.h"

namespace sluice::confidential {
namespace {

constexpr size_t kMessageSize = 64;  // asset, then asset blind

std::optional<GeneratorBytes> plain_generator(const AssetTag& asset) {
    return blinded_generator(asset, BlindingFactor());
}

Result<BlindedAmount, SecretError> blind_amount(const OpenedOutput& what, ByteView script, uint64_t min_value,
                                                ByteView nonce, const RangeOptions& options) {
    const auto generator = blinded_generator(what.asset, what.opening.asset_blind);
    if (!generator) return unexpected(SecretError::kBadSecret);
    const auto commitment = commit_value(what.opening.value, what.opening.value_blind, *generator);
    if (!commitment) return unexpected(SecretError::kBadSecret);
    Bytes message = to_bytes(what.asset.view());
    message.reserve(kMessageSize);
    append(message, what.opening.asset_blind.view());
    auto proof = sign_range_proof({*commitment, *generator, script}, {min_value, options.exponent, options.min_bits},
                                  what.opening.value, what.opening.value_blind, nonce, message);
    wipe(message);
    if (!proof) return unexpected(proof.error());
    return BlindedAmount{*generator, *commitment, std::move(*proof)};
}

}  // namespace

Result<OpenedOutput, SecretError> open_output(const SealedOutput& sealed, const SecretKey& blinding_key) {
    if (sealed.generator.has_value() == sealed.asset.has_value()) return unexpected(SecretError::kBadParameters);
    const auto generator = sealed.generator ? sealed.generator : plain_generator(*sealed.asset);
    if (!generator) return unexpected(SecretError::kBadPoint);
    Secret<32> nonce;
    if (sealed.nonce) {
        nonce = output_nonce(blinding_key, *sealed.nonce);
    } else {
        std::ranges::copy(blinding_key.view(), nonce.mutable_view().begin());
    }
    const RangeStatement about{sealed.commitment, *generator, sealed.nonce ? sealed.script : ByteView{}};
    Rewound rewound = TRY(rewind_range_proof(about, sealed.range_proof, nonce.view()));
    // An exact-value proof carries no message: nothing says which asset it is.
    if (rewound.message.size() < kMessageSize) return unexpected(SecretError::kNotForThisKey);
    const ByteView message(rewound.message);
    OpenedOutput out;
    out.asset = AssetTag::from_view(message.first(32));
    auto asset_blind = BlindingFactor::from_bytes(message.subspan(32, 32));
    if (!asset_blind) return unexpected(SecretError::kNotForThisKey);
    const auto again = blinded_generator(out.asset, *asset_blind);
    if (!again || *again != *generator) return unexpected(SecretError::kNotForThisKey);
    out.opening.value = rewound.value;
    out.opening.asset_blind = std::move(*asset_blind);
    out.opening.value_blind = std::move(rewound.blind);
    return out;
}

Result<BlindedAmount, SecretError> blind_output(const OpenedOutput& what, ByteView script, bool spendable,
                                                const PubKey& receiver, const SecretKey& ephemeral,
                                                const RangeOptions& options) {
    const Secret<32> nonce = output_nonce(ephemeral, receiver);
    return blind_amount(what, script, spendable ? 1 : 0, nonce.view(), options);
}

Result<BlindedAmount, SecretError> blind_issuance(const OpenedOutput& what, const SecretKey& blinding_key,
                                                  const RangeOptions& options) {
    if (!what.opening.asset_blind.is_zero()) return unexpected(SecretError::kBadParameters);
    return blind_amount(what, {}, 1, blinding_key.view(), options);
}

Result<Bytes, SecretError> prove_value(const CommitmentBytes& commitment, const GeneratorBytes& generator,
                                       const Opening& opening, ByteView nonce) {
    const RangeParams exactly{opening.value, -1, 0};
    return sign_range_proof({commitment, generator, {}}, exactly, opening.value, opening.value_blind, nonce, {});
}

Result<Bytes, SecretError> prove_asset(const AssetTag& asset, const GeneratorBytes& generator,
                                       const BlindingFactor& asset_blind) {
    const auto plain = plain_generator(asset);
    if (!plain) return unexpected(SecretError::kBadPoint);
    return sign_surjection_proof({{1}, 0}, {&*plain, 1}, generator, BlindingFactor(), asset_blind);
}

}  // namespace sluice::confidential
