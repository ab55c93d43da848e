#include "rpc/raw_signing.h"

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/tx_checker.h"
#include "util/random.h"

namespace sluice::rpc {
namespace {

constexpr script::Flags kFlags = script::kStandardFlags | script::kVerifySighashRangeproof;

Json input_error(const TxIn& in, const std::string& text) {
    Json witness = Json::array();
    for (const Bytes& item : in.witness.script_witness) witness.push_back(to_hex(item));
    return Json{
        {"txid", to_display(in.prevout.txid)},       {"vout", in.prevout.index}, {"witness", std::move(witness)},
        {"scriptSig", to_hex(in.script_sig.view())}, {"sequence", in.sequence},  {"error", text}};
}

// Empty: nothing is missing.
std::string why_incomplete(const Transaction& tx, size_t i, const TxOut& spent, const RawSigning& signing) {
    const auto verdict = signing.outputs.empty() ? script::verify_input(tx, i, spent, kFlags, signing.hashes)
                                                 : script::verify_input(tx, i, signing.outputs, kFlags, signing.hashes);
    if (verdict) return "";
    if (verdict.error() == script::ScriptError::kInvalidStackOperation)
        return "Unable to sign input, invalid stack size (possibly missing key)";
    if (verdict.error() == script::ScriptError::kSigNullFail)
        return "CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)";
    return std::string(script::to_string(verdict.error()));
}

}  // namespace

signing::SignContext RawSigning::context(std::optional<uint8_t> hash_type) const {
    signing::SignContext out{outputs, &hashes, hash_type};
    random_bytes(out.auxiliary);
    return out;
}

RawSigning raw_signing(const Transaction& tx, const KnownOutputs& spent, const ChainParams& params) {
    RawSigning out;
    for (const auto& each : spent) {
        if (each) out.outputs.push_back(*each);
    }
    if (out.outputs.size() != spent.size()) out.outputs.clear();
    out.hashes = out.outputs.empty() ? script::compute_tx_hashes(tx)
                                     : script::compute_tx_hashes(tx, out.outputs, params.genesis_hash);
    return out;
}

RpcResult signed_json(const Transaction& tx, const KnownOutputs& spent, const RawSigning& signing) {
    Json errors = Json::array();
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        if (!spent[i]) {
            errors.push_back(input_error(in, "Input not found or already spent"));
            continue;
        }
        // A witness signs the amount that it spends.
        if (spent[i]->value.is_explicit() && spent[i]->value.explicit_value() == kMaxMoney &&
            !in.witness.script_witness.empty()) {
            return rpc_error(Code::kType, "Missing amount for " + to_display(in.prevout.txid) + ":" +
                                              std::to_string(in.prevout.index));
        }
        if (const std::string why = why_incomplete(tx, i, *spent[i], signing); !why.empty())
            errors.push_back(input_error(in, why));
    }
    Json out = {{"hex", to_hex(encode_tx(tx))}, {"complete", errors.empty()}};
    if (!errors.empty()) out["errors"] = std::move(errors);
    return out;
}

}  // namespace sluice::rpc
