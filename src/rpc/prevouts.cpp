#include "rpc/prevouts.h"

#include "consensus/script/flags.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "rpc/args.h"

namespace sluice::rpc {
namespace {

Result<Script, RpcError> script_field(const Json& item, const char* name) {
    return Script{TRY(hex_from_json(item[name], name))};
}

Result<TxOut, RpcError> read_output(const Json& item) {
    TxOut out;
    out.script = TRY(script_field(item, "scriptPubKey"));
    out.value = kMaxMoney;
    if (item.contains("amount")) {
        out.value = TRY(amount_from_json(item["amount"]));
    } else if (item.contains("amountcommitment")) {
        const Bytes commitment = TRY(hex_from_json(item["amountcommitment"], "amountcommitment"));
        if (commitment.size() != ValueCommitment::kSize)
            return rpc_error(Code::kInvalidParameter, "amountcommitment has the wrong length");
        out.value = ValueCommitment::from_view(commitment);
    }
    return out;
}

// The script behind the hash that `pubkey` pays to.
Result<Script, RpcError> read_inner_script(const Json& item, const Script& pubkey) {
    TRY_VOID(check_fields(item, {{"redeemScript", "string", true}, {"witnessScript", "string", true}}));
    const bool has_redeem = item.contains("redeemScript") && !item["redeemScript"].is_null();
    const bool has_witness = item.contains("witnessScript") && !item["witnessScript"].is_null();
    if (!has_redeem && !has_witness) return rpc_error(Code::kInvalidParameter, "Missing redeemScript/witnessScript");
    Script inner = TRY(script_field(item, has_witness ? "witnessScript" : "redeemScript"));
    const Script program = script::p2wsh_of(inner);
    // The redeem script is the witness script's program, or, as older clients have it, the same script.
    if (has_witness && has_redeem && item["witnessScript"] != item["redeemScript"] &&
        TRY(script_field(item, "redeemScript")) != program) {
        return rpc_error(Code::kInvalidParameter, "redeemScript does not correspond to witnessScript");
    }
    if (pubkey != program && pubkey != script::p2sh_of(inner) && pubkey != script::p2sh_of(program))
        return rpc_error(Code::kInvalidParameter, "redeemScript/witnessScript does not match scriptPubKey");
    return inner;
}

}  // namespace

Result<GivenPrevouts, RpcError> read_prevouts(const Json& list, bool scripts_needed) {
    GivenPrevouts out;
    if (list.is_null()) return out;
    for (const Json& item : list) {
        if (!item.is_object())
            return rpc_error(Code::kDeserialization, "expected object with {\"txid'\",\"vout\",\"scriptPubKey\"}");
        TRY_VOID(check_fields(item, {{"scriptPubKey", "string"}, {"txid", "string"}, {"vout", "number"}}));
        const Txid txid = Txid::from_view(TRY(id_bytes_from_text(item["txid"].get<std::string>(), "txid")));
        const int64_t vout = TRY(integer_from_json(item["vout"]));
        if (vout < 0) return rpc_error(Code::kDeserialization, "vout cannot be negative");
        if (vout > UINT32_MAX) return rpc_error(Code::kMisc, "JSON integer out of range");
        TxOut spent = TRY(read_output(item));
        const auto program = script::parse_witness_program(spent.script.view());
        const bool to_script =
            script::is_pay_to_script_hash(spent.script.view()) || (program && program->is_script_hash());
        if (scripts_needed && to_script) out.scripts.push_back(TRY(read_inner_script(item, spent.script)));
        out.outputs.insert_or_assign(OutPoint{txid, static_cast<uint32_t>(vout)}, std::move(spent));
    }
    return out;
}

Result<std::optional<uint8_t>, RpcError> sighash_type(const Json& value) {
    if (value.is_null()) return std::nullopt;
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    if (text == "DEFAULT") return script::kSighashDefault;
    std::string_view rest = text;
    uint8_t out = 0;
    for (const auto& [name, type] : {std::pair<std::string_view, uint8_t>{"ALL", script::kSighashAll},
                                     {"NONE", script::kSighashNone},
                                     {"SINGLE", script::kSighashSingle}}) {
        if (!rest.starts_with(name)) continue;
        out = type;
        rest.remove_prefix(name.size());
        break;
    }
    for (const auto& [name, flag] :
         {std::pair<std::string_view, uint8_t>{"|ANYONECANPAY", script::kSighashAnyoneCanPay},
          {"|RANGEPROOF", script::kSighashRangeproof}}) {
        if (out == 0 || !rest.starts_with(name)) continue;
        out |= flag;
        rest.remove_prefix(name.size());
    }
    if (out == 0 || !rest.empty())
        return rpc_error(Code::kInvalidParameter, "'" + text + "' is not a valid sighash parameter.");
    return out;
}

}  // namespace sluice::rpc
