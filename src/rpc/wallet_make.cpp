// Payments in one call, with the options of funding: send, sendall.
#include <set>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "pset/sign.h"
#include "pset/tx.h"
#include "rpc/pset_parts.h"
#include "rpc/pset_wallet.h"
#include "rpc/wallet_fund.h"

namespace sluice::rpc {
namespace {

using wallet::FundOrder;
using wallet::Wallet;
using wallet::WalletCoin;

constexpr int64_t kInputSize = 70;  // virtual bytes of a signed input, about

// The arguments that send and sendall share; those of the fee may stand in the options as well.
Result<Json, RpcError> merged_options(const Args& args) {
    Json options = args.has(4) ? args.json(4) : Json::object();
    for (const auto& [former, name] : {std::pair("feeRate", "fee_rate (sat/vB)"),
                                       {"changeAddress", "change_address"},
                                       {"changePosition", "change_position"},
                                       {"includeWatching", "include_watching"},
                                       {"lockUnspents", "lock_unspents"},
                                       {"subtractFeeFromOutputs", "subtract_fee_from_outputs"}}) {
        if (options.contains(former)) {
            return rpc_error(Code::kInvalidParameter, std::string("Use ") + name + " instead of " + former);
        }
    }
    if (options.contains("conf_target") || options.contains("estimate_mode")) {
        if (args.has(1) || args.has(2)) {
            return rpc_error(Code::kInvalidParameter,
                             "Pass conf_target and estimate_mode either as arguments or in the options object, but not "
                             "both");
        }
    } else {
        options["conf_target"] = args.json(1);
        options["estimate_mode"] = args.json(2);
    }
    if (!options.contains("fee_rate")) {
        options["fee_rate"] = args.json(3);
    } else if (args.has(3)) {
        return rpc_error(Code::kInvalidParameter,
                         "Pass the fee_rate either as an argument, or in the options object, but not both");
    }
    const bool no_mode =
        !options.contains("estimate_mode") || options["estimate_mode"].is_null() || options["estimate_mode"] == "unset";
    if (options.contains("conf_target") && !options["conf_target"].is_null() && no_mode)
        return rpc_error(Code::kInvalidParameter, "Specify estimate_mode");
    return options;
}

Json take_member(Json& options, const char* name) {
    Json out;
    if (options.contains(name)) {
        out = options[name];
        options.erase(name);
    }
    return out;
}

Result<RawOrder, RpcError> raw_order(Json& options, Json outputs) {
    RawOrder out;
    out.inputs = options.contains("inputs") ? options["inputs"] : Json::array();
    out.outputs = std::move(outputs);
    const Json lock_time = take_member(options, "locktime");
    if (!lock_time.is_null()) out.lock_time = TRY(integer_from_json(lock_time));
    if (options.contains("replaceable") && options["replaceable"].is_boolean())
        out.replaceable = options["replaceable"].get<bool>();
    if (!out.inputs.is_array()) return rpc_error(Code::kType, "JSON value is not an array as expected");
    return out;
}

// As a PSET, signed as far as the wallet can.
RpcResult as_pset(Wallet& wallet, const FundOrder& order, const ChainParams& params) {
    const auto funded = wallet.fund(order);
    if (!funded) return unexpected(fund_error(funded.error()));
    pset::Pset pset = pset::from_tx(funded->tx);
    for (pset::Output& out : pset.outputs) out.blinder_index = 0;
    PsetWork work;
    const bool blinded = TRY(blind_with_wallet(pset, wallet, work));
    if (blinded && !wallet.flags().private_keys_disabled) TRY_VOID(sign_with_wallet(pset, wallet, work));
    const auto signing = pset::signing_of(pset, params);
    bool complete = signing.has_value();
    for (size_t i = 0; complete && i < pset.inputs.size(); ++i) complete = pset::is_signed(pset.inputs[i], *signing, i);
    Json out = {{"psbt", pset_to_base64(pset)}};
    const auto tx = complete ? pset::extract(pset) : fail("");
    if (tx) {
        out["txid"] = to_display(compute_txid(*tx));
        out["hex"] = to_hex(encode_tx(*tx));
    }
    out["complete"] = tx.has_value();
    return out;
}

struct HowToEnd {
    bool pset = false;
    bool keep = true;
};
HowToEnd how_to_end(const Json& options) {
    HowToEnd out;
    out.pset = options.contains("psbt") && options["psbt"] == true;
    out.keep = !options.contains("add_to_wallet") || options["add_to_wallet"] != false;
    return out;
}

RpcResult finish_payment(Wallet& wallet, const FundOrder& order, const HowToEnd& end, const ChainParams& params) {
    if (end.pset || wallet.flags().private_keys_disabled) return as_pset(wallet, order, params);
    const auto made = wallet.make(order, end.keep);
    if (!made) return unexpected(fund_error(made.error()));
    Json out = Json::object();
    if (!end.keep) out["psbt"] = pset_to_base64(pset::from_tx(made->tx));
    if (made->complete) out["txid"] = to_display(compute_txid(made->tx));
    if (!made->complete || !end.keep) out["hex"] = to_hex(encode_tx(made->tx));
    out["complete"] = made->complete;
    return out;
}

RpcResult send(const Args& args, const WalletPorts& ports) {
    Json options = TRY(merged_options(args));
    const HowToEnd end = how_to_end(options);
    const RawOrder raw = TRY(raw_order(options, args.json(0)));
    FundOrder order;
    order.tx = TRY(make_raw_transaction(raw, *ports.params));
    order.coins.any = order.tx.inputs.empty();
    order = TRY(read_funding(options, std::move(order), destinations_of(raw.outputs), ports));
    if (order.tx.outputs.empty()) return rpc_error(Code::kInvalidParameter, "TX must have at least one output");
    return on_wallet(ports, [=](Wallet& wallet) { return finish_payment(wallet, order, end, *ports.params); });
}

// --- sendall

struct Recipients {
    Json outputs = Json::array();  // as createrawtransaction takes them
    std::set<size_t> take_the_rest;
};

Result<Recipients, RpcError> read_recipients(const Json& list) {
    Recipients out;
    for (const Json& each : list) {
        const bool rest = each.is_string();
        if (!rest && (!each.is_object() || each.empty())) return rpc_error(Code::kType, "Invalid recipient");
        if (rest) out.take_the_rest.insert(out.outputs.size());
        out.outputs.push_back(rest ? Json{{each.get<std::string>(), 0}} : each);
    }
    if (out.take_the_rest.empty()) {
        return rpc_error(Code::kInvalidParameter, "Must provide at least one address without a specified amount");
    }
    return out;
}

std::string name_of(const OutPoint& coin) {
    return "UTXO (" + to_display(coin.txid) + ":" + std::to_string(coin.index) + ")";
}

// Those that the caller names, or every one that may be spent: their sum.
Result<Amount, RpcError> choose_coins(FundOrder& order, bool send_max, const Wallet& wallet) {
    const AssetId policy = wallet.options().policy_asset;
    std::map<OutPoint, WalletCoin> coins;
    for (WalletCoin& coin : wallet.unspent()) coins.emplace(coin.outpoint, std::move(coin));
    Amount total;
    for (const TxIn& in : order.tx.inputs) {
        if (wallet.ledger().is_spent(in.prevout)) {
            return rpc_error(Code::kInvalidParameter,
                             "Input not available. " + name_of(in.prevout) + " was already spent.");
        }
        const auto found = coins.find(in.prevout);
        if (found == coins.end() || wallet.is_watch_only(found->second.out.script)) {
            return rpc_error(Code::kInvalidParameter,
                             "Input not found. " + name_of(in.prevout) + " is not part of wallet.");
        }
        if (found->second.opened.asset == policy) total.sat += found->second.opened.value.sat;
    }
    if (!order.tx.inputs.empty()) return total;
    const int64_t rate = order.fee_rate.value_or(wallet.own_fee_rate().value_or(wallet.options().fee_rate));
    for (const auto& [outpoint, coin] : coins) {
        const bool fits = coin.trusted() && coin.depth >= order.coins.min_depth && coin.depth <= order.coins.max_depth;
        if (!fits || coin.opened.asset != policy || wallet.locked_coins().contains(outpoint)) continue;
        if (wallet.is_watch_only(coin.out.script) && !order.coins.watch_only) continue;
        if (send_max && coin.opened.value.sat <= kInputSize * rate / 1000) continue;
        TxIn in;
        in.prevout = outpoint;
        in.sequence =
            order.replaceable.value_or(wallet.options().replaceable) ? kSequenceFinal - 2 : kSequenceFinal - 1;
        order.tx.inputs.push_back(std::move(in));
        total.sat += coin.opened.value.sat;
    }
    return total;
}

// What is left goes to those without an amount, in equal parts; the fee is theirs.
Result<void, RpcError> share_out(FundOrder& order, Amount total, const std::set<size_t>& takers) {
    int64_t rest = total.sat;
    for (const TxOut& out : order.tx.outputs) rest -= out.value.explicit_value().sat;
    if (rest < 0) return rpc_error(Code::kInsufficientFunds, "Assigned more value to outputs than available funds.");
    const auto count = static_cast<int64_t>(takers.size());
    const int64_t share = rest / count;
    for (const size_t at : takers) {
        order.tx.outputs[at].value = Amount{share + (at == *takers.begin() ? rest % count : 0)};
        order.subtract_fee_from.insert(static_cast<uint32_t>(at));
    }
    if (share > 0) return {};
    return rpc_error(Code::kInsufficientFunds,
                     "Total value of UTXO pool too low to pay for transaction. Try using lower feerate or excluding "
                     "uneconomic UTXOs with 'send_max' option.");
}

RpcError sendall_error(const RpcError& error, bool send_max) {
    if (!error.message.starts_with("The transaction amount is too small")) return error;
    return {Code::kInsufficientFunds,
            send_max ? "Total value of UTXO pool too low to pay for transaction, try using lower feerate."
                     : "Total value of UTXO pool too low to pay for transaction. Try using lower feerate or excluding "
                       "uneconomic UTXOs with 'send_max' option."};
}

RpcResult send_all(const Args& args, const WalletPorts& ports) {
    Json options = TRY(merged_options(args));
    const HowToEnd end = how_to_end(options);
    const Recipients recipients = TRY(read_recipients(args.json(0)));
    const bool send_max = take_member(options, "send_max") == true;
    const bool named = options.contains("inputs");
    if (named && send_max) return rpc_error(Code::kInvalidParameter, "Cannot combine send_max with specific inputs.");
    if (named && (options.contains("minconf") || options.contains("maxconf")))
        return rpc_error(Code::kInvalidParameter, "Cannot combine minconf or maxconf with specific inputs.");
    if (options.contains("minconf") && options["minconf"].is_number() && options["minconf"] < 0) {
        return rpc_error(Code::kInvalidParameter,
                         "Invalid minconf (minconf cannot be negative): " + write_json(options["minconf"]));
    }
    const RawOrder raw = TRY(raw_order(options, recipients.outputs));
    FundOrder given;
    // An amount of zero is dropped where outputs are read, unless the output has a script.
    given.tx = TRY(make_raw_transaction(raw, *ports.params));
    given = TRY(read_funding(options, std::move(given), {}, ports));
    given.coins.any = false;
    if (std::ranges::any_of(given.tx.outputs, [&](const TxOut& out) {
            return out.asset.explicit_value() != ports.params->policy_asset;
        })) {
        return rpc_error(Code::kInvalidParameter, "sendall sends the asset that pays fees only");
    }
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        FundOrder order = given;
        const Amount total = TRY(choose_coins(order, send_max, wallet));
        TRY_VOID(share_out(order, total, recipients.take_the_rest));
        auto done = finish_payment(wallet, order, end, *ports.params);
        if (!done) return unexpected(sendall_error(done.error(), send_max));
        return done;
    });
}

}  // namespace

void add_wallet_make_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "send", ports, send);
    add_wallet_method(dispatcher, "sendall", ports, send_all);
}

}  // namespace sluice::rpc
