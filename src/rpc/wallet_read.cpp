// What the wallet holds and did.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/script.h"
#include "rpc/json_script.h"
#include "rpc/json_tx.h"
#include "rpc/wallet_methods.h"
#include "wallet/wallet.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;
using wallet::WalletCoin;
using wallet::WalletTx;

constexpr int kNoBlinder = 64;  // hex digits

std::string address_of(const Script& script, const ChainParams& params) {
    return encode_address({script, std::nullopt}, params.address).value_or("");
}

// The pegged asset stands first and always, as the reference has it; others follow by label.
Json amounts_json(const std::map<AssetId, Amount>& amounts, const WalletPorts& ports) {
    Json out = Json::object();
    const AssetId pegged = ports.params->pegged_asset;
    const auto found = amounts.find(pegged);
    out[ports.labels->name(pegged)] = amount_json(found == amounts.end() ? Amount{} : found->second);
    for (const auto& [asset, amount] : amounts) {
        if (asset != pegged && amount.sat != 0) out[ports.labels->name(asset)] = amount_json(amount);
    }
    return out;
}

Json last_block_json(const Wallet& wallet) {
    Json out = Json::object();
    if (const auto best = wallet.best_block()) {
        out["hash"] = to_display(best->hash);
        out["height"] = best->height;
    }
    return out;
}

uint32_t depth_of(const WalletTx& tx, const Wallet& wallet) {
    const auto best = wallet.best_block();
    return tx.block && best && best->height >= tx.block->height ? best->height - tx.block->height + 1 : 0;
}

// What a transaction moved, per asset: credit to us minus debit from us; fees apart.
struct Movement {
    std::map<AssetId, Amount> net;
    std::map<AssetId, Amount> fee;  // positive; only if we paid it
    bool from_me = false;
};

Movement movement_of(const Transaction& tx, const Wallet& wallet) {
    Movement out;
    for (const TxIn& in : tx.inputs) {
        const auto spent = wallet.ledger().spent_output(in);
        if (!spent || !spent->is_explicit()) continue;
        out.from_me = true;
        out.net[spent->asset.explicit_value()].sat -= spent->value.explicit_value().sat;
    }
    for (const TxOut& output : tx.outputs) {
        if (!output.is_explicit()) continue;
        const AssetId asset = output.asset.explicit_value();
        const int64_t value = output.value.explicit_value().sat;
        if (output.is_fee() && out.from_me) {
            out.fee[asset].sat += value;
            out.net[asset].sat += value;  // shown apart
        } else if (!output.is_fee() && wallet.is_mine(output.script)) {
            out.net[asset].sat += value;
        }
    }
    return out;
}

Json negative(const std::map<AssetId, Amount>& fees, const WalletPorts& ports) {
    Json out = Json::object();
    for (const auto& [asset, fee] : fees) out[ports.labels->name(asset)] = amount_json({-fee.sat});
    return out;
}

// Payments of one transaction as "details" of gettransaction and rows of listtransactions list them.
std::vector<Json> details_of(const WalletTx& entry, const Wallet& wallet, const WalletPorts& ports) {
    const Transaction& tx = entry.tx->tx;
    const Movement movement = movement_of(tx, wallet);
    std::vector<Json> out;
    for (const bool sent : {true, false}) {
        if (sent && !movement.from_me) continue;
        for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
            const TxOut& output = tx.outputs[i];
            if (!output.is_explicit() || output.is_fee()) continue;
            const bool mine = wallet.is_mine(output.script);
            const bool is_change = mine && movement.from_me && wallet.label_of(output.script).empty() &&
                                   !wallet.is_handed_out(output.script);
            if (sent ? is_change : !mine || is_change) continue;
            Json row = Json::object();
            if (const std::string address = address_of(output.script, *ports.params); !address.empty()) row["address"] = address;
            row["category"] = sent ? "send" : tx.is_coinbase() ? (depth_of(entry, wallet) > wallet::kCoinbaseMaturity ? "generate" : "immature") : "receive";
            const int64_t value = output.value.explicit_value().sat;
            row["amount"] = amount_json({sent ? -value : value});
            row["amountblinder"] = std::string(kNoBlinder, '0');
            row["asset"] = to_display(output.asset.explicit_value());
            row["assetblinder"] = std::string(kNoBlinder, '0');
            if (mine) row["label"] = wallet.label_of(output.script);
            row["vout"] = i;
            if (sent) {
                const auto fee = movement.fee.find(wallet.options().policy_asset);
                row["fee"] = amount_json({fee == movement.fee.end() ? 0 : -fee->second.sat});
            }
            row["abandoned"] = entry.abandoned;
            out.push_back(std::move(row));
        }
    }
    return out;
}

void add_tx_facts(Json& out, const WalletTx& entry, const Wallet& wallet) {
    const uint32_t depth = depth_of(entry, wallet);
    out["confirmations"] = entry.conflicted ? -1 : static_cast<int64_t>(depth);
    if (entry.tx->tx.is_coinbase()) out["generated"] = true;
    if (entry.block) {
        out["blockhash"] = to_display(entry.block->hash);
        out["blockheight"] = entry.block->height;
        out["blockindex"] = entry.position;
        out["blocktime"] = entry.block_time;
    } else {
        out["trusted"] = !entry.dead() && wallet.ledger().spends_ours(entry.tx->tx);
    }
    out["txid"] = to_display(entry.tx->txid);
    out["wtxid"] = to_display(entry.tx->wtxid);
    Json conflicts = Json::array();
    for (const Txid& other : wallet.ledger().conflicts_of(entry.tx->tx)) conflicts.push_back(to_display(other));
    out["walletconflicts"] = std::move(conflicts);
    out["time"] = entry.block ? std::min(entry.block_time, entry.time_received) : entry.time_received;
    out["timereceived"] = entry.time_received;
    const bool replaceable = std::ranges::any_of(entry.tx->tx.inputs, [](const TxIn& in) { return in.sequence < 0xfffffffe; });
    out["bip125-replaceable"] = entry.block ? "no" : replaceable ? "yes" : "no";
    if (!entry.comment.empty()) out["comment"] = entry.comment;
}

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
            if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address: " + item.get<std::string>());
            if (!wanted.insert(address->script).second) {
                return rpc_error(Code::kInvalidParameter, "Invalid parameter, duplicated address: " + item.get<std::string>());
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
            if (!wanted.empty() && !wanted.contains(coin.out.script)) continue;
            if (!include_unsafe && !coin.trusted()) continue;
            if (asset && coin.out.asset.explicit_value() != *asset) continue;
            Json row = Json::object();
            row["txid"] = to_display(coin.outpoint.txid);
            row["vout"] = coin.outpoint.index;
            if (const std::string address = address_of(coin.out.script, *ports.params); !address.empty()) {
                row["address"] = address;
                row["label"] = wallet.label_of(coin.out.script);
            }
            row["scriptPubKey"] = to_hex(coin.out.script.view());
            row["amount"] = amount_json(coin.out.value.explicit_value());
            row["asset"] = to_display(coin.out.asset.explicit_value());
            row["amountblinder"] = std::string(kNoBlinder, '0');
            row["assetblinder"] = std::string(kNoBlinder, '0');
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
        const Movement movement = movement_of(entry->tx->tx, wallet);
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
        std::ranges::stable_sort(order, [](const WalletTx* a, const WalletTx* b) { return a->time_received < b->time_received; });
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

RpcResult get_address_info(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, address.error().message);
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        const std::string plain = address_of(address->script, *ports.params);
        const auto program = script::parse_witness_program(address->script.view());
        const bool mine = wallet.is_mine(address->script);
        Json out = Json::object();
        out["address"] = args.text(0);
        out["scriptPubKey"] = to_hex(address->script.view());
        out["ismine"] = mine;
        out["solvable"] = mine;
        out["iswatchonly"] = false;
        out["isscript"] = script::is_pay_to_script_hash(address->script.view()) || (program && program->is_script_hash());
        out["iswitness"] = program.has_value();
        if (program) {
            out["witness_version"] = program->version;
            out["witness_program"] = to_hex(program->program);
        }
        if (const auto key = wallet.pubkey_of(address->script)) out["pubkey"] = to_hex(key->view());
        out["confidential"] = args.text(0);
        out["confidential_key"] = address->blinding_key ? to_hex(address->blinding_key->view()) : "";
        out["unconfidential"] = plain;
        out["ischange"] = mine && !wallet.is_handed_out(address->script);
        out["labels"] = wallet.is_handed_out(address->script) ? Json::array({wallet.label_of(address->script)}) : Json::array();
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
    dispatcher.add("listtransactions", [ports](const Args& args, const Caller&) { return list_transactions(args, ports); });
    dispatcher.add("getaddressinfo", [ports](const Args& args, const Caller&) { return get_address_info(args, ports); });
    dispatcher.add("getwalletinfo", [ports](const Args&, const Caller&) { return get_wallet_info(ports); });
    dispatcher.add("listwallets", [](const Args&, const Caller&) -> RpcResult { return Json::array({""}); });
    dispatcher.add("dumpassetlabels", [ports](const Args&, const Caller&) -> RpcResult {
        Json out = Json::object();
        for (const auto& [label, asset] : ports.labels->all()) out[label] = to_display(asset);
        return out;
    });
}

}  // namespace sluice::rpc
