// Final scripts from the signatures that are there.
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"
#include "pset/parts.h"
#include "pset/sign.h"

namespace sluice::pset {
namespace {

constexpr script::Flags kFlags = script::kStandardFlags | script::kVerifySighashRangeproof;

struct Final {
    Script script_sig;
    WitnessStack witness;
};

bool satisfies(const Final& scripts, const Signing& signing, size_t index) {
    Transaction tx = signing.tx;
    tx.inputs[index].script_sig = scripts.script_sig;
    tx.inputs[index].witness.script_witness = scripts.witness;
    if (!signing.all_spent.empty()) {
        return script::verify_input(tx, index, signing.all_spent, kFlags, signing.hashes).has_value();
    }
    return script::verify_input(tx, index, *signing.spent[index], kFlags, signing.hashes).has_value();
}

void set_final(Input& in, Final scripts, const TxOut& spent) {
    if (!scripts.witness.empty()) in.witness_utxo = spent;
    in.final_script_sig = std::move(scripts.script_sig);
    in.final_script_witness = std::move(scripts.witness);
    in.partial_sigs.clear();
    in.derivations.clear();
    in.redeem_script = {};
    in.witness_script = {};
}

bool is_op_true(const Script& script) {
    return script::classify(script.view(), true).kind == script::TemplateKind::kOpTrue;
}

}  // namespace

bool is_signed(const Input& in, const Signing& signing, size_t index) {
    if (!signing.spent[index]) return false;
    // What anyone can spend needs no scripts.
    if (!in.is_final() && !is_op_true(signing.spent[index]->script)) return false;
    return satisfies({in.final_script_sig, in.final_script_witness}, signing, index);
}

bool finalize_input(Input& in, const Signing& signing, size_t index) {
    if (!signing.spent[index]) return false;
    if (in.is_final()) return is_signed(in, signing, index);
    const signing::SignContext context{signing.all_spent, &signing.hashes};
    signing::Solution made = signing::solve(signing.tx, index, *signing.spent[index], context, {}, parts_of(in));
    Final way{std::move(made.script_sig), std::move(made.witness)};
    if (!made.complete || !satisfies(way, signing, index)) return false;
    set_final(in, std::move(way), *signing.spent[index]);
    return true;
}

Result<bool> finalize(Pset& pset, const ChainParams& params) {
    const Signing signing = TRY(signing_of(pset, params));
    bool complete = true;
    for (size_t i = 0; i < pset.inputs.size(); ++i) {
        update_input(pset.inputs[i], signing.spent[i], signing::KeyRing(), params);
        if (!finalize_input(pset.inputs[i], signing, i)) complete = false;
    }
    return complete;
}

}  // namespace sluice::pset
