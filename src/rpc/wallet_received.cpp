// What addresses and labels of the wallet got.
#include "codec/hex.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;
using wallet::WalletTx;

struct Tally {
    std::map<AssetId, Amount> amounts;
    std::optional<uint32_t> depth;  // the least
    std::vector<Txid> txids;

    void add_all(const Tally& other) {
        for (const auto& [asset, amount] : other.amounts) count(asset, amount);
        if (other.depth) depth = std::min(depth.value_or(UINT32_MAX), *other.depth);
    }
    void count(const AssetId& asset, Amount amount) {
        amounts[asset] = add(amounts[asset], amount).value_or(kMaxMoney);
    }
};

struct What {
    int64_t min_depth = 1;
    bool immature = false;
    std::optional<AssetId> asset;
};

std::map<Script, Tally> tally(const Wallet& wallet, const What& what) {
    std::map<Script, Tally> out;
    for (const auto& [txid, entry] : wallet.ledger().all()) {
        const uint32_t depth = depth_of(entry, wallet);
        if (entry.dead() || depth < what.min_depth) continue;
        const bool coinbase = entry.tx->tx.is_coinbase();
        if (coinbase && (depth == 0 || (depth <= wallet::kCoinbaseMaturity && !what.immature))) continue;
        for (uint32_t i = 0; i < entry.tx->tx.outputs.size(); ++i) {
            const Script& script = entry.tx->tx.outputs[i].script;
            const auto content = wallet.is_mine(script) ? wallet.ledger().content(txid, i) : std::nullopt;
            if (!content || (what.asset && content->asset != *what.asset)) continue;
            Tally& at = out[script];
            at.count(content->asset, content->value);
            at.depth = std::min(at.depth.value_or(UINT32_MAX), depth);
            at.txids.push_back(txid);
        }
    }
    return out;
}

Json amount_of(const Tally& tally, const std::optional<AssetId>& asset, const WalletPorts& ports) {
    if (!asset) return amounts_json(tally.amounts, ports);
    const auto found = tally.amounts.find(*asset);
    return amount_json(found == tally.amounts.end() ? Amount{} : found->second);
}

struct Places {
    size_t min_depth, immature, asset;  // of the arguments
};
constexpr Places kOfGet{1, 2, 3};
constexpr Places kOfList{0, 5, 4};

Result<What, RpcError> what_from(const Args& args, const Places& at, const WalletPorts& ports) {
    What out;
    out.min_depth = TRY(args.integer_or(at.min_depth, 1));
    out.immature = args.flag_or(at.immature, false);
    if (args.has(at.asset) && !args.text(at.asset).empty()) out.asset = TRY(asset_from(args.text(at.asset), ports));
    return out;
}

RpcResult get_received_by_address(const Args& args, const WalletPorts& ports) {
    const Address address = TRY(address_from(args.text(0), ports));
    const What what = TRY(what_from(args, kOfGet, ports));
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        if (!wallet.is_mine(address.script)) return rpc_error(Code::kWallet, "Address not found in wallet");
        return amount_of(tally(wallet, what)[address.script], what.asset, ports);
    });
}

RpcResult get_received_by_label(const Args& args, const WalletPorts& ports) {
    if (args.text(0) == "*") return rpc_error(Code::kWalletInvalidLabel, "Invalid label name");
    const What what = TRY(what_from(args, kOfGet, ports));
    return on_wallet(ports, [=, label = args.text(0)](const Wallet& wallet) -> RpcResult {
        Tally sum;
        bool known = false;
        auto each = tally(wallet, what);
        for (const auto& [script, record] : wallet.addresses()) {
            if (record.label != label || !wallet.is_mine(script)) continue;
            known = true;
            sum.add_all(each[script]);
        }
        if (!known) return rpc_error(Code::kWallet, "Label not found in wallet");
        return amount_of(sum, what.asset, ports);
    });
}

RpcResult list_received_by_address(const Args& args, const WalletPorts& ports) {
    const What what = TRY(what_from(args, kOfList, ports));
    const bool empty = args.flag_or(1, false);
    std::optional<Script> only;
    if (args.has(3) && !args.text(3).empty()) {
        const auto address = address_from(args.text(3), ports);
        if (!address) return rpc_error(Code::kWallet, "address_filter parameter was invalid");
        only = address->script;
    }
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        auto each = tally(wallet, what);
        Json out = Json::array();
        for (const auto& [script, record] : wallet.addresses()) {
            if (only && script != *only) continue;
            const auto found = each.find(script);
            if (found == each.end() && !empty) continue;
            const Tally got = found == each.end() ? Tally{} : found->second;
            Json txids = Json::array();
            for (const Txid& txid : got.txids) txids.push_back(to_display(txid));
            out.push_back(Json{{"address", own_address(script, wallet, *ports.params)},
                               {"amount", amount_of(got, what.asset, ports)},
                               {"confirmations", got.depth.value_or(0)},
                               {"label", record.label},
                               {"txids", std::move(txids)}});
        }
        return out;
    });
}

RpcResult list_received_by_label(const Args& args, const WalletPorts& ports) {
    What what;
    what.min_depth = TRY(args.integer_or(0, 1));
    what.immature = args.flag_or(3, false);
    const bool empty = args.flag_or(1, false);
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        auto each = tally(wallet, what);
        std::map<std::string, Tally> labels;
        for (const auto& [script, record] : wallet.addresses()) {
            const auto found = each.find(script);
            if (found != each.end() || empty)
                labels[record.label].add_all(found == each.end() ? Tally{} : found->second);
        }
        Json out = Json::array();
        for (const auto& [label, got] : labels) {
            out.push_back(Json{{"amount", amounts_json(got.amounts, ports)},
                               {"confirmations", got.depth.value_or(0)},
                               {"label", label}});
        }
        return out;
    });
}

}  // namespace

void add_wallet_received_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "getreceivedbyaddress", ports, get_received_by_address);
    add_wallet_method(dispatcher, "getreceivedbylabel", ports, get_received_by_label);
    add_wallet_method(dispatcher, "listreceivedbyaddress", ports, list_received_by_address);
    add_wallet_method(dispatcher, "listreceivedbylabel", ports, list_received_by_label);
}

}  // namespace sluice::rpc
