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
        const wallet::Balances balances = wallet.balances();
        Json mine = Json::object();
        mine["trusted"] = amounts_json(balances.trusted, ports);
        mine["untrusted_pending"] = amounts_json(balances.pending, ports);
        mine["immature"] = amounts_json(balances.immature, ports);
        Json out = Json::object();
        out["mine"] = std::move(mine);
        out["lastprocessedblock"] = last_block_json(wallet);
        return out;
    });
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
    std::optional<AssetId> asset;
    if (args.has(4) && args.json(4).contains("asset")) {
        const Json& label = args.json(4)["asset"];
        if (label.is_string()) asset = ports.labels->find(label.get<std::string>());
        if (!asset) return rpc_error(Code::kInvalidParameter, "Unknown label and invalid asset hex");
    }
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        Json out = Json::array();
        for (const WalletCoin& coin : wallet.unspent()) {
            if (!coin.mature() || coin.depth < min_depth || coin.depth > max_depth) continue;
            if (wallet.locked_coins().contains(coin.outpoint)) continue;
            if (!wanted.empty() && !wanted.contains(coin.out.script)) continue;
            if (!include_unsafe && !coin.trusted()) continue;
            if (asset && coin.opened.asset != *asset) continue;
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
            row["spendable"] = true;
            row["solvable"] = true;
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

RpcResult list_transactions(const Args& args, const WalletPorts& ports) {
    const int64_t count = TRY(args.integer_or(1, 10));
    const int64_t skip = TRY(args.integer_or(2, 0));
    if (count < 0) return rpc_error(Code::kInvalidParameter, "Negative count");
    if (skip < 0) return rpc_error(Code::kInvalidParameter, "Negative from");
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        std::vector<const WalletTx*> order;
        for (const auto& [txid, entry] : wallet.ledger().all()) order.push_back(&entry);
        std::ranges::stable_sort(
            order, [](const WalletTx* a, const WalletTx* b) { return a->time_received < b->time_received; });
        std::vector<Json> rows;
        for (const WalletTx* entry : order) {
            for (Json& row : details_of(*entry, wallet, ports)) {
                add_tx_facts(row, *entry, wallet);
                rows.push_back(std::move(row));
            }
        }
        const auto size = static_cast<int64_t>(rows.size());
        const int64_t end = std::max<int64_t>(0, size - skip);
        const int64_t begin = std::max<int64_t>(0, end - count);
        Json out = Json::array();
        for (int64_t i = begin; i < end; ++i) out.push_back(std::move(rows[static_cast<size_t>(i)]));
        return out;
    });
}

RpcResult get_wallet_info(const WalletPorts& ports) {
    return on_wallet(ports, [](const Wallet& wallet) -> RpcResult {
        Json out = Json::object();
        out["walletname"] = "";
        out["walletversion"] = 169900;
        out["format"] = "leveldb";
        out["txcount"] = wallet.ledger().all().size();
        out["keypoolsize"] = wallet::kLookahead;
        if (wallet.encrypted()) out["unlocked_until"] = wallet.unlocked_until();
        out["paytxfee"] = amount_json({0});
        out["private_keys_enabled"] = true;
        out["avoid_reuse"] = false;
        out["scanning"] = false;
        out["descriptors"] = true;
        out["external_signer"] = false;
        out["lastprocessedblock"] = last_block_json(wallet);
        return out;
    });
}

}  // namespace

void add_wallet_read_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    dispatcher.add("getbalance", [ports](const Args& args, const Caller&) { return get_balance(args, ports); });
    dispatcher.add("getbalances", [ports](const Args&, const Caller&) { return get_balances(ports); });
    dispatcher.add("listunspent", [ports](const Args& args, const Caller&) { return list_unspent(args, ports); });
    dispatcher.add("gettransaction", [ports](const Args& args, const Caller&) { return get_transaction(args, ports); });
    dispatcher.add("listtransactions",
                   [ports](const Args& args, const Caller&) { return list_transactions(args, ports); });
    dispatcher.add("getwalletinfo", [ports](const Args&, const Caller&) { return get_wallet_info(ports); });
    dispatcher.add("listwallets", [](const Args&, const Caller&) -> RpcResult { return Json::array({""}); });
    dispatcher.add("dumpassetlabels", [ports](const Args&, const Caller&) -> RpcResult {
        Json out = Json::object();
        for (const auto& [label, asset] : ports.labels->all()) out[label] = to_display(asset);
        return out;
    });
}

}  // namespace sluice::rpc
