#include "pset/sign.h"

#include "peg/parent/transaction.h"
#include "pset/parts.h"
#include "pset/tx.h"

namespace sluice::pset {
namespace {

using signing::KeyRing;

std::map<XOnlyBytes, TapDerivation> tap_origins(const signing::Solution& known, const KeyRing& keys) {
    std::map<XOnlyBytes, TapDerivation> out;
    for (const auto& [key, leaves] : known.tap_keys) {
        const signing::KnownKey* found = keys.find(key);
        if (found != nullptr && found->path)
            out.emplace(XOnlyBytes::from_view(key.view()), TapDerivation{leaves, *found->path});
    }
    return out;
}

void add_origins(std::map<PubKey, KeyPath>& to, const signing::Solution& known, const KeyRing& keys) {
    for (const Hash160& id : known.missing_signatures) {
        const auto found = keys.keys.find(id);
        if (found != keys.keys.end() && found->second.path) to.emplace(found->second.key, *found->second.path);
    }
}

// The stack that claims a deposit (doc: transactions page, section 9).
WitnessStack pegin_witness_of(const Input& in, const ChainParams& params) {
    ByteWriter value;
    value.i64(in.pegin_value->sat);
    Bytes tx = in.pegin_tx;
    if (const auto parsed = parent::decode_parent_tx(tx); parsed && params.parent.has_work()) {
        tx = encode_parent_tx(*parsed, parent::ParentWitness::kWithout);
    }
    return {value.release(),
            to_bytes(params.pegged_asset.view()),
            to_bytes(in.pegin_genesis->view()),
            in.pegin_claim_script.bytes,
            std::move(tx),
            in.pegin_txout_proof};
}

}  // namespace

Result<Signing> signing_of(const Pset& pset, const ChainParams& params) {
    Signing out;
    out.tx = TRY(unsigned_tx(pset));
    for (const Input& in : pset.inputs) {
        out.spent.push_back(spent_output(in, params.pegged_asset));
        if (out.spent.back()) out.all_spent.push_back(*out.spent.back());
    }
    if (out.all_spent.size() != pset.inputs.size()) out.all_spent.clear();
    out.hashes = out.all_spent.empty() ? script::compute_tx_hashes(out.tx)
                                       : script::compute_tx_hashes(out.tx, out.all_spent, params.genesis_hash);
    return out;
}

void update_input(Input& in, const std::optional<TxOut>& spent, const KeyRing& keys, const ChainParams& params) {
    const bool whole_claim = in.pegin_value && in.pegin_genesis && !in.pegin_claim_script.empty() &&
                             !in.pegin_tx.empty() && !in.pegin_txout_proof.empty();
    if (whole_claim) in.pegin_witness = pegin_witness_of(in, params);
    if (!spent || in.is_final()) return;
    const signing::Solution known = signing::look_into(spent->script, keys, parts_of(in));
    (void)take_parts(in, known.parts);
    add_origins(in.derivations, known, keys);
    in.tap_derivations.merge(tap_origins(known, keys));
}

void update_output(Output& out, const KeyRing& keys) {
    signing::InputParts given;
    given.redeem_script = out.redeem_script;
    given.witness_script = out.witness_script;
    const signing::Solution known = signing::look_into(out.script, keys, given);
    if (!known.parts.redeem_script.empty()) out.redeem_script = known.parts.redeem_script;
    if (!known.parts.witness_script.empty()) out.witness_script = known.parts.witness_script;
    add_origins(out.derivations, known, keys);
    if (!known.parts.taproot) return;
    out.tap_derivations.merge(tap_origins(known, keys));
    out.tap_internal_key = XOnlyBytes::from_view(known.parts.taproot->internal_key.view());
    if (!out.tap_tree.empty()) return;
    for (const signing::TapLeaf& leaf : known.parts.taproot->leaves)
        out.tap_tree.push_back({leaf.depth, leaf.version, leaf.script});
}

size_t sign_input(Input& in, const Signing& signing, size_t index, const KeyRing& keys, const SignOptions& options) {
    if (in.is_final() || !signing.spent[index]) return 0;
    signing::SignContext context{signing.all_spent, &signing.hashes, options.hash_type, options.auxiliary};
    if (!context.hash_type && in.sighash_type) {
        if (*in.sighash_type < 0 || *in.sighash_type > UINT8_MAX) return 0;
        context.hash_type = static_cast<uint8_t>(*in.sighash_type);
    }
    // What an output that is not segwit holds must be seen in its transaction: a signature does not cover it.
    context.segwit_only = in.non_witness_utxo == nullptr && !in.is_pegin();
    const auto made = signing::solve(signing.tx, index, *signing.spent[index], context, keys, parts_of(in));
    return take_parts(in, made.parts);
}

Result<Transaction> extract(const Pset& pset) {
    Transaction out = TRY(unsigned_tx(pset));
    for (size_t i = 0; i < out.inputs.size(); ++i) {
        const Input& in = pset.inputs[i];
        TxIn& to = out.inputs[i];
        to.script_sig = in.final_script_sig;
        to.witness.script_witness = in.final_script_witness;
        to.witness.pegin_witness = in.pegin_witness;
        to.is_pegin = !in.pegin_witness.empty();
    }
    return out;
}

}  // namespace sluice::pset
