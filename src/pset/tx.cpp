#include "pset/tx.h"

#include <algorithm>

#include "peg/proof/pegin.h"
#include "pset/proofs.h"

namespace sluice::pset {
namespace {

void take_issuance(Input& to, const AssetIssuance& issuance) {
    if (issuance.is_null()) return;
    if (issuance.amount.is_explicit()) to.issuance_value = issuance.amount.explicit_value();
    if (issuance.amount.is_commitment()) to.issuance_value_commitment = issuance.amount.commitment();
    if (issuance.inflation_keys.is_explicit()) to.issuance_tokens = issuance.inflation_keys.explicit_value();
    if (issuance.inflation_keys.is_commitment()) to.issuance_tokens_commitment = issuance.inflation_keys.commitment();
    if (!issuance.blinding_nonce.is_zero()) to.issuance_blinding_nonce = Scalar::from(issuance.blinding_nonce);
    if (!issuance.entropy.is_zero()) to.issuance_entropy = issuance.entropy;
}

void take_claim(Input& to, const WitnessStack& witness) {
    const auto claim = peg::parse_claim(witness);
    if (!claim || witness.size() != peg::kPeginStack) return;
    to.pegin_value = claim->value;
    to.pegin_genesis = claim->genesis;
    to.pegin_claim_script = claim->claim_script;
    to.pegin_tx = witness[4];
    to.pegin_txout_proof = witness[5];
}

Input input_from(const TxIn& in) {
    Input out;
    out.previous_txid = in.prevout.txid;
    out.previous_index = in.prevout.index;
    out.sequence = in.sequence;
    take_issuance(out, in.issuance);
    out.issuance_value_rangeproof = in.witness.issuance_amount_rangeproof;
    out.issuance_tokens_rangeproof = in.witness.inflation_keys_rangeproof;
    if (in.is_pegin) take_claim(out, in.witness.pegin_witness);
    return out;
}

Output output_from(const TxOut& from) {
    Output out;
    out.script = from.script;
    if (from.asset.is_explicit()) out.asset = from.asset.explicit_value();
    if (from.asset.is_commitment()) out.asset_commitment = from.asset.commitment();
    if (from.value.is_explicit()) out.amount = from.value.explicit_value();
    if (from.value.is_commitment()) out.value_commitment = from.value.commitment();
    out.value_rangeproof = from.witness.rangeproof;
    out.surjection_proof = from.witness.surjection_proof;
    if (from.nonce.is_commitment()) {
        const auto key = PubKey::parse(from.nonce.bytes->view());
        (from.value.is_commitment() ? out.ecdh_key : out.blinding_key) = key;
    }
    return out;
}

Result<uint32_t> lock_time_of(const Pset& pset) {
    uint32_t time = 0;
    uint32_t height = 0;
    bool only_time = false;
    bool only_height = false;
    for (const Input& in : pset.inputs) {
        only_time = only_time || (in.time_lock && !in.height_lock);
        only_height = only_height || (in.height_lock && !in.time_lock);
        time = std::max(time, in.time_lock.value_or(0));
        height = std::max(height, in.height_lock.value_or(0));
    }
    if (only_time && only_height) return fail("inputs demand a locktime in blocks and one in time: no one can be both");
    if (!only_time && height > 0) return height;
    if (!only_height && time > 0) return time;
    return pset.fallback_lock_time.value_or(0);
}

ConfidentialValue issued_amount(const std::optional<Amount>& open, const std::optional<ValueCommitment>& hidden,
                                Form form) {
    if (open && (!hidden || form == Form::kOpen)) return *open;
    if (hidden) return *hidden;
    return {};
}

TxIn unsigned_input(const Input& from, Form form) {
    TxIn in;
    in.prevout = from.outpoint();
    in.sequence = from.sequence.value_or(kSequenceFinal);
    in.is_pegin = from.is_pegin();
    if (!from.has_issuance()) return in;
    if (from.issuance_blinding_nonce) {
        in.issuance.blinding_nonce = decltype(in.issuance.blinding_nonce)::from(*from.issuance_blinding_nonce);
    }
    if (from.issuance_entropy) in.issuance.entropy = *from.issuance_entropy;
    in.issuance.amount = issued_amount(from.issuance_value, from.issuance_value_commitment, form);
    in.issuance.inflation_keys = issued_amount(from.issuance_tokens, from.issuance_tokens_commitment, form);
    in.witness.issuance_amount_rangeproof = from.issuance_value_rangeproof;
    in.witness.inflation_keys_rangeproof = from.issuance_tokens_rangeproof;
    return in;
}

bool shows_value(const Output& out, Form form) {
    if (!out.value_commitment) return true;
    return form == Form::kOpen && out.amount && out.asset_commitment &&
           proves_value(*out.amount, *out.value_commitment, *out.asset_commitment, out.value_proof);
}
bool shows_asset(const Output& out, Form form) {
    if (!out.asset_commitment) return true;
    return form == Form::kOpen && out.asset && proves_asset(*out.asset, *out.asset_commitment, out.asset_proof);
}

TxOut unsigned_output(const Output& from, Form form) {
    TxOut out;
    out.script = from.script;
    if (shows_value(from, form)) {
        out.value = *from.amount;
    } else {
        out.value = *from.value_commitment;
        out.witness.rangeproof = from.value_rangeproof;
    }
    if (shows_asset(from, form)) {
        out.asset = *from.asset;
    } else {
        out.asset = *from.asset_commitment;
        out.witness.surjection_proof = from.surjection_proof;
    }
    if (from.ecdh_key && form == Form::kFinal)
        out.nonce.bytes = NonceBytes::from_view(from.ecdh_key->compressed().view());
    return out;
}

}  // namespace

Pset from_tx(const Transaction& tx) {
    Pset out;
    out.tx_version = tx.version;
    out.fallback_lock_time = tx.lock_time;
    for (const TxIn& in : tx.inputs) out.inputs.push_back(input_from(in));
    for (const TxOut& each : tx.outputs) out.outputs.push_back(output_from(each));
    return out;
}

Result<Transaction> unsigned_tx(const Pset& pset, Form form) {
    Transaction out;
    out.version = pset.tx_version;
    out.lock_time = TRY(lock_time_of(pset));
    for (const Input& in : pset.inputs) out.inputs.push_back(unsigned_input(in, form));
    for (const Output& each : pset.outputs) out.outputs.push_back(unsigned_output(each, form));
    return out;
}

Result<Txid> unique_id(const Pset& pset) {
    Transaction tx = TRY(unsigned_tx(pset, Form::kOpen));
    tx.lock_time = 0;
    for (TxIn& in : tx.inputs) {
        in.sequence = 0;
        in.is_pegin = false;
    }
    return compute_txid(tx);
}

std::optional<TxOut> spent_output(const Input& in, const AssetId& pegged_asset) {
    if (in.non_witness_utxo) {
        const auto& outputs = in.non_witness_utxo->tx.outputs;
        const uint32_t index = in.outpoint().index;
        if (index >= outputs.size()) return std::nullopt;
        return outputs[index];
    }
    if (in.witness_utxo) return in.witness_utxo;
    if (!in.pegin_value || in.pegin_claim_script.empty()) return std::nullopt;
    TxOut out;
    out.asset = pegged_asset;
    out.value = *in.pegin_value;
    out.script = in.pegin_claim_script;
    return out;
}

TxRef without_witness(const ParsedTx& tx) {
    Transaction out = tx.tx;
    for (TxIn& in : out.inputs) in.witness = {};
    for (TxOut& each : out.outputs) each.witness = {};
    return make_tx(std::move(out));
}

}  // namespace sluice::pset
