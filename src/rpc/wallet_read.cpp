// What the wallet holds and did.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/script.h"
#include "rpc/json_script.h"
#include "rpc/json_tx.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;
using wallet::WalletCoin;
using wallet::WalletTx;

RpcResult get_balance(const Args& args, const WalletPorts& ports) {
    if (args.has(0) && args.text(0) != "*") {
        return rpc_error(Code::kMethodDeprecated, "dummy first argument must be excluded or set to \"*\".");
    }
    const int64_t min_depth = TRY(args.integer_or(1, 0));
    std::optional<AssetId> asset;
    if (args.has(4) && !args.text(4).empty()) {
        asset = ports.labels->find(args.text(4));
        if (!asset) return rpc_error(Code::kWalletNotFound, "Unknown label and invalid asset hex: " + args.text(4));
    }
    return on_wallet(ports, [ports, asset, min_depth](const Wallet& wallet) -> RpcResult {
        auto trusted = wallet.balances(static_cast<uint32_t>(std::clamp<int64_t>(min_depth, 0, UINT32_MAX))).trusted;
        return asset ? amount_json(trusted[*asset]) : amounts_json(trusted, ports);
    });
}

RpcResult get_balances(const WalletPorts& ports) {
    return on_wallet(ports, [ports](const Wallet& wallet) -> RpcResult {
        const wallet::AllBalances all = wallet.all_balances();
        const wallet::Balances& balances = all.mine;
        Json mine = Json::object();
        mine["trusted"] = amounts_json(balances.trusted, ports);
        mine["untrusted_pending"] = amounts_json(balances.pending, ports);
        mine["immature"] = amounts_json(balances.immature, ports);
        Json out = Json::object();
        out["mine"] = std::move(mine);
        if (wallet.flags().mixed) {
            out["watchonly"] = Json{{"trusted", amounts_json(all.watched.trusted, ports)},
                                    {"untrusted_pending", amounts_json(all.watched.pending, ports)},
                                    {"immature", amounts_json(all.watched.immature, ports)}};
        }
        out["lastprocessedblock"] = last_block_json(wallet);
        return out;
    });
}

// listunspent's query_options.
struct CoinQuery {
    Amount smallest;
    Amount largest{kMaxMoney};
    Amount enough{INT64_MAX};  // as soon as the coins are worth so much there are no more
    uint64_t most = UINT64_MAX;
    bool immature = false;
    std::optional<AssetId> asset;
};
Result<CoinQuery, RpcError> read_query(const Json& options, const WalletPorts& ports) {
    TRY_VOID(check_fields(options,
                          {{"minimumAmount", "", true},
                           {"maximumAmount", "", true},
                           {"minimumSumAmount", "", true},
                           {"maximumCount", "number", true},
                           {"asset", "", true},
                           {"include_immature_coinbase", "bool", true}},
                          true));
    CoinQuery out;
    if (options.contains("minimumAmount")) out.smallest = TRY(amount_from_json(options["minimumAmount"]));
    if (options.contains("maximumAmount")) out.largest = TRY(amount_from_json(options["maximumAmount"]));
    if (options.contains("minimumSumAmount")) out.enough = TRY(amount_from_json(options["minimumSumAmount"]));
    if (options.contains("maximumCount")) {
        const int64_t count = TRY(integer_from_json(options["maximumCount"]));
        if (count > 0) out.most = static_cast<uint64_t>(count);  // 0: no limit
    }
    out.immature = options.contains("include_immature_coinbase") && options["include_immature_coinbase"] == true;
    if (options.contains("asset") && options["asset"] != "") {
        if (options["asset"].is_string()) out.asset = ports.labels->find(options["asset"].get<std::string>());
        if (!out.asset) return rpc_error(Code::kInvalidParameter, "Unknown label and invalid asset hex");
    }
    return out;
}

RpcResult list_unspent(const Args& args, const WalletPorts& ports) {
    const int64_t min_depth = TRY(args.integer_or(0, 1));
    const int64_t max_depth = TRY(args.integer_or(1, 9'999'999));
    std::set<Script> wanted;
    if (args.has(2)) {
        for (const Json& item : args.json(2)) {
            if (!item.is_string()) return rpc_error(Code::kType, "JSON value is not a string as expected");
            const auto address = decode_address(item.get<std::string>(), ports.params->address);
            if (!address)
                return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address: " + item.get<std::string>());
            if (!wanted.insert(address->script).second) {
                return rpc_error(Code::kInvalidParameter,
                                 "Invalid parameter, duplicated address: " + item.get<std::string>());
            }
        }
    }
    const bool include_unsafe = args.flag_or(3, true);
    const CoinQuery query = TRY(read_query(args.has(4) ? args.json(4) : Json::object(), ports));
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        Json out = Json::array();
        Amount sum;
        for (const WalletCoin& coin : wallet.unspent()) {
            if (out.size() >= query.most || (sum.sat > 0 && sum >= query.enough)) break;
            if (!(coin.mature() || query.immature) || coin.depth < min_depth || coin.depth > max_depth) continue;
            if (wallet.locked_coins().contains(coin.outpoint)) continue;
            if (!wanted.empty() && !wanted.contains(coin.out.script)) continue;
            if (!include_unsafe && !coin.trusted()) continue;
            if (query.asset && coin.opened.asset != *query.asset) continue;
            if (coin.opened.value < query.smallest || coin.opened.value > query.largest) continue;
            sum = add(sum, coin.opened.value).value_or(Amount{INT64_MAX});
            Json row = Json::object();
            row["txid"] = to_display(coin.outpoint.txid);
            row["vout"] = coin.outpoint.index;
            if (const std::string address = address_of(coin.out.script, *ports.params); !address.empty()) {
                row["address"] = address;
                row["label"] = wallet.label_of(coin.out.script);
            }
            row["scriptPubKey"] = to_hex(coin.out.script.view());
            row["amount"] = amount_json(coin.opened.value);
            if (coin.out.asset.is_commitment()) row["assetcommitment"] = to_hex(coin.out.asset.commitment().view());
            row["asset"] = to_display(coin.opened.asset);
            if (coin.out.value.is_commitment()) row["amountcommitment"] = to_hex(coin.out.value.commitment().view());
            row["amountblinder"] = blind_text(coin.opened.value_blind);
            row["assetblinder"] = blind_text(coin.opened.asset_blind);
            row["confirmations"] = coin.depth;
            const bool watched = wallet.is_watch_only(coin.out.script) || wallet.flags().private_keys_disabled;
            const bool known = wallet.dummy_scripts(coin.out.script).has_value();
            row["spendable"] = !watched;
            row["solvable"] = !watched || known;
            row["desc"] = infer_descriptor(coin.out.script, *ports.params);
            row["parent_descs"] = Json::array();
            row["safe"] = coin.trusted();
            out.push_back(std::move(row));
        }
        return out;
    });
}

RpcResult get_transaction(const Args& args, const WalletPorts& ports) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    const bool verbose = args.flag_or(2, false);
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        const WalletTx* entry = wallet.ledger().find(txid);
        if (entry == nullptr) return rpc_error(Code::kInvalidAddressOrKey, "Invalid or non-wallet transaction id");
        const Movement movement = movement_of(*entry, wallet);
        Json out = Json::object();
        out["amount"] = amounts_json(movement.net, ports);
        if (movement.from_me) out["fee"] = negative(movement.fee, ports);
        add_tx_facts(out, *entry, wallet);
        Json details = Json::array();
        for (Json& row : details_of(*entry, wallet, ports)) details.push_back(std::move(row));
        out["details"] = std::move(details);
        out["hex"] = to_hex(encode_tx(entry->tx->tx));
        if (verbose) out["decoded"] = tx_json(*entry->tx, *ports.params);
        out["lastprocessedblock"] = last_block_json(wallet);
        return out;
    });
}

RpcResult get_unconfirmed_balance(const WalletPorts& ports) {
    return on_wallet(
        ports, [ports](const Wallet& wallet) -> RpcResult { return amounts_json(wallet.balances().pending, ports); });
}

RpcResult get_wallet_info(const WalletPorts& ports) {
    return on_wallet(ports, [ports](const Wallet& wallet) -> RpcResult {
        const wallet::Balances balances = wallet.balances();
        Json out = Json::object();
        out["walletname"] = ports.at.name;
        out["walletversion"] = kWalletVersion;
        out["format"] = "leveldb";
        out["balance"] = amounts_json(balances.trusted, ports);
        out["unconfirmed_balance"] = amounts_json(balances.pending, ports);
        out["immature_balance"] = amounts_json(balances.immature, ports);
        out["txcount"] = wallet.ledger().all().size();
        const bool has_pool = !wallet.flags().private_keys_disabled && !wallet.flags().blank;
        out["keypoolsize"] = has_pool ? wallet.lookahead() : 0;
        out["keypoolsize_hd_internal"] = has_pool ? wallet.lookahead() : 0;
        if (wallet.encrypted()) out["unlocked_until"] = wallet.unlocked_until();
        out["paytxfee"] = amount_json({wallet.own_fee_rate().value_or(0)});
        out["private_keys_enabled"] = !wallet.flags().private_keys_disabled;
        out["avoid_reuse"] = wallet.flags().avoid_reuse;
        out["scanning"] = false;
        out["descriptors"] = !wallet.flags().mixed;
        out["external_signer"] = false;
        out["blank"] = wallet.flags().blank;
        out["lastprocessedblock"] = last_block_json(wallet);
        return out;
    });
}

}  // namespace

void add_wallet_read_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "getbalance", ports, get_balance);
    add_wallet_method(dispatcher, "getunconfirmedbalance", ports,
                      [](const Args&, const WalletPorts& at) { return get_unconfirmed_balance(at); });
    add_wallet_method(dispatcher, "getbalances", ports,
                      [](const Args&, const WalletPorts& at) { return get_balances(at); });
    add_wallet_method(dispatcher, "listunspent", ports, list_unspent);
    add_wallet_method(dispatcher, "gettransaction", ports, get_transaction);
    add_wallet_method(dispatcher, "getwalletinfo", ports,
                      [](const Args&, const WalletPorts& at) { return get_wallet_info(at); });
    dispatcher.add("dumpassetlabels", [ports](const Args&, const Caller&) -> RpcResult {
        Json out = Json::object();
        for (const auto& [label, asset] : ports.labels->all()) out[label] = to_display(asset);
        return out;
    });
}

}  // namespace sluice::rpc
