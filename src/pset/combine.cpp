#include "pset/combine.h"

#include <algorithm>

#include "pset/tx.h"
#include "util/check.h"

namespace sluice::pset {
namespace {

template <class T>
void take(T& mine, const T& other) {
    if (mine == T{}) mine = other;
}
template <class K, class V>
void take(std::map<K, V>& mine, const std::map<K, V>& other) {
    mine.insert(other.begin(), other.end());
}

void merge_signing(Input& to, const Input& from) {
    take(to.partial_sigs, from.partial_sigs);
    take(to.sighash_type, from.sighash_type);
    take(to.redeem_script, from.redeem_script);
    take(to.witness_script, from.witness_script);
    take(to.derivations, from.derivations);
    take(to.ripemd160_preimages, from.ripemd160_preimages);
    take(to.sha256_preimages, from.sha256_preimages);
    take(to.hash160_preimages, from.hash160_preimages);
    take(to.hash256_preimages, from.hash256_preimages);
    take(to.tap_key_sig, from.tap_key_sig);
    take(to.tap_script_sigs, from.tap_script_sigs);
    for (const auto& [leaf, controls] : from.tap_leaf_scripts) {
        to.tap_leaf_scripts[leaf].insert(controls.begin(), controls.end());
    }
    take(to.tap_derivations, from.tap_derivations);
    take(to.tap_internal_key, from.tap_internal_key);
    take(to.tap_merkle_root, from.tap_merkle_root);
    take(to.final_script_sig, from.final_script_sig);
    take(to.final_script_witness, from.final_script_witness);
}

void merge_issuance(Input& to, const Input& from) {
    take(to.issuance_value, from.issuance_value);
    // A commitment and its proofs are one: never those of two blinders.
    if (!to.issuance_value_commitment) {
        to.issuance_value_commitment = from.issuance_value_commitment;
        to.issuance_value_rangeproof = from.issuance_value_rangeproof;
        to.issuance_value_proof = from.issuance_value_proof;
    }
    take(to.issuance_tokens, from.issuance_tokens);
    if (!to.issuance_tokens_commitment) {
        to.issuance_tokens_commitment = from.issuance_tokens_commitment;
        to.issuance_tokens_rangeproof = from.issuance_tokens_rangeproof;
        to.issuance_tokens_proof = from.issuance_tokens_proof;
    }
    take(to.issuance_blinding_nonce, from.issuance_blinding_nonce);
    take(to.issuance_entropy, from.issuance_entropy);
    take(to.blinded_issuance, from.blinded_issuance);
}

void merge_pegin(Input& to, const Input& from) {
    take(to.pegin_tx, from.pegin_tx);
    take(to.pegin_txout_proof, from.pegin_txout_proof);
    take(to.pegin_genesis, from.pegin_genesis);
    take(to.pegin_claim_script, from.pegin_claim_script);
    take(to.pegin_value, from.pegin_value);
    take(to.pegin_witness, from.pegin_witness);
}

void merge_input(Input& to, const Input& from) {
    take(to.non_witness_utxo, from.non_witness_utxo);
    take(to.witness_utxo, from.witness_utxo);
    merge_signing(to, from);
    take(to.sequence, from.sequence);
    take(to.time_lock, from.time_lock);
    take(to.height_lock, from.height_lock);
    merge_issuance(to, from);
    merge_pegin(to, from);
    take(to.utxo_rangeproof, from.utxo_rangeproof);
    if (!to.explicit_value) {
        to.explicit_value = from.explicit_value;
        to.value_proof = from.value_proof;
    }
    if (!to.explicit_asset) {
        to.explicit_asset = from.explicit_asset;
        to.asset_proof = from.asset_proof;
    }
    take(to.proprietary, from.proprietary);
    take(to.unknown, from.unknown);
}

bool blinded_alike(const Output& a, const Output& b) {
    return a.value_commitment == b.value_commitment && a.asset_commitment == b.asset_commitment &&
           a.value_rangeproof == b.value_rangeproof && a.surjection_proof == b.surjection_proof &&
           a.ecdh_key == b.ecdh_key;
}

// False: blinded for others, or in two ways.
bool merge_blinding(Output& to, const Output& from) {
    if (to.wants_blinding() && from.wants_blinding() &&
        (to.blinding_key != from.blinding_key || to.blinder_index != from.blinder_index)) {
        return false;
    }
    if (to.is_fully_blinded() && from.is_fully_blinded()) return blinded_alike(to, from);
    if (!to.wants_blinding() || to.is_fully_blinded() || !from.is_fully_blinded()) return true;
    to.value_commitment = from.value_commitment;
    to.asset_commitment = from.asset_commitment;
    to.value_rangeproof = from.value_rangeproof;
    to.surjection_proof = from.surjection_proof;
    to.ecdh_key = from.ecdh_key;
    to.value_proof = from.value_proof;
    to.asset_proof = from.asset_proof;
    return true;
}

bool merge_output(Output& to, const Output& from) {
    take(to.derivations, from.derivations);
    take(to.redeem_script, from.redeem_script);
    take(to.witness_script, from.witness_script);
    take(to.tap_internal_key, from.tap_internal_key);
    take(to.tap_tree, from.tap_tree);
    take(to.tap_derivations, from.tap_derivations);
    take(to.amount, from.amount);
    take(to.asset, from.asset);
    take(to.proprietary, from.proprietary);
    take(to.unknown, from.unknown);
    return merge_blinding(to, from);
}

Status merge(Pset& to, const Pset& from) {
    constexpr const char* kOther = "PSBTs not compatible (different transactions)";
    if (to.inputs.size() != from.inputs.size() || to.outputs.size() != from.outputs.size()) return fail(kOther);
    if (TRY(unique_id(to)) != TRY(unique_id(from))) return fail(kOther);
    for (size_t i = 0; i < to.inputs.size(); ++i) merge_input(to.inputs[i], from.inputs[i]);
    for (size_t i = 0; i < to.outputs.size(); ++i) {
        if (!merge_output(to.outputs[i], from.outputs[i])) return fail(kOther);
    }
    for (const auto& [path, keys] : from.xpubs) to.xpubs[path].insert(keys.begin(), keys.end());
    to.scalars.insert(from.scalars.begin(), from.scalars.end());
    take(to.fallback_lock_time, from.fallback_lock_time);
    take(to.modifiable, from.modifiable);
    take(to.proprietary, from.proprietary);
    take(to.unknown, from.unknown);
    return {};
}

}  // namespace

Result<Pset> combine(std::vector<Pset> parts) {
    CHECK(!parts.empty());
    // What has been balanced is the base: its blinding stands, and what the others left to balance is void.
    const auto complete = std::ranges::find_if(parts, &Pset::is_fully_blinded);
    const bool balanced = complete != parts.end();
    if (balanced) std::iter_swap(parts.begin(), complete);
    Pset out = std::move(parts.front());
    for (size_t i = 1; i < parts.size(); ++i) TRY_VOID(merge(out, parts[i]));
    if (!balanced && out.is_fully_blinded()) {
        return fail("Cannot combine PSETs as the values and blinders would become imbalanced");
    }
    if (balanced && out.wants_blinding()) out.scalars.clear();
    return out;
}

}  // namespace sluice::pset
