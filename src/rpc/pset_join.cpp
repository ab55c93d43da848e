// Combining, finishing and looking over PSETs.
#include "codec/hex.h"
#include "pset/analyze.h"
#include "pset/combine.h"
#include "pset/sign.h"
#include "rpc/pset_parts.h"

namespace sluice::rpc {
namespace {

RpcResult combine_psets(const PsetPorts&, const Args& args) {
    if (args.json(0).empty()) return rpc_error(Code::kInvalidParameter, "Parameter 'txs' cannot be empty");
    std::vector<pset::Pset> parts;
    for (const Json& text : args.json(0)) {
        if (!text.is_string()) return rpc_error(Code::kType, "JSON value is not a string as expected");
        parts.push_back(TRY(pset_from_base64(text.get<std::string>())));
    }
    const auto combined = pset::combine(std::move(parts));
    if (combined) return pset_to_base64(*combined);
    const bool imbalanced = combined.error().message.starts_with("Cannot combine");
    return rpc_error(imbalanced ? Code::kDeserialization : Code::kInvalidParameter, combined.error().message);
}

RpcResult finalize_pset(const PsetPorts& ports, const Args& args) {
    pset::Pset pset = TRY(pset_from_base64(args.text(0)));
    const auto complete = pset::finalize(pset, *ports.chain.params);
    if (!complete) return rpc_error(Code::kVerify, complete.error().message);
    Json out = Json::object();
    if (*complete && args.flag_or(1, true)) {
        const auto tx = pset::extract(pset);
        if (!tx) return rpc_error(Code::kVerify, tx.error().message);
        out["hex"] = to_hex(encode_tx(*tx));
    } else {
        out["psbt"] = pset_to_base64(pset);
    }
    out["complete"] = *complete;
    return out;
}

Json hashes_json(const std::vector<Hash160>& hashes) {
    Json out = Json::array();
    for (const Hash160& hash : hashes) out.push_back(to_hex(hash.view()));
    return out;
}

Json input_analysis(const pset::InputAnalysis& in) {
    Json out = {{"has_utxo", in.has_utxo}, {"is_final", in.is_final}, {"next", to_string(in.next)}};
    Json missing = Json::object();
    if (!in.missing_keys.empty()) missing["pubkeys"] = hashes_json(in.missing_keys);
    if (!in.missing_redeem_script.empty()) missing["redeemscript"] = to_hex(in.missing_redeem_script);
    if (!in.missing_witness_script.empty()) missing["witnessscript"] = to_hex(in.missing_witness_script);
    if (!in.missing_signatures.empty()) missing["signatures"] = hashes_json(in.missing_signatures);
    if (!missing.empty()) out["missing"] = std::move(missing);
    return out;
}

// Satoshi per 1000 virtual bytes.
Amount rate_of(Amount fee, size_t size) {
    return Amount{size == 0 ? 0
                            : static_cast<int64_t>(static_cast<__int128>(fee.sat) * 1000 / static_cast<int64_t>(size))};
}

RpcResult analyze_pset(const PsetPorts& ports, const Args& args) {
    const pset::Analysis found = pset::analyze(TRY(pset_from_base64(args.text(0))), *ports.chain.params);
    Json out = Json::object();
    for (const pset::InputAnalysis& in : found.inputs) out["inputs"].push_back(input_analysis(in));
    for (const pset::OutputAnalysis& each : found.outputs) {
        out["outputs"].push_back(
            Json{{"blind", each.blind}, {"status", proof_status(each.proofs, "done", "unblinded")}});
    }
    if (found.virtual_size) out["estimated_vsize"] = *found.virtual_size;
    if (found.virtual_size && found.fee)
        out["estimated_feerate"] = amount_json(rate_of(*found.fee, *found.virtual_size));
    if (found.fee) out["fee"] = amount_json(*found.fee);
    out["next"] = to_string(found.next);
    if (!found.error.empty()) out["error"] = found.error;
    return out;
}

}  // namespace

RpcResult processed_pset_json(const pset::Pset& pset, const ChainParams& params) {
    const auto signing = pset::signing_of(pset, params);
    if (!signing) return rpc_error(Code::kVerify, signing.error().message);
    bool complete = true;
    for (size_t i = 0; i < pset.inputs.size(); ++i) complete = complete && pset::is_signed(pset.inputs[i], *signing, i);
    Json out = {{"psbt", pset_to_base64(pset)}, {"complete", complete}};
    if (!complete) return out;
    const auto tx = pset::extract(pset);
    if (!tx) return rpc_error(Code::kVerify, tx.error().message);
    out["hex"] = to_hex(encode_tx(*tx));
    return out;
}

void add_pset_join_methods(Dispatcher& dispatcher, const PsetPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const PsetPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("combinepsbt", combine_psets);
    add("finalizepsbt", finalize_pset);
    add("analyzepsbt", analyze_pset);
}

}  // namespace sluice::rpc
