// A PSET as decodepsbt prints it.
#include <set>

#include "codec/hex.h"
#include "crypto/base58check.h"
#include "pset/proofs.h"
#include "pset/tx.h"
#include "rpc/json_script.h"
#include "rpc/json_tx.h"
#include "rpc/pset_parts.h"

namespace sluice::rpc {
namespace {

using pset::Input;
using pset::KeyPath;
using pset::Output;
using pset::ProofState;

constexpr uint32_t kHardenedBit = 0x80000000;

std::string path_text(const KeyPath& path) {
    std::string out = "m";
    for (const uint32_t step : path.path) {
        out += "/" + std::to_string(step & ~kHardenedBit);
        if ((step & kHardenedBit) != 0) out += "h";
    }
    return out;
}

// Puts what is there.
class Object {
public:
    void hex(const char* name, ByteView bytes) {
        if (!bytes.empty()) out_[name] = to_hex(bytes);
    }
    template <class T>
    void bytes(const char* name, const std::optional<T>& value) {
        if (value) out_[name] = to_hex(value->view());
    }
    template <class T>
    void id(const char* name, const std::optional<T>& value) {
        if (value) out_[name] = to_display(*value);
    }
    void amount(const char* name, const std::optional<Amount>& value) {
        if (value) out_[name] = amount_json(*value);
    }
    template <class T>
    void number(const char* name, const std::optional<T>& value) {
        if (value) out_[name] = *value;
    }
    void list(const char* name, Json value) {
        if (!value.empty()) out_[name] = std::move(value);
    }
    void put(const char* name, Json value) { out_[name] = std::move(value); }
    Json release() { return std::move(out_); }

private:
    Json out_ = Json::object();
};

Json hex_list(const WitnessStack& stack) {
    Json out = Json::array();
    for (const Bytes& item : stack) out.push_back(to_hex(item));
    return out;
}

Json script_json(const Script& script, const ChainParams& params) {
    if (script.empty()) return Json::object();
    const Json all = script_pubkey_json(script, params);
    return {{"asm", all["asm"]}, {"hex", all["hex"]}, {"type", all["type"]}};
}

Json proprietary_json(const pset::Records& records) {
    Json out = Json::array();
    for (const auto& [key, value] : records) {
        Reader reader(key);
        (void)reader.compact_u64();
        const ByteView owner = reader.var_view();
        const uint64_t subtype = reader.compact_u64();
        out.push_back(
            Json{{"identifier", to_hex(owner)}, {"subtype", subtype}, {"key", to_hex(key)}, {"value", to_hex(value)}});
    }
    return out;
}

Json unknown_json(const pset::Records& records) {
    Json out = Json::object();
    for (const auto& [key, value] : records) out[to_hex(key)] = to_hex(value);
    return out;
}

Json derivations_json(const std::map<PubKey, KeyPath>& derivations) {
    Json out = Json::array();
    for (const auto& [key, path] : derivations) {
        out.push_back(Json{{"pubkey", to_hex(key.view())},
                           {"master_fingerprint", to_hex(path.fingerprint.view())},
                           {"path", path_text(path)}});
    }
    return out;
}

Json tap_derivations_json(const std::map<pset::XOnlyBytes, pset::TapDerivation>& derivations) {
    Json out = Json::array();
    for (const auto& [key, from] : derivations) {
        Json leaves = Json::array();
        for (const Hash256& leaf : from.leaf_hashes) leaves.push_back(to_hex(leaf.view()));
        out.push_back(Json{{"pubkey", to_hex(key.view())},
                           {"master_fingerprint", to_hex(from.origin.fingerprint.view())},
                           {"path", path_text(from.origin)},
                           {"leaf_hashes", std::move(leaves)}});
    }
    return out;
}

Json utxo_json(const TxOut& out, const ChainParams& params) {
    Json json = Json::object();
    if (out.value.is_explicit()) json["amount"] = amount_json(out.value.explicit_value());
    if (out.value.is_commitment()) json["amountcommitment"] = to_hex(out.value.commitment().view());
    if (out.asset.is_explicit()) json["asset"] = to_display(out.asset.explicit_value());
    if (out.asset.is_commitment()) json["assetcommitment"] = to_hex(out.asset.commitment().view());
    json["scriptPubKey"] = script_pubkey_json(out.script, params);
    return json;
}

template <class Map>
Json preimages_json(const Map& preimages) {
    Json out = Json::object();
    for (const auto& [hash, preimage] : preimages) out[to_hex(hash.view())] = to_hex(preimage);
    return out;
}

void add_signing(Object& out, const Input& in, const ChainParams& params) {
    Json partial = Json::object();
    for (const auto& [hash, each] : in.partial_sigs) partial[to_hex(each.key.view())] = to_hex(each.signature);
    out.list("partial_signatures", std::move(partial));
    if (in.sighash_type) out.put("sighash", sighash_name(*in.sighash_type));
    out.list("redeem_script", script_json(in.redeem_script, params));
    out.list("witness_script", script_json(in.witness_script, params));
    out.list("bip32_derivs", derivations_json(in.derivations));
    if (!in.final_script_sig.empty()) out.put("final_scriptSig", script_sig_json(in.final_script_sig));
    out.list("final_scriptwitness", hex_list(in.final_script_witness));
}

void add_issuance(Object& out, const Input& in) {
    out.amount("issuance_value", in.issuance_value);
    out.bytes("issuance_value_commitment", in.issuance_value_commitment);
    out.hex("issuance_value_rangeproof", in.issuance_value_rangeproof);
    out.hex("blind_issuance_value_proof", in.issuance_value_proof);
    out.amount("issuance_reissuance_amount", in.issuance_tokens);
    out.bytes("issuance_reissuance_amount_commitment", in.issuance_tokens_commitment);
    out.hex("issuance_reissuance_amount_rangeproof", in.issuance_tokens_rangeproof);
    out.hex("blind_reissuance_amount_proof", in.issuance_tokens_proof);
    out.id("issuance_blinding_nonce", in.issuance_blinding_nonce);
    out.id("issuance_asset_entropy", in.issuance_entropy);
}

void add_pegin(Object& out, const Input& in) {
    out.hex("pegin_bitcoin_tx", in.pegin_tx);
    out.hex("pegin_txout_proof", in.pegin_txout_proof);
    out.hex("pegin_claim_script", in.pegin_claim_script.view());
    out.id("pegin_genesis_hash", in.pegin_genesis);
    out.amount("pegin_value", in.pegin_value);
    out.list("pegin_witness", hex_list(in.pegin_witness));
}

void add_taproot(Object& out, const Input& in) {
    out.hex("taproot_key_path_sig", in.tap_key_sig);
    Json signatures = Json::array();
    for (const auto& [at, signature] : in.tap_script_sigs) {
        signatures.push_back(Json{
            {"pubkey", to_hex(at.key.view())}, {"leaf_hash", to_hex(at.leaf_hash.view())}, {"sig", to_hex(signature)}});
    }
    out.list("taproot_script_path_sigs", std::move(signatures));
    Json scripts = Json::array();
    for (const auto& [leaf, controls] : in.tap_leaf_scripts) {
        Json blocks = Json::array();
        for (const Bytes& control : controls) blocks.push_back(to_hex(control));
        scripts.push_back(Json{
            {"script", to_hex(leaf.script)}, {"leaf_ver", leaf.leaf_version}, {"control_blocks", std::move(blocks)}});
    }
    out.list("taproot_scripts", std::move(scripts));
    out.list("taproot_bip32_derivs", tap_derivations_json(in.tap_derivations));
    out.bytes("taproot_internal_key", in.tap_internal_key);
    out.bytes("taproot_merkle_root", in.tap_merkle_root);
}

void add_status(Object& out, ProofState state, std::string_view not_blinded) {
    const std::string_view text = proof_status(state, "", not_blinded);
    if (!text.empty()) out.put("status", std::string(text));
}

Json input_json(const Input& in, const ChainParams& params) {
    Object out;
    if (in.witness_utxo) out.put("witness_utxo", utxo_json(*in.witness_utxo, params));
    if (in.non_witness_utxo) {
        Json tx = tx_json(*in.non_witness_utxo, params);
        tx.erase("hex");
        out.put("non_witness_utxo", std::move(tx));
    }
    add_signing(out, in, params);
    out.put("previous_txid", to_display(in.previous_txid));
    out.put("previous_vout", in.previous_index);
    out.number("sequence", in.sequence);
    out.number("time_locktime", in.time_lock);
    out.number("height_locktime", in.height_lock);
    add_issuance(out, in);
    add_pegin(out, in);
    out.hex("utxo_rangeproof", in.utxo_rangeproof);
    out.amount("explicit_value", in.explicit_value);
    out.hex("value_proof", in.value_proof);
    out.id("explicit_asset", in.explicit_asset);
    out.hex("asset_proof", in.asset_proof);
    out.number("blinded_issuance", in.blinded_issuance);
    add_status(out, check_proofs(in, params.pegged_asset), "ERROR: Proofs provided for unblinded input");
    out.list("ripemd160_preimages", preimages_json(in.ripemd160_preimages));
    out.list("sha256_preimages", preimages_json(in.sha256_preimages));
    out.list("hash160_preimages", preimages_json(in.hash160_preimages));
    out.list("hash256_preimages", preimages_json(in.hash256_preimages));
    add_taproot(out, in);
    out.list("proprietary", proprietary_json(in.proprietary));
    out.list("unknown", unknown_json(in.unknown));
    return out.release();
}

Json output_json(const Output& from, const ChainParams& params) {
    Object out;
    out.list("redeem_script", script_json(from.redeem_script, params));
    out.list("witness_script", script_json(from.witness_script, params));
    out.list("bip32_derivs", derivations_json(from.derivations));
    out.amount("amount", from.amount);
    out.put("script", script_pubkey_json(from.script, params));
    out.bytes("value_commitment", from.value_commitment);
    out.bytes("asset_commitment", from.asset_commitment);
    out.id("asset", from.asset);
    out.hex("rangeproof", from.value_rangeproof);
    out.hex("surjection_proof", from.surjection_proof);
    out.bytes("ecdh_pubkey", from.ecdh_key);
    out.bytes("blinding_pubkey", from.blinding_key);
    out.number("blinder_index", from.blinder_index);
    out.hex("blind_value_proof", from.value_proof);
    out.hex("blind_asset_proof", from.asset_proof);
    add_status(out, check_proofs(from), "needs blinding");
    out.bytes("taproot_internal_key", from.tap_internal_key);
    Json tree = Json::array();
    for (const pset::TapTreeLeaf& leaf : from.tap_tree) {
        tree.push_back(Json{{"depth", leaf.depth}, {"leaf_ver", leaf.leaf_version}, {"script", to_hex(leaf.script)}});
    }
    out.list("taproot_tree", std::move(tree));
    out.list("taproot_bip32_derivs", tap_derivations_json(from.tap_derivations));
    out.list("proprietary", proprietary_json(from.proprietary));
    out.list("unknown", unknown_json(from.unknown));
    return out.release();
}

Json xpubs_json(const pset::Pset& pset) {
    Json out = Json::array();
    for (const auto& [path, keys] : pset.xpubs) {
        for (const pset::ExtendedKey& key : keys) {
            out.push_back(Json{{"xpub", base58check_encode(key.bytes.view())},
                               {"master_fingerprint", to_hex(path.fingerprint.view())},
                               {"path", path_text(path)}});
        }
    }
    return out;
}

Json fees_json(const pset::Pset& pset, const ChainParams& params, const AssetLabels& labels) {
    std::map<AssetId, int64_t> fees = {{params.pegged_asset, 0}};
    for (const Output& out : pset.outputs) {
        if (!out.script.empty() || !out.amount || !out.asset || out.value_commitment || out.asset_commitment) continue;
        int64_t& sum = fees[*out.asset];
        sum = static_cast<int64_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(out.amount->sat));
    }
    Json out = Json::object();
    out[labels.name(params.pegged_asset)] = amount_json(Amount{fees[params.pegged_asset]});
    for (const auto& [asset, sum] : fees) out[labels.name(asset)] = amount_json(Amount{sum});
    return out;
}

}  // namespace

std::string_view proof_status(ProofState state, std::string_view good, std::string_view not_blinded) {
    switch (state) {
        case ProofState::kGood: return good;
        case ProofState::kNotBlinded: return not_blinded;
        case ProofState::kValueProofMissing:
            return "WARNING: has confidential and explicit values but no proof connecting them";
        case ProofState::kAssetProofMissing:
            return "WARNING: has confidential and explicit assets but no proof connecting them";
        case ProofState::kValueProofWrong: return "ERROR: has invalid value proof, the value may be a lie!";
        case ProofState::kAssetProofWrong: return "ERROR: has invalid asset proof, the asset may be a lie!";
    }
    return "";
}

Json pset_json(const pset::Pset& pset, const ChainParams& params, const AssetLabels& labels) {
    Object out;
    out.put("global_xpubs", xpubs_json(pset));
    out.put("tx_version", static_cast<int64_t>(pset.tx_version));
    out.number("fallback_locktime", pset.fallback_lock_time);
    out.put("input_count", pset.inputs.size());
    out.put("output_count", pset.outputs.size());
    if (pset.modifiable) {
        out.put("inputs_modifiable", (*pset.modifiable & pset::kInputsModifiable) != 0);
        out.put("outputs_modifiable", (*pset.modifiable & pset::kOutputsModifiable) != 0);
        out.put("has_sighash_single", (*pset.modifiable & pset::kHasSighashSingle) != 0);
    }
    out.put("psbt_version", 2);
    Json scalars = Json::array();
    for (const pset::Scalar& scalar : pset.scalars) scalars.push_back(to_hex(scalar.view()));
    out.list("scalar_offsets", std::move(scalars));
    out.put("proprietary", proprietary_json(pset.proprietary));
    out.put("fees", fees_json(pset, params, labels));
    out.put("unknown", unknown_json(pset.unknown));
    Json inputs = Json::array();
    for (const Input& in : pset.inputs) inputs.push_back(input_json(in, params));
    out.put("inputs", std::move(inputs));
    Json outputs = Json::array();
    for (const Output& each : pset.outputs) outputs.push_back(output_json(each, params));
    out.put("outputs", std::move(outputs));
    return out.release();
}

}  // namespace sluice::rpc
