// signrawtransactionwithkey, combinerawtransaction.
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/params/wif.h"
#include "consensus/script/asm.h"
#include "consensus/script/tx_checker.h"
#include "rpc/explain.h"
#include "rpc/prevouts.h"
#include "rpc/rawtx.h"
#include "rpc/sign_methods.h"
#include "signing/sign.h"

namespace sluice::rpc {
namespace {

using Spent = std::vector<std::optional<TxOut>>;

constexpr script::Flags kFlags = script::kStandardFlags | script::kVerifySighashRangeproof;
constexpr const char* kNotFound = "Input not found or already spent";

// What the chain and the pool know of the outputs that it spends.
Result<Spent, RpcError> known_outputs(const ChainPorts& chain, const PoolPorts& pool, const TxRef& tx) {
    return on_state(chain, [chain, pool, tx] { return look_up(chain, pool, tx).spent; });
}

struct Signing {
    std::vector<TxOut> outputs;  // empty if some is not known
    script::TxHashes hashes;
    std::optional<uint8_t> hash_type;
    [[nodiscard]] signing::SignContext context() const { return {outputs, &hashes, hash_type}; }
};

Signing prepare(const Transaction& tx, const Spent& spent, const ChainParams& params) {
    Signing out;
    for (const auto& each : spent) {
        if (each) out.outputs.push_back(*each);
    }
    if (out.outputs.size() != spent.size()) out.outputs.clear();
    out.hashes = out.outputs.empty() ? script::compute_tx_hashes(tx)
                                     : script::compute_tx_hashes(tx, out.outputs, params.genesis_hash);
    return out;
}

Json input_error(const TxIn& in, const std::string& text) {
    Json witness = Json::array();
    for (const Bytes& item : in.witness.script_witness) witness.push_back(to_hex(item));
    return Json{
        {"txid", to_display(in.prevout.txid)},       {"vout", in.prevout.index}, {"witness", std::move(witness)},
        {"scriptSig", to_hex(in.script_sig.view())}, {"sequence", in.sequence},  {"error", text}};
}

std::string why_incomplete(const Transaction& tx, size_t i, const TxOut& spent, const Signing& signing) {
    const auto verdict = signing.outputs.empty() ? script::verify_input(tx, i, spent, kFlags, signing.hashes)
                                                 : script::verify_input(tx, i, signing.outputs, kFlags, signing.hashes);
    if (verdict) return "";
    if (verdict.error() == script::ScriptError::kInvalidStackOperation)
        return "Unable to sign input, invalid stack size (possibly missing key)";
    if (verdict.error() == script::ScriptError::kSigNullFail)
        return "CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)";
    return std::string(script::to_string(verdict.error()));
}

RpcResult sign_with_keys(const ChainPorts& chain, const PoolPorts& pool, const Args& args) {
    const TxRef given = TRY(tx_from_hex(args.text(0), "TX decode failed. Make sure the tx has at least one input."));
    signing::KeyRing ring;
    for (const Json& text : args.json(1)) {
        const auto key =
            text.is_string() ? decode_wif(text.get<std::string>(), chain.params->secret_prefix) : std::nullopt;
        if (!key) return rpc_error(Code::kInvalidAddressOrKey, "Invalid private key");
        ring.add_secret(key->key, key->compressed);
    }
    Spent spent = TRY(known_outputs(chain, pool, given));
    const GivenPrevouts prevouts = TRY(read_prevouts(args.json(2), true));
    for (const Script& script : prevouts.scripts) ring.add_script(script);
    for (size_t i = 0; i < spent.size(); ++i) {
        const auto found = prevouts.outputs.find(given->tx.inputs[i].prevout);
        if (found == prevouts.outputs.end()) continue;
        if (spent[i] && spent[i]->script != found->second.script) {
            return rpc_error(Code::kDeserialization, "Previous output scriptPubKey mismatch:\n" +
                                                         script::to_asm(spent[i]->script.view()) + "\nvs:\n" +
                                                         script::to_asm(found->second.script.view()));
        }
        // The chain knows the asset too, which the caller does not say.
        const ConfidentialAsset asset = spent[i] ? spent[i]->asset : ConfidentialAsset();
        spent[i] = found->second;
        spent[i]->asset = asset;
    }
    const auto hash_type = TRY(sighash_type(args.json(3)));

    Transaction tx = given->tx;
    Signing signing = prepare(tx, spent, *chain.params);
    signing.hash_type = hash_type;
    Json errors = Json::array();
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (!spent[i]) {
            errors.push_back(input_error(tx.inputs[i], kNotFound));
            continue;
        }
        const bool complete = sign_input(tx, i, *spent[i], signing.context(), ring);
        // A witness signs the amount that it spends.
        if (spent[i]->value.is_explicit() && spent[i]->value.explicit_value() == kMaxMoney &&
            !tx.inputs[i].witness.script_witness.empty()) {
            return rpc_error(Code::kType, "Missing amount for " + to_display(tx.inputs[i].prevout.txid) + ":" +
                                              std::to_string(tx.inputs[i].prevout.index));
        }
        if (!complete) errors.push_back(input_error(tx.inputs[i], why_incomplete(tx, i, *spent[i], signing)));
    }
    Json out = {{"hex", to_hex(encode_tx(tx))}, {"complete", errors.empty()}};
    if (!errors.empty()) out["errors"] = std::move(errors);
    return out;
}

RpcResult combine(const ChainPorts& chain, const PoolPorts& pool, const Args& args) {
    std::vector<Transaction> copies;
    TxRef first;
    for (const Json& hex : args.json(0)) {
        const TxRef tx = TRY(tx_from_hex(
            hex.is_string() ? hex.get<std::string>() : "",
            "TX decode failed for tx " + std::to_string(copies.size()) + ". Make sure the tx has at least one input."));
        if (!first) first = tx;
        copies.push_back(tx->tx);
    }
    if (!first) return rpc_error(Code::kDeserialization, "Missing transactions");
    const Spent spent = TRY(known_outputs(chain, pool, first));
    Transaction tx = first->tx;
    const Signing signing = prepare(tx, spent, *chain.params);
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (!spent[i]) return rpc_error(Code::kVerify, kNotFound);
        combine_input(tx, i, *spent[i], signing.context(), copies);
    }
    return Json(to_hex(encode_tx(tx)));
}

}  // namespace

void add_sign_methods(Dispatcher& dispatcher, const ChainPorts& ports, const PoolPorts& pool) {
    dispatcher.add("signrawtransactionwithkey",
                   [ports, pool](const Args& args, const Caller&) { return sign_with_keys(ports, pool, args); });
    dispatcher.add("combinerawtransaction",
                   [ports, pool](const Args& args, const Caller&) { return combine(ports, pool, args); });
    add_descriptor_methods(dispatcher, ports);
    add_message_methods(dispatcher, ports);
}

}  // namespace sluice::rpc
