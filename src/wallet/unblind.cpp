#include "wallet/unblind.h"

#include "confidential/secret/output.h"
#include "consensus/primitives/issuance.h"
#include "consensus/script/script.h"

namespace sluice::wallet {
namespace {

std::optional<Opened> open_sealed(const confidential::SealedOutput& sealed, const SecretKey& key) {
    const auto opened = confidential::open_output(sealed, key);
    if (!opened || opened->opening.value > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
    Opened out;
    out.asset = AssetId::from(opened->asset);
    out.value = Amount{static_cast<int64_t>(opened->opening.value)};
    out.asset_blind = BlindBytes::from_view(opened->opening.asset_blind.view());
    out.value_blind = BlindBytes::from_view(opened->opening.value_blind.view());
    return out;
}

}  // namespace

std::optional<Opened> read_open_output(const TxOut& out) {
    if (!out.is_explicit()) return std::nullopt;
    return Opened{out.asset.explicit_value(), out.value.explicit_value(), {}, {}};
}

std::optional<Opened> open_output(const TxOut& out, const SecretKey& key, const AssetId& pegged_asset) {
    if (out.is_explicit()) return read_open_output(out);
    if (!out.value.is_commitment() || out.asset.is_null() || !out.nonce.is_commitment()) return std::nullopt;
    confidential::SealedOutput sealed;
    if (out.asset.is_explicit()) {
        sealed.asset = confidential::AssetTag::from(out.asset.explicit_value());
    } else {
        sealed.generator = confidential::GeneratorBytes::from(out.asset.commitment());
    }
    sealed.commitment = confidential::CommitmentBytes::from(out.value.commitment());
    sealed.nonce = PubKey::parse(out.nonce.bytes->view());
    if (!sealed.nonce) return std::nullopt;
    sealed.range_proof = out.witness.rangeproof;
    sealed.script = out.script.view();
    const auto opened = open_sealed(sealed, key);
    if (!opened) return std::nullopt;
    if (opened->value.sat == 0 && !is_unspendable(out.script)) return std::nullopt;
    if (opened->asset == pegged_asset && !in_money_range(opened->value)) return std::nullopt;
    return opened;
}

std::optional<Opened> open_issuance(const TxIn& in, AmountPart part, const SecretKey* key) {
    const bool tokens = part == AmountPart::kTokens;
    const ConfidentialValue& value = tokens ? in.issuance.inflation_keys : in.issuance.amount;
    if (value.is_null()) return std::nullopt;
    const IssuanceIds ids = issuance_ids(in);
    const AssetId asset = tokens ? ids.token : ids.asset;
    if (value.is_explicit()) return Opened{asset, value.explicit_value(), {}, {}};
    if (key == nullptr) return std::nullopt;
    confidential::SealedOutput sealed;
    sealed.asset = confidential::AssetTag::from(asset);
    sealed.commitment = confidential::CommitmentBytes::from(value.commitment());
    sealed.range_proof = tokens ? in.witness.inflation_keys_rangeproof : in.witness.issuance_amount_rangeproof;
    const auto opened = open_sealed(sealed, *key);
    return opened && opened->asset == asset ? opened : std::nullopt;
}

}  // namespace sluice::wallet
