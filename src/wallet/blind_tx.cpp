#include "wallet/blind_tx.h"

#include <algorithm>
#include <array>
#include <bit>

#include "confidential/secret/output.h"
#include "confidential/secret/surjection_targets.h"
#include "consensus/primitives/issuance.h"
#include "consensus/script/script.h"
#include "util/random.h"

namespace sluice::wallet {
namespace {

using confidential::AssetTag;
using confidential::BlindingFactor;
using confidential::GeneratorBytes;
using confidential::OpenedOutput;
using confidential::Opening;

constexpr std::string_view kBadInputBlind = "a blinding factor of an input is not a number below the group order";

std::optional<Opening> opening_of(const Opened& opened) {
    auto asset_blind = BlindingFactor::from_bytes(opened.asset_blind.view());
    auto value_blind = BlindingFactor::from_bytes(opened.value_blind.view());
    if (!asset_blind || !value_blind || opened.value.sat < 0) return std::nullopt;
    return Opening{static_cast<uint64_t>(opened.value.sat), std::move(*asset_blind), std::move(*value_blind)};
}

Opened opened_of(const OpenedOutput& what) {
    return {AssetId::from(what.asset), Amount{static_cast<int64_t>(what.opening.value)},
            BlindBytes::from_view(what.opening.asset_blind.view()),
            BlindBytes::from_view(what.opening.value_blind.view())};
}

class Blinder {
public:
    Blinder(Transaction tx, const BlindRequest& request) : request_(request) { out_.tx = std::move(tx); }

    Result<BlindedTx> run() {
        TRY_VOID(check_request());
        TRY_VOID(collect_inputs());
        TRY_VOID(blind_issuances());
        TRY_VOID(blind_outputs());
        return std::move(out_);
    }

private:
    [[nodiscard]] const SecretKey* issuance_key(size_t input, AmountPart part) const {
        if (input >= request_.issuances.size()) return nullptr;
        const IssuanceKeys& keys = request_.issuances[input];
        const auto& key = part == AmountPart::kTokens ? keys.tokens : keys.amount;
        return key ? &*key : nullptr;
    }

    Status add_target(const AssetId& asset, const BlindingFactor& blind) {
        if (!targets_.add(AssetTag::from(asset), blind)) return fail("an asset has no generator");
        return {};
    }

    Status check_request() {
        if (request_.inputs.size() != out_.tx.inputs.size() || request_.receivers.size() != out_.tx.outputs.size()) {
            return fail("blinding needs to know every input and output");
        }
        for (size_t i = 0; i < out_.tx.outputs.size(); ++i) {
            if (!request_.receivers[i]) continue;
            const TxOut& out = out_.tx.outputs[i];
            if (!out.is_explicit() || out.is_fee() || !out.witness.is_null() || out.value.explicit_value().sat < 0) {
                return fail("an output to blind is a fee or blinded already");
            }
            to_blind_.push_back(static_cast<uint32_t>(i));
        }
        return {};
    }

    Status collect_inputs() {
        for (size_t i = 0; i < out_.tx.inputs.size(); ++i) {
            const BlindRequest::Input& from = request_.inputs[i];
            if (from.opened) {
                auto opening = opening_of(*from.opened);
                if (!opening) return fail(std::string(kBadInputBlind));
                TRY_VOID(add_target(from.opened->asset, opening->asset_blind));
                if (from.opened->is_blinded()) balance_in_.push_back(std::move(*opening));
            } else if (from.seen.is_explicit()) {
                TRY_VOID(add_target(from.seen.explicit_value(), {}));
            } else if (from.seen.is_commitment()) {
                targets_.add_foreign(GeneratorBytes::from(from.seen.commitment()));
            } else {
                return fail("the asset of an input is not known");
            }
            const AssetIssuance& issuance = out_.tx.inputs[i].issuance;
            if (issuance.is_null()) continue;
            const IssuanceIds ids = ids_once_blinded(i);
            if (!issuance.amount.is_null()) TRY_VOID(add_target(ids.asset, {}));
            if (!issuance.inflation_keys.is_null()) TRY_VOID(add_target(ids.token, {}));
        }
        if (!to_blind_.empty() && targets_.too_many()) {
            return fail("a transaction of more than 256 inputs cannot have blinded outputs");
        }
        return {};
    }

    // The token's id depends on whether the amount ends up as a commitment.
    [[nodiscard]] IssuanceIds ids_once_blinded(size_t input) const {
        const TxIn& in = out_.tx.inputs[input];
        IssuanceIds ids = issuance_ids(in);
        const bool blinded = in.issuance.amount.is_commitment() ||
                             (!in.issuance.amount.is_null() && issuance_key(input, AmountPart::kIssued) != nullptr);
        if (!in.issuance.is_reissuance()) ids.token = reissuance_token(ids.entropy, blinded);
        return ids;
    }

    Status blind_issuances() {
        for (size_t i = 0; i < out_.tx.inputs.size(); ++i) {
            if (out_.tx.inputs[i].issuance.is_null()) continue;
            const IssuanceIds ids = ids_once_blinded(i);
            for (const AmountPart part : {AmountPart::kIssued, AmountPart::kTokens}) {
                const SecretKey* key = issuance_key(i, part);
                if (key != nullptr)
                    TRY_VOID(blind_issuance(i, part, part == AmountPart::kTokens ? ids.token : ids.asset, *key));
            }
        }
        return {};
    }

    Status blind_issuance(size_t i, AmountPart part, const AssetId& asset, const SecretKey& key) {
        TxIn& in = out_.tx.inputs[i];
        const bool tokens = part == AmountPart::kTokens;
        ConfidentialValue& value = tokens ? in.issuance.inflation_keys : in.issuance.amount;
        Bytes& proof = tokens ? in.witness.inflation_keys_rangeproof : in.witness.issuance_amount_rangeproof;
        if (value.is_null()) return {};
        if (!value.is_explicit() || !proof.empty()) return fail("an issuance to blind is blinded already");
        if (to_blind_.empty()) return fail("a blinded issuance needs a blinded output");
        OpenedOutput what;
        what.asset = AssetTag::from(asset);
        what.opening.value = static_cast<uint64_t>(value.explicit_value().sat);
        what.opening.value_blind = BlindingFactor::generate();
        auto blinded = confidential::blind_issuance(what, key, {request_.proof.exponent, request_.proof.bits});
        if (!blinded) return fail(std::string("cannot blind an issuance: ") + to_string(blinded.error()));
        value = ValueCommitment::from(blinded->commitment);
        proof = std::move(blinded->range_proof);
        out_.amounts.push_back({part, static_cast<uint32_t>(i), opened_of(what)});
        balance_in_.push_back(std::move(what.opening));
        return {};
    }

    Status blind_outputs() {
        // Alone, its blind would be what undoes its asset's: the amount would be there for all to see.
        if (to_blind_.size() == 1 && balance_in_.empty()) {
            return fail("Unable to blind transaction: Add another output to blind in order to complete the blinding.");
        }
        for (const uint32_t i : to_blind_) TRY_VOID(blind_output(i, i == to_blind_.back()));
        return {};
    }

    Status blind_output(uint32_t i, bool last) {
        TxOut& out = out_.tx.outputs[i];
        const PubKey& receiver = *request_.receivers[i];
        OpenedOutput what;
        what.asset = AssetTag::from(out.asset.explicit_value());
        what.opening.value = static_cast<uint64_t>(out.value.explicit_value().sat);
        what.opening.asset_blind = BlindingFactor::generate();
        what.opening.value_blind =
            last ? confidential::balancing_blind(balance_in_, balance_out_, what.opening) : BlindingFactor::generate();
        const SecretKey ephemeral = SecretKey::generate();
        auto blinded = confidential::blind_output(what, out.script.view(), !is_unspendable(out.script), receiver,
                                                  ephemeral, {request_.proof.exponent, request_.proof.bits});
        if (!blinded) return fail(std::string("cannot blind an output: ") + to_string(blinded.error()));
        std::array<uint8_t, 32> seed{};
        random_bytes(seed);
        const auto choice = targets_.choose(what.asset, seed);
        if (!choice) {
            return fail(
                "Unable to blind transaction: Are you sure each asset type to blind is represented in the inputs?");
        }
        auto proof = targets_.prove(*choice, blinded->generator, what.opening.asset_blind);
        if (!proof) return fail(std::string("cannot prove an output's asset: ") + to_string(proof.error()));
        out.asset = AssetCommitment::from(blinded->generator);
        out.value = ValueCommitment::from(blinded->commitment);
        out.nonce.bytes = NonceBytes::from_view(ephemeral.pubkey().view());
        out.witness.rangeproof = std::move(blinded->range_proof);
        out.witness.surjection_proof = std::move(*proof);
        out_.amounts.push_back({AmountPart::kOutput, i, opened_of(what)});
        balance_out_.push_back(std::move(what.opening));
        return {};
    }

    const BlindRequest& request_;
    BlindedTx out_;
    std::vector<uint32_t> to_blind_;
    confidential::SurjectionTargets targets_;
    std::vector<Opening> balance_in_;
    std::vector<Opening> balance_out_;
};

}  // namespace

Result<BlindedTx> blind_transaction(Transaction tx, const BlindRequest& request) {
    return Blinder(std::move(tx), request).run();
}

// Source: confidential.md sections 4.1 and 4.3.
size_t range_proof_size(Amount value, bool spendable, const ProofOptions& proof) {
    constexpr size_t kSigned = 32;
    const uint64_t minimum = spendable ? 1 : 0;
    if (proof.exponent < 0) return 1 + (value.sat != 0 ? 8 : 0) + 2 * kSigned;
    uint64_t hidden = static_cast<uint64_t>(value.sat) - minimum;
    const size_t bits = static_cast<size_t>(std::clamp(proof.bits, 0, 64));
    const auto width = [](uint64_t v) { return static_cast<size_t>(std::max(1, static_cast<int>(std::bit_width(v)))); };
    // An exponent drops low digits only where that leaves enough bits; counting none dropped is never too little.
    const size_t mantissa = std::max(width(hidden), bits);
    const size_t rings = (mantissa + 1) / 2;
    const size_t keys = 4 * rings - (mantissa % 2 == 1 ? 2 : 0);
    const size_t head = 2 + (minimum != 0 || proof.exponent > 0 ? 8 : 0);
    return head + (rings + 6) / 8 + (rings - 1) * kSigned + kSigned + keys * kSigned;
}

TxOut blinded_size_of(const TxOut& out, size_t surjection_targets, const ProofOptions& proof) {
    TxOut sized = out;
    const bool spendable = !is_unspendable(out.script);
    const Amount value = out.value.explicit_value();
    sized.asset = AssetCommitment{};
    sized.value = ValueCommitment{};
    sized.nonce.bytes = NonceBytes{};
    sized.witness.rangeproof.resize(range_proof_size(value, spendable, proof));
    const size_t used = std::min(confidential::kUsualSurjectionInputs, surjection_targets);
    sized.witness.surjection_proof.resize(2 + (surjection_targets + 7) / 8 + 32 * (1 + used));
    return sized;
}

}  // namespace sluice::wallet
