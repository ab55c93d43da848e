// Payments that wait are replaced by ones that pay more: bumpfee, psbtbumpfee.
#include <array>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "pset/tx.h"
#include "rpc/pset_parts.h"
#include "rpc/pset_wallet.h"
#include "rpc/wallet_fund.h"

namespace sluice::rpc {
namespace {

using wallet::BumpOrder;
using wallet::Wallet;

Result<BumpOrder, RpcError> read_bump(const Args& args, const WalletPorts& ports) {
    BumpOrder out;
    out.txid = TRY(args.id<Txid>(0, "txid"));
    if (!args.has(1)) return out;
    Json options = args.json(1);
    TRY_VOID(check_fields(options,
                          {{"confTarget", "number", true},
                           {"conf_target", "number", true},
                           {"fee_rate", "", true},
                           {"replaceable", "bool", true},
                           {"estimate_mode", "string", true},
                           {"outputs", "", true},
                           {"original_change_index", "number", true}},
                          true));
    const auto given = [&](const char* name) { return options.contains(name) ? options[name] : Json(); };
    if (options.contains("confTarget") && options.contains("conf_target")) {
        return rpc_error(Code::kInvalidParameter,
                         "confTarget and conf_target options should not both be set. Use conf_target (confTarget is "
                         "deprecated).");
    }
    const Json target = given(options.contains("confTarget") ? "confTarget" : "conf_target");
    out.fee_rate = TRY(read_fee(target, given("estimate_mode"), given("fee_rate")));
    if (given("replaceable").is_boolean()) out.replaceable = options["replaceable"].get<bool>();
    if (const Json outputs = given("outputs"); !outputs.is_null()) {
        if (outputs.is_array() && outputs.empty()) {
            return rpc_error(Code::kInvalidParameter, "Invalid parameter, output argument cannot be an empty array");
        }
        RawOrder raw;
        raw.inputs = Json::array();
        raw.outputs = outputs;
        out.outputs = TRY(make_raw_transaction(raw, *ports.params)).outputs;
    }
    if (const Json index = given("original_change_index"); !index.is_null()) {
        const int64_t at = TRY(integer_from_json(index));
        if (at < 0 || at > UINT32_MAX) return rpc_error(Code::kInvalidParameter, "Change position is out of range");
        out.change_position = static_cast<uint32_t>(at);
    }
    return out;
}

RpcError bump_error(const Error& error) {
    const std::string& text = error.message;
    if (text.starts_with("Invalid or non-wallet")) return {Code::kInvalidAddressOrKey, text};
    constexpr std::array<std::string_view, 4> kParameters = {"Transaction has descendants", "Insufficient total fee",
                                                             "The options 'outputs'", "Change position"};
    for (const std::string_view each : kParameters) {
        if (text.starts_with(each)) return {Code::kInvalidParameter, text};
    }
    return fund_error(error);
}

Json bump_json(const wallet::Bumped& done) {
    return Json{{"origfee", amount_json(done.old_fee)}, {"fee", amount_json(done.fee)}, {"errors", Json::array()}};
}

RpcResult bump_fee(const Args& args, const WalletPorts& ports) {
    const BumpOrder order = TRY(read_bump(args, ports));
    return on_wallet(ports, [order](Wallet& wallet) -> RpcResult {
        if (wallet.flags().private_keys_disabled) {
            return rpc_error(Code::kWallet,
                             "bumpfee is not available with wallets that have private keys disabled. Use psbtbumpfee "
                             "instead.");
        }
        const auto done = wallet.bump(order);
        if (!done) return unexpected(bump_error(done.error()));
        Json out = {{"txid", to_display(*done->txid)}};
        out.update(bump_json(*done));
        return out;
    });
}

RpcResult pset_bump_fee(const Args& args, const WalletPorts& ports) {
    BumpOrder order = TRY(read_bump(args, ports));
    order.broadcast = false;
    return on_wallet(ports, [order](Wallet& wallet) -> RpcResult {
        const auto done = wallet.bump(order);
        if (!done) return unexpected(bump_error(done.error()));
        pset::Pset pset = pset::from_tx(done->tx);
        for (pset::Output& out : pset.outputs) out.blinder_index = 0;
        fill_from_wallet(pset, wallet, {});
        Json out = {{"psbt", pset_to_base64(pset)}};
        out.update(bump_json(*done));
        return out;
    });
}

}  // namespace

void add_wallet_bump_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "bumpfee", ports, bump_fee);
    add_wallet_method(dispatcher, "psbtbumpfee", ports, pset_bump_fee);
}

}  // namespace sluice::rpc
