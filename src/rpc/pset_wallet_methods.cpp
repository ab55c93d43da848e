// walletprocesspsbt and walletcreatefundedpsbt.
#include "pset/tx.h"
#include "rpc/pset_parts.h"
#include "rpc/pset_wallet.h"
#include "rpc/raw_parts.h"
#include "rpc/wallet_fund.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

RpcResult process_pset(const Args& args, const WalletPorts& ports) {
    const pset::Pset given = TRY(pset_from_base64(args.text(0)));
    PsetWork work;
    work.sign = args.flag_or(1, true);
    const std::string type = args.text_or(2, "DEFAULT");
    if (type != "DEFAULT") work.hash_type = TRY(sighash_from_name(type));
    work.derivations = args.flag_or(3, true);
    work.finalize = args.flag_or(4, true);
    return on_wallet(ports, [given, work, params = ports.params](const Wallet& wallet) -> RpcResult {
        pset::Pset pset = given;
        const bool blinded = TRY(blind_with_wallet(pset, wallet, work));
        if (blinded) TRY_VOID(sign_with_wallet(pset, wallet, work));
        return processed_pset_json(pset, *params);
    });
}

uint32_t first_own_input(const Transaction& tx, const Wallet& wallet) {
    for (uint32_t i = 0; i < tx.inputs.size(); ++i) {
        const wallet::WalletTx* from = wallet.ledger().find(tx.inputs[i].prevout.txid);
        const uint32_t index = tx.inputs[i].prevout.index;
        if (from != nullptr && index < from->tx->tx.outputs.size() &&
            wallet.is_mine(from->tx->tx.outputs[index].script)) {
            return i;
        }
    }
    return 0;
}

RpcResult create_funded(const Args& args, const WalletPorts& ports) {
    RawOrder order = TRY(read_raw_order(args));
    if (order.inputs.is_null()) order.inputs = Json::array();
    Json options = args.has(3) && args.json(3).is_object() ? args.json(3) : Json::object();
    if (options.contains("replaceable") && options["replaceable"].is_boolean()) {
        order.replaceable = options["replaceable"].get<bool>();
    }
    PsetWork work;
    work.explicit_values = options.contains("include_explicit") && options["include_explicit"].is_boolean() &&
                           options["include_explicit"].get<bool>();
    options.erase("include_explicit");
    work.derivations = args.flag_or(4, true);
    if (TRY(args.integer_or(5, kPsetVersion)) != kPsetVersion) {
        return rpc_error(Code::kInvalidParameter, "The PSBT version can only be 2");
    }
    wallet::FundOrder fund;
    fund.tx = TRY(make_raw_transaction(order, *ports.params));
    fund.coins.any = fund.tx.inputs.empty();
    fund = TRY(read_funding(options, std::move(fund), destinations_of(order.outputs), ports));
    return on_wallet(ports, [fund, work](Wallet& wallet) -> RpcResult {
        const auto funded = wallet.fund(fund);
        if (!funded) return unexpected(fund_error(funded.error()));
        pset::Pset pset = pset::from_tx(funded->tx);
        const uint32_t blinder = first_own_input(funded->tx, wallet);
        for (pset::Output& out : pset.outputs) out.blinder_index = blinder;
        fill_from_wallet(pset, wallet, work);
        return Json{
            {"psbt", pset_to_base64(pset)}, {"fee", amount_json(funded->fee)}, {"changepos", funded->change_position}};
    });
}

}  // namespace

void add_wallet_pset_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "walletprocesspsbt", ports, process_pset);
    add_wallet_method(dispatcher, "walletcreatefundedpsbt", ports, create_funded);
}

}  // namespace sluice::rpc
