#include "rpc/json_tx.h"

#include <map>

#include "codec/hex.h"
#include "confidential/range_proof.h"
#include "consensus/primitives/issuance.h"
#include "consensus/primitives/merkle.h"
#include "crypto/keys.h"
#include "mempool/policy.h"
#include "rpc/json_script.h"

namespace sluice::rpc {
namespace {

Json hex_list(const WitnessStack& stack) {
    Json out = Json::array();
    for (const Bytes& item : stack) out.push_back(to_hex(item));
    return out;
}

void add_amount(Json& out, const std::string& name, const ConfidentialValue& value) {
    if (value.is_explicit()) out[name] = amount_json(value.explicit_value());
    if (value.is_commitment()) out[name + "commitment"] = to_hex(value.commitment().view());
}

Json issuance_json(const TxIn& in) {
    const AssetIssuance& issuance = in.issuance;
    const IssuanceIds ids = issuance_ids(in);
    Json out = Json::object();
    out["assetBlindingNonce"] = to_display(issuance.blinding_nonce);
    out["assetEntropy"] = to_display(ids.entropy);
    out["isreissuance"] = issuance.is_reissuance();
    if (!issuance.is_reissuance()) out["token"] = to_display(ids.token);
    out["asset"] = to_display(ids.asset);
    add_amount(out, "assetamount", issuance.amount);
    add_amount(out, "tokenamount", issuance.inflation_keys);
    return out;
}

Json prevout_json(const rules::Coin& coin, const ChainParams& params) {
    Json out = Json::object();
    out["generated"] = coin.coinbase;
    out["height"] = coin.height;
    if (coin.out.value.is_explicit()) {
        out["value"] = amount_json(coin.out.value.explicit_value());
    } else {
        out["value"] = "<confidential>";
    }
    out["scriptPubKey"] = script_pubkey_json(coin.out.script, params);
    return out;
}

Json input_json(const TxIn& in, bool coinbase, const rules::Coin* spent, const ChainParams& params) {
    Json out = Json::object();
    if (coinbase) {
        out["coinbase"] = to_hex(in.script_sig.view());
    } else {
        out["txid"] = to_display(in.prevout.txid);
        out["vout"] = in.prevout.index;
        out["scriptSig"] = script_sig_json(in.script_sig);
        out["is_pegin"] = in.is_pegin;
    }
    if (spent != nullptr) out["prevout"] = prevout_json(*spent, params);
    out["sequence"] = in.sequence;
    if (!in.witness.script_witness.empty()) out["txinwitness"] = hex_list(in.witness.script_witness);
    if (!in.witness.pegin_witness.empty()) out["pegin_witness"] = hex_list(in.witness.pegin_witness);
    if (!in.issuance.is_null()) out["issuance"] = issuance_json(in);
    return out;
}

void add_hidden_value(Json& out, const TxOut& output) {
    if (const auto info = confidential::range_info(output.witness.rangeproof)) {
        if (info->exponent == -1) {
            out["value"] = amount_json(Amount{static_cast<int64_t>(info->min)});
        } else {
            out["value-minimum"] = amount_json(Amount{static_cast<int64_t>(info->min)});
            out["value-maximum"] = amount_json(Amount{static_cast<int64_t>(info->max)});
        }
        out["ct-exponent"] = info->exponent;
        out["ct-bits"] = info->mantissa;
    }
    if (!output.witness.surjection_proof.empty()) out["surjectionproof"] = to_hex(output.witness.surjection_proof);
    out["valuecommitment"] = output.value.is_commitment() ? to_hex(output.value.commitment().view()) : "";
}

Json output_json(const TxOut& output, size_t n, const ChainParams& params) {
    Json out = Json::object();
    if (output.value.is_explicit()) {
        out["value"] = amount_json(output.value.explicit_value());
    } else {
        add_hidden_value(out, output);
    }
    if (output.asset.is_explicit()) {
        out["asset"] = to_display(output.asset.explicit_value());
    } else {
        out["assetcommitment"] = output.asset.is_commitment() ? to_hex(output.asset.commitment().view()) : "";
    }
    const auto& nonce = output.nonce.bytes;
    out["commitmentnonce"] = nonce ? to_hex(nonce->view()) : "";
    out["commitmentnonce_fully_valid"] = nonce && PubKey::parse(nonce->view()).has_value();
    out["n"] = n;
    out["scriptPubKey"] = script_pubkey_json(output.script, params);
    return out;
}

}  // namespace

Json tx_json(const ParsedTx& parsed, const ChainParams& params, const std::vector<rules::Coin>* spent) {
    const Transaction& tx = parsed.tx;
    Json out = Json::object();
    out["txid"] = to_display(parsed.txid);
    out["hash"] = to_display(parsed.wtxid);
    out["wtxid"] = to_display(parsed.wtxid);
    out["withash"] = to_display(witness_hash(tx));
    out["version"] = static_cast<uint32_t>(tx.version);
    out["size"] = parsed.size;
    out["vsize"] = (parsed.weight() + 3) / 4;
    out["weight"] = parsed.weight();
    if (params.accept_discount_ct) {
        out["discountvsize"] = mempool::discount_virtual_size(parsed);
        out["discountweight"] = mempool::discount_weight(parsed);
    }
    out["locktime"] = tx.lock_time;

    Json inputs = Json::array();
    // Fact: of a claim, which spends no coin of this chain, the reference shows an empty one.
    const rules::Coin no_coin;
    size_t next_spent = 0;
    for (const TxIn& in : tx.inputs) {
        const rules::Coin* coin = nullptr;
        if (spent != nullptr && in.is_pegin) coin = &no_coin;
        if (spent != nullptr && !in.is_pegin && next_spent < spent->size()) coin = &(*spent)[next_spent++];
        inputs.push_back(input_json(in, tx.is_coinbase(), coin, params));
    }
    out["vin"] = std::move(inputs);

    Json outputs = Json::array();
    std::map<AssetId, int64_t> fees;
    for (size_t n = 0; n < tx.outputs.size(); ++n) {
        const TxOut& output = tx.outputs[n];
        // A transaction from a stranger may hold any numbers: their sum wraps instead of trapping.
        if (output.is_fee()) {
            int64_t& sum = fees[output.asset.explicit_value()];
            sum = static_cast<int64_t>(static_cast<uint64_t>(sum) +
                                       static_cast<uint64_t>(output.value.explicit_value().sat));
        }
        outputs.push_back(output_json(output, n, params));
    }
    out["vout"] = std::move(outputs);
    Json fee = Json::object();
    for (const auto& [asset, sum] : fees) fee[to_display(asset)] = amount_json(Amount{sum});
    out["fee"] = std::move(fee);
    out["hex"] = to_hex(encode_tx(tx));
    return out;
}

}  // namespace sluice::rpc
