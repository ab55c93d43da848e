// signrawtransactionwithkey, combinerawtransaction.
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/params/wif.h"
#include "consensus/script/asm.h"
#include "rpc/explain.h"
#include "rpc/prevouts.h"
#include "rpc/raw_signing.h"
#include "rpc/rawtx.h"
#include "rpc/sign_methods.h"
#include "signing/sign.h"

namespace sluice::rpc {
namespace {

constexpr const char* kNotFound = "Input not found or already spent";

// What the chain and the pool know of the outputs that it spends.
Result<KnownOutputs, RpcError> known_outputs(const ChainPorts& chain, const PoolPorts& pool, const TxRef& tx) {
    return on_state(chain, [chain, pool, tx] { return look_up(chain, pool, tx).spent; });
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
    KnownOutputs spent = TRY(known_outputs(chain, pool, given));
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
    const RawSigning signing = raw_signing(tx, spent, *chain.params);
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (spent[i]) (void)sign_input(tx, i, *spent[i], signing.context(hash_type), ring);
    }
    return signed_json(tx, spent, signing);
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
    const KnownOutputs spent = TRY(known_outputs(chain, pool, first));
    Transaction tx = first->tx;
    const RawSigning signing = raw_signing(tx, spent, *chain.params);
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
