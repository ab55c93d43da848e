// Issued assets.
#include "codec/hex.h"
#include "consensus/primitives/issuance.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::AmountPart;
using wallet::Opened;
using wallet::Wallet;

RpcResult issue_asset(const Args& args, const WalletPorts& ports) {
    wallet::IssueOrder order;
    order.amount = TRY(args.amount(0));
    order.tokens = TRY(args.amount(1));
    if (order.amount.sat == 0 && order.tokens.sat == 0)
        return rpc_error(Code::kType, "Issuance must have one non-zero component");
    order.blind = args.flag_or(2, true);
    if (args.has(3)) order.contract_hash = TRY(args.id<AssetEntropy>(3, "contract_hash"));
    return on_wallet(ports, [order](Wallet& wallet) -> RpcResult {
        const auto issued = wallet.issue(order);
        if (!issued) return unexpected(wallet_error(issued.error()));
        return Json{{"txid", to_display(issued->txid)},
                    {"vin", issued->input},
                    {"entropy", to_display(issued->entropy)},
                    {"asset", to_display(issued->asset)},
                    {"token", to_display(issued->token)}};
    });
}

RpcResult reissue_asset(const Args& args, const WalletPorts& ports) {
    const AssetId asset = TRY(asset_from(args.text(0), ports));
    const Amount amount = TRY(args.amount(1));
    if (amount.sat <= 0) return rpc_error(Code::kType, "Reissuance must create a non-zero amount.");
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto issued = wallet.reissue(asset, amount);
        if (!issued) return unexpected(wallet_error(issued.error()));
        return Json{{"txid", to_display(issued->txid)}, {"vin", issued->input}};
    });
}

// -1: hidden from us; 0: none.
Json amount_or_hidden(const ConfidentialValue& value, const std::optional<Opened>& opened) {
    if (value.is_null()) return amount_json({0});
    return opened ? amount_json(opened->value) : Json(-1);
}

std::string blind_or_zero(const std::optional<Opened>& opened) {
    return blind_text(opened ? opened->value_blind : wallet::BlindBytes{});
}

Json issuance_json(const TxIn& in, const Txid& txid, uint32_t vin, const Wallet& wallet, const WalletPorts& ports) {
    const IssuanceIds ids = issuance_ids(in);
    const auto amount = wallet.ledger().issued(txid, vin, AmountPart::kIssued);
    Json out = Json::object();
    out["isreissuance"] = in.issuance.is_reissuance();
    if (!in.issuance.is_reissuance()) {
        const auto tokens = wallet.ledger().issued(txid, vin, AmountPart::kTokens);
        out["token"] = to_display(ids.token);
        out["tokenamount"] = amount_or_hidden(in.issuance.inflation_keys, tokens);
        out["tokenblinds"] = blind_or_zero(tokens);
    }
    out["entropy"] = to_display(ids.entropy);
    out["txid"] = to_display(txid);
    out["vin"] = vin;
    out["asset"] = to_display(ids.asset);
    const std::string label = ports.labels->name(ids.asset);
    if (label != to_display(ids.asset)) out["assetlabel"] = label;
    out["assetamount"] = amount_or_hidden(in.issuance.amount, amount);
    out["assetblinds"] = blind_or_zero(amount);
    return out;
}

RpcResult list_issuances(const Args& args, const WalletPorts& ports) {
    std::optional<AssetId> only;
    if (args.has(0)) only = TRY(asset_from(args.text(0), ports));
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        Json out = Json::array();
        for (const auto& [txid, entry] : wallet.ledger().all()) {
            if (entry.dead()) continue;
            for (uint32_t i = 0; i < entry.tx->tx.inputs.size(); ++i) {
                const TxIn& in = entry.tx->tx.inputs[i];
                if (in.issuance.is_null() || (only && issuance_ids(in).asset != *only)) continue;
                out.push_back(issuance_json(in, txid, i, wallet, ports));
            }
        }
        return out;
    });
}

}  // namespace

void add_wallet_issue_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "issueasset", ports, issue_asset);
    add_wallet_method(dispatcher, "reissueasset", ports, reissue_asset);
    add_wallet_method(dispatcher, "listissuances", ports, list_issuances);
}

}  // namespace sluice::rpc
