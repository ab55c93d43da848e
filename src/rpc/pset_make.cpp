// PSETs from nothing and from raw transactions, and what they say.
#include <array>
#include <set>

#include "codec/base64.h"
#include "consensus/primitives/issuance.h"
#include "consensus/script/flags.h"
#include "pset/tx.h"
#include "rpc/pset_parts.h"
#include "rpc/raw_parts.h"
#include "rpc/rawtx.h"

namespace sluice::rpc {
namespace {

struct SighashName {
    uint8_t type;
    std::string_view name;
};
constexpr uint8_t kAcp = script::kSighashAnyoneCanPay;
constexpr uint8_t kProof = script::kSighashRangeproof;
constexpr std::array kSighashNames = {
    SighashName{script::kSighashDefault, "DEFAULT"},
    SighashName{script::kSighashAll, "ALL"},
    SighashName{script::kSighashAll | kAcp, "ALL|ANYONECANPAY"},
    SighashName{script::kSighashAll | kProof, "ALL|RANGEPROOF"},
    SighashName{script::kSighashAll | kAcp | kProof, "ALL|ANYONECANPAY|RANGEPROOF"},
    SighashName{script::kSighashNone, "NONE"},
    SighashName{script::kSighashNone | kAcp, "NONE|ANYONECANPAY"},
    SighashName{script::kSighashNone | kProof, "NONE|RANGEPROOF"},
    SighashName{script::kSighashNone | kAcp | kProof, "NONE|ANYONECANPAY|RANGEPROOF"},
    SighashName{script::kSighashSingle, "SINGLE"},
    SighashName{script::kSighashSingle | kAcp, "SINGLE|ANYONECANPAY"},
    SighashName{script::kSighashSingle | kProof, "SINGLE|RANGEPROOF"},
    SighashName{script::kSighashSingle | kAcp | kProof, "SINGLE|ANYONECANPAY|RANGEPROOF"},
};

// The outputs as given, one an entry, without fees (which come last in the transaction).
Json listed_outputs(const Json& given) {
    Json out = Json::array();
    if (given.is_object()) {
        for (const auto& item : given.items()) {
            if (item.key() != "fee") out.push_back(Json{{item.key(), item.value()}});
        }
        return out;
    }
    for (const Json& item : given) {
        if (!item.contains("fee")) out.push_back(item);
    }
    return out;
}

Status set_blinders(pset::Pset& pset, const Json& outputs) {
    const Json listed = listed_outputs(outputs);
    for (size_t i = 0; i < pset.outputs.size(); ++i) {
        pset::Output& out = pset.outputs[i];
        if (i < listed.size() && listed[i].contains("blinder_index")) {
            const auto index = integer_from_json(listed[i]["blinder_index"]);
            if (!index || *index < 0 || *index >= static_cast<int64_t>(pset.inputs.size())) {
                return fail("Invalid parameter, blinder_index must be the index of an input");
            }
            out.blinder_index = static_cast<uint32_t>(*index);
        }
        if (out.blinding_key && !out.blinder_index) {
            return fail("Invalid parameter, blinder_index must be provided for outputs to be blinded");
        }
    }
    return {};
}

// What is issued must go somewhere.
Status check_issuances(pset::Pset& pset, const Transaction& tx, const Json& inputs) {
    std::set<AssetId> paid;
    for (const TxOut& out : tx.outputs) paid.insert(out.asset.explicit_value());
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (tx.inputs[i].issuance.is_null()) continue;
        const Json& given = inputs[i];
        const bool blind = !given.contains("blind_reissuance") || !given["blind_reissuance"].is_boolean() ||
                           given["blind_reissuance"].get<bool>();
        if (given.contains("blind_reissuance")) pset.inputs[i].blinded_issuance = blind;
        IssuanceIds ids = issuance_ids(tx.inputs[i]);
        if (!paid.contains(ids.asset)) return fail("Missing output for new assets");
        if (tx.inputs[i].issuance.inflation_keys.is_null()) continue;
        if (!paid.contains(reissuance_token(ids.entropy, blind))) return fail("Missing output for reissuance tokens");
    }
    return {};
}

RpcResult create_pset(const PsetPorts& ports, const Args& args) {
    const Transaction tx = TRY(make_raw_transaction(TRY(read_raw_order(args)), *ports.chain.params));
    if (TRY(args.integer_or(4, kPsetVersion)) != kPsetVersion) {
        return rpc_error(Code::kInvalidParameter, "The PSBT version can only be 2");
    }
    pset::Pset pset = pset::from_tx(tx);
    if (const Status issued = check_issuances(pset, tx, args.json(0)); !issued) {
        return rpc_error(Code::kInvalidParameter, issued.error().message);
    }
    if (const Status blinders = set_blinders(pset, args.json(1)); !blinders) {
        return rpc_error(Code::kInvalidParameter, blinders.error().message);
    }
    return pset_to_base64(pset);
}

RpcResult convert_to_pset(const PsetPorts&, const Args& args) {
    const TxRef given = TRY(tx_from_hex(args.text(0), "TX decode failed"));
    const bool drop_signatures = args.flag_or(1, false);
    for (const TxIn& in : given->tx.inputs) {
        if (drop_signatures) break;
        if (!in.script_sig.empty()) return rpc_error(Code::kDeserialization, "Inputs must not have scriptSigs");
        if (!in.witness.script_witness.empty()) {
            return rpc_error(Code::kDeserialization, "Inputs must not have scriptWitnesses");
        }
    }
    pset::Pset pset = pset::from_tx(given->tx);
    for (pset::Output& out : pset.outputs) out.blinder_index = 0;
    return pset_to_base64(pset);
}

RpcResult decode_pset(const PsetPorts& ports, const Args& args) {
    return pset_json(TRY(pset_from_base64(args.text(0))), *ports.chain.params, *ports.labels);
}

RpcResult parse_pset(const PsetPorts&, const Args& args) {
    const auto bytes = base64_decode(args.text(0));
    const auto pset = bytes ? pset::decode(*bytes) : fail("invalid base64");
    if (!pset) return rpc_error(Code::kDeserialization, "PSBT decode failed " + pset.error().message);
    const std::string text = pset_to_base64(*pset);
    return Json{{"psbt", text}, {"canonical", text == args.text(0)}};
}

}  // namespace

std::string sighash_name(int32_t type) {
    if (type == script::kSighashDefault) return "";
    for (const SighashName& each : kSighashNames) {
        if (each.type == type) return std::string(each.name);
    }
    return "";
}

Result<uint8_t, RpcError> sighash_from_name(const std::string& name) {
    for (const SighashName& each : kSighashNames) {
        if (each.name == name) return each.type;
    }
    return rpc_error(Code::kInvalidParameter, "'" + name + "' is not a valid sighash parameter.");
}

Result<pset::Pset, RpcError> pset_from_base64(std::string_view text) {
    const auto bytes = base64_decode(text);
    if (!bytes) return rpc_error(Code::kDeserialization, "TX decode failed invalid base64");
    auto pset = pset::decode(*bytes);
    if (!pset) return rpc_error(Code::kDeserialization, "TX decode failed " + pset.error().message);
    return std::move(*pset);
}

std::string pset_to_base64(const pset::Pset& pset) { return base64_encode(pset::encode(pset)); }

void add_pset_make_methods(Dispatcher& dispatcher, const PsetPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const PsetPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("createpsbt", create_pset);
    add("converttopsbt", convert_to_pset);
    add("decodepsbt", decode_pset);
    add("parsepsbt", parse_pset);
}

void add_pset_methods(Dispatcher& dispatcher, const PsetPorts& ports) {
    add_pset_make_methods(dispatcher, ports);
    add_pset_join_methods(dispatcher, ports);
    add_pset_update_methods(dispatcher, ports);
}

}  // namespace sluice::rpc
