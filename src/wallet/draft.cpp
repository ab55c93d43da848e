#include "wallet/draft.h"

#include "consensus/primitives/discount.h"

namespace sluice::wallet {
namespace {

size_t surjection_targets(const Transaction& tx) {
    size_t out = 0;
    for (const TxIn& in : tx.inputs)
        out += 1 + (in.issuance.amount.is_null() ? 0 : 1) + (in.issuance.inflation_keys.is_null() ? 0 : 1);
    return out;
}

void size_issuance(TxIn& in, const ProofOptions& proof) {
    const auto hide = [&](ConfidentialValue& value, Bytes& bytes) {
        if (!value.is_explicit()) return;
        bytes.resize(range_proof_size(value.explicit_value(), true, proof));
        value = ValueCommitment{};
    };
    hide(in.issuance.amount, in.witness.issuance_amount_rangeproof);
    hide(in.issuance.inflation_keys, in.witness.inflation_keys_rangeproof);
}

}  // namespace

bool Wallet::Draft::spends_blinded() const {
    return std::ranges::any_of(spent, [](const SpentOutput& s) { return s.opened.is_blinded(); });
}

bool Wallet::Draft::has_receiver() const {
    return std::ranges::any_of(receivers, [](const auto& key) { return key.has_value(); });
}

TxOut pay_to(const Script& script, const AssetId& asset, Amount amount) {
    TxOut out;
    out.asset = asset;
    out.value = amount;
    out.script = script;
    return out;
}

TxOut dummy_output(const AssetId& asset) { return pay_to(Script{{0x6a}}, asset, Amount{0}); }

Amount fee_for(const Transaction& tx, const std::vector<SpentOutput>& spent,
               const std::vector<std::optional<PubKey>>& receivers, bool blind_issuance, const ProofOptions& proof,
               bool discount, int64_t rate) {
    Transaction sized = tx;
    const size_t targets = surjection_targets(tx);
    for (size_t i = 0; i < sized.inputs.size(); ++i) {
        if (const auto& scripts = spent[i].scripts) {
            sized.inputs[i].script_sig = scripts->script_sig;
            sized.inputs[i].witness.script_witness = scripts->witness;
        }
        if (blind_issuance) size_issuance(sized.inputs[i], proof);
    }
    for (size_t i = 0; i < sized.outputs.size(); ++i) {
        if (receivers[i]) sized.outputs[i] = blinded_size_of(sized.outputs[i], targets, proof);
    }
    auto weight = static_cast<int64_t>(3 * serialized_size(sized, WitnessForm::kWithout) +
                                       serialized_size(sized, WitnessForm::kWith));
    if (discount) weight = discounted_weight(sized, weight);
    return {((weight + 3) / 4 * rate + 999) / 1000};
}

}  // namespace sluice::wallet
