#include "pset/analyze.h"

#include <algorithm>

#include "pset/parts.h"
#include "pset/sign.h"

namespace sluice::pset {
namespace {

constexpr size_t kWitnessScale = 4;

std::string at_input(size_t i, const char* what) {
    return "PSBT is not valid. Input " + std::to_string(i) + " " + what;
}

std::string check_spent(const Input& in, const std::optional<TxOut>& spent, size_t i) {
    if (!spent) {
        const bool wrong_index = in.non_witness_utxo && in.outpoint().index >= in.non_witness_utxo->tx.outputs.size();
        return wrong_index ? at_input(i, "specifies invalid prevout") : "";
    }
    if (spent->value.is_explicit() && !in_money_range(spent->value.explicit_value())) {
        return at_input(i, "has invalid value");
    }
    if (is_unspendable(spent->script)) return at_input(i, "spends unspendable output");
    return "";
}

InputAnalysis analyze_input(const Input& in, const Signing& signing, size_t i) {
    InputAnalysis out;
    out.has_utxo = signing.spent[i].has_value();
    if (!out.has_utxo) {
        out.next = Role::kUpdater;
        return out;
    }
    out.is_final = is_signed(in, signing, i);
    if (out.is_final) return out;
    Input copy = in;
    if (finalize_input(copy, signing, i)) {
        out.next = Role::kFinalizer;
        return out;
    }
    const signing::SignContext context{signing.all_spent, &signing.hashes};
    signing::Solution made = signing::solve(signing.tx, i, *signing.spent[i], context, {}, parts_of(in));
    out.missing_redeem_script = std::move(made.missing_redeem_script);
    out.missing_witness_script = std::move(made.missing_witness_script);
    out.missing_keys = std::move(made.missing_keys);
    out.missing_signatures = std::move(made.missing_signatures);
    const bool only_signatures = out.missing_keys.empty() && out.missing_redeem_script.empty() &&
                                 out.missing_witness_script.empty() && !out.missing_signatures.empty();
    out.next = only_signatures ? Role::kSigner : Role::kUpdater;
    return out;
}

// Scripts of the size that the final ones will have; false: not known.
bool size_input(TxIn& to, const Input& in, const TxOut& spent) {
    if (in.is_final()) {
        to.script_sig = in.final_script_sig;
        to.witness.script_witness = in.final_script_witness;
        return true;
    }
    auto scripts = signing::dummy_scripts(spent.script, {}, parts_of(in));
    if (!scripts) return false;
    to.script_sig = std::move(scripts->script_sig);
    to.witness.script_witness = std::move(scripts->witness);
    return true;
}

std::optional<size_t> final_size(const Pset& pset, const Signing& signing) {
    Transaction tx = signing.tx;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (!signing.spent[i] || !size_input(tx.inputs[i], pset.inputs[i], *signing.spent[i])) return std::nullopt;
        tx.inputs[i].witness.pegin_witness = pset.inputs[i].pegin_witness;
    }
    const size_t weight =
        (kWitnessScale - 1) * serialized_size(tx, WitnessForm::kWithout) + serialized_size(tx, WitnessForm::kWith);
    return (weight + kWitnessScale - 1) / kWitnessScale;
}

bool is_fee(const Output& out) { return out.script.empty() && !out.value_commitment && !out.asset_commitment; }

// Sets outputs, fee and a role of the blinder; the text of what is wrong.
std::string look_at_outputs(Analysis& out, const Pset& pset) {
    for (const Output& each : pset.outputs) {
        out.outputs.push_back({each.wants_blinding(), check_proofs(each)});
        if (each.wants_blinding() && !each.is_fully_blinded()) out.next = Role::kBlinder;
        if (!each.wants_blinding() && is_fee(each)) {
            if (out.fee) return "There is more than one fee output";
            out.fee = each.amount;
        }
        if (!each.value_commitment && !in_money_range(*each.amount)) {
            return "PSBT is not valid. Output amount invalid";
        }
    }
    return out.fee ? "" : "PSBT missing required fee output";
}

Analysis invalid(std::string text) {
    Analysis out;
    out.error = std::move(text);
    out.next = Role::kCreator;
    return out;
}

}  // namespace

const char* to_string(Role role) {
    switch (role) {
        case Role::kCreator: return "creator";
        case Role::kUpdater: return "updater";
        case Role::kBlinder: return "blinder";
        case Role::kSigner: return "signer";
        case Role::kFinalizer: return "finalizer";
        case Role::kExtractor: return "extractor";
    }
    return "";
}

Analysis analyze(const Pset& pset, const ChainParams& params) {
    const auto signing = signing_of(pset, params);
    if (!signing) return invalid(signing.error().message);
    Analysis out;
    bool hidden_inputs = false;
    for (size_t i = 0; i < pset.inputs.size(); ++i) {
        if (std::string text = check_spent(pset.inputs[i], signing->spent[i], i); !text.empty()) {
            return invalid(std::move(text));
        }
        hidden_inputs = hidden_inputs || (signing->spent[i] && signing->spent[i]->value.is_commitment());
        out.inputs.push_back(analyze_input(pset.inputs[i], *signing, i));
    }
    if (std::string text = look_at_outputs(out, pset); !text.empty()) return invalid(std::move(text));
    if (hidden_inputs && !pset.wants_blinding()) {
        return invalid(
            "PSBT has blinded inputs but no blinded outputs. Must have at least one blinded output to balance with the "
            "inputs");
    }
    out.virtual_size = final_size(pset, *signing);
    for (const InputAnalysis& in : out.inputs) out.next = std::min(out.next, in.next);
    return out;
}

}  // namespace sluice::pset
