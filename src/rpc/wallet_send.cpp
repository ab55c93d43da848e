// Addresses, payments, peg-in claims, peg-out requests.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "peg/parent/transaction.h"
#include "rpc/pset_methods.h"
#include "rpc/wallet_fund.h"
#include "wallet/wallet.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

constexpr int64_t kLeastUnauthorized = 100'000;  // satoshi, as the reference

// Where the arguments stand that both methods have.
struct SendPlaces {
    size_t comment, replaceable, conf_target, estimate_mode, fee_rate;
};
Result<wallet::SendOptions, RpcError> send_options(const Args& args, const SendPlaces& at) {
    wallet::SendOptions out;
    out.comment = args.text_or(at.comment, "");
    if (args.has(at.replaceable)) out.replaceable = args.flag_or(at.replaceable, true);
    out.fee_rate = TRY(read_fee(args.json(at.conf_target), args.json(at.estimate_mode), args.json(at.fee_rate)));
    return out;
}

RpcResult pay(const WalletPorts& ports, std::vector<wallet::Recipient> recipients, wallet::SendOptions options,
              bool verbose) {
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        if (wallet.flags().private_keys_disabled)
            return rpc_error(Code::kWallet, "Error: Private keys are disabled for this wallet");
        const auto txid = wallet.send(recipients, options);
        if (!txid) return unexpected(wallet_error(txid.error()));
        if (!verbose) return to_display(*txid);
        return Json{{"txid", to_display(*txid)}, {"fee_reason", "Fallback fee"}};
    });
}

Result<Amount, RpcError> positive_amount(const Json& value, std::string_view error) {
    const Amount amount = TRY(amount_from_json(value));
    if (amount.sat <= 0) return rpc_error(Code::kType, std::string(error));
    return amount;
}

RpcResult send_to_address(const Args& args, const WalletPorts& ports) {
    const Address address = TRY(address_from(args.text(0), ports));
    wallet::Recipient to;
    to.script = address.script;
    to.blinding_key = receiver_of(address);
    to.amount = TRY(positive_amount(args.json(1), "Invalid amount for send"));
    to.asset = TRY(asset_from(args.text_or(9, ""), ports));
    to.subtract_fee = args.flag_or(4, false);
    wallet::SendOptions options = TRY(send_options(args, {2, 5, 6, 7, 11}));
    options.comment_to = args.text_or(3, "");
    return pay(ports, {to}, options, args.flag_or(12, false));
}

RpcResult send_many(const Args& args, const WalletPorts& ports) {
    if (args.has(0) && !args.text(0).empty())
        return rpc_error(Code::kInvalidParameter, "Dummy value must be set to \"\"");
    std::set<std::string> payers;
    if (args.has(4)) {
        for (const Json& item : args.json(4)) {
            if (!item.is_string()) return rpc_error(Code::kType, "JSON value is not a string as expected");
            if (!args.json(1).contains(item.get<std::string>())) {
                return rpc_error(
                    Code::kInvalidParameter,
                    "Invalid parameter 'subtract fee from output', destination not found: " + item.get<std::string>());
            }
            payers.insert(item.get<std::string>());
        }
    }
    const Json assets = args.has(8) ? args.json(8) : Json::object();
    std::vector<wallet::Recipient> recipients;
    for (const auto& item : args.json(1).items()) {
        const Address address = TRY(address_from(item.key(), ports));
        const bool named = assets.contains(item.key()) && assets[item.key()].is_string();
        wallet::Recipient to;
        to.script = address.script;
        to.blinding_key = receiver_of(address);
        to.asset = TRY(asset_from(named ? assets[item.key()].get<std::string>() : std::string(), ports));
        to.amount = TRY(positive_amount(item.value(), "Invalid amount for send"));
        to.subtract_fee = payers.contains(item.key());
        recipients.push_back(std::move(to));
    }
    return pay(ports, std::move(recipients), TRY(send_options(args, {3, 5, 6, 7, 10})), args.flag_or(11, false));
}

RpcResult destroy_amount(const Args& args, const WalletPorts& ports) {
    wallet::Recipient to;
    to.script = Script{{0x6a}};
    to.asset = TRY(asset_from(args.text(0), ports));
    to.amount = TRY(positive_amount(args.json(1), "Invalid amount to destroy"));
    wallet::SendOptions options;
    options.comment = args.text_or(2, "");
    return pay(ports, {to}, options, args.flag_or(3, false));
}

RpcResult get_pegin_address(const WalletPorts& ports) {
    if (!ports.params->parent.exists) return rpc_error(Code::kMisc, "The chain has no parent chain");
    return on_wallet(ports, [ports](Wallet& wallet) -> RpcResult {
        const auto address = wallet.pegin_address();
        if (!address) return unexpected(wallet_error(address.error()));
        Json out = Json::object();
        out["mainchain_address"] =
            encode_address({address->parent_script, std::nullopt}, ports.params->parent.address).value();
        out["claim_script"] = to_hex(address->claim_script.view());
        return out;
    });
}

// The deposit that the arguments of claimpegin and createrawpegin show.
struct Deposit {
    parent::ParentTransaction tx;
    wallet::PeginClaim claim;  // of which output: not yet known
    std::optional<Script> claim_script;
};
Result<Deposit, RpcError> deposit_from(const Args& args) {
    Deposit out;
    out.claim.transaction = TRY(args.hex(0, "bitcoin_tx"));
    out.claim.txoutproof = TRY(args.hex(1, "txoutproof"));
    auto tx = parent::decode_parent_tx(out.claim.transaction);
    if (!tx) return rpc_error(Code::kType, "The raw bitcoinTx is malformed. Are you sure that is the whole string?");
    out.tx = std::move(*tx);
    out.claim.transaction = encode_parent_tx(out.tx, parent::ParentWitness::kWithout);
    if (args.has(2)) out.claim_script = Script{TRY(args.hex(2, "claim_script"))};
    return out;
}

// The output that an address of the wallet was made for.
Result<wallet::PeginClaim, RpcError> claim_of(const Deposit& deposit, const Wallet& wallet) {
    for (uint32_t i = 0; i < deposit.tx.outputs.size(); ++i) {
        const auto record = wallet.pegin_records().find(deposit.tx.outputs[i].script);
        if (record == wallet.pegin_records().end()) continue;
        if (deposit.claim_script && record->second.claim_script != *deposit.claim_script) continue;
        wallet::PeginClaim claim = deposit.claim;
        claim.outpoint = {Txid::from_view(compute_txid(deposit.tx).view()), i};
        claim.amount = deposit.tx.outputs[i].value;
        claim.claim_script = record->second.claim_script;
        return claim;
    }
    return rpc_error(Code::kInvalidParameter,
                     "Failed to find output in bitcoinTx to the mainchain_address from getpeginaddress");
}

RpcResult claim_pegin(const Args& args, const WalletPorts& ports) {
    const Deposit deposit = TRY(deposit_from(args));
    return on_wallet(ports, [deposit](Wallet& wallet) -> RpcResult {
        const auto txid = wallet.claim(TRY(claim_of(deposit, wallet)));
        if (!txid) return unexpected(wallet_error(txid.error()));
        return to_display(*txid);
    });
}

RpcResult create_raw_pegin(const Args& args, const WalletPorts& ports) {
    const Deposit deposit = TRY(deposit_from(args));
    return on_wallet(ports, [deposit](Wallet& wallet) -> RpcResult {
        const auto tx = wallet.raw_claim(TRY(claim_of(deposit, wallet)));
        if (!tx) return unexpected(wallet_error(tx.error()));
        return Json{{"hex", to_hex(encode_tx(*tx))}};
    });
}

RpcResult send_to_mainchain(const Args& args, const WalletPorts& ports) {
    if (!ports.params->parent.exists) return rpc_error(Code::kMisc, "The chain has no parent chain");
    if (ports.params->enforce_pak) return send_authorized_pegout(args, ports);
    const auto address = decode_address(args.text(0), ports.params->parent.address);
    if (!address || address->blinding_key || address->script.size() < 2) {
        return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address");
    }
    const Amount amount = TRY(args.amount(1));
    if (amount.sat < kLeastUnauthorized) {
        return rpc_error(Code::kType,
                         "Invalid amount for send, must send more than " + amount_text({kLeastUnauthorized}) + " BTC");
    }
    const bool subtract = args.flag_or(2, false);
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto txid = wallet.send_to_mainchain(address->script, amount, subtract);
        if (!txid) return unexpected(wallet_error(txid.error()));
        return to_display(*txid);
    });
}

}  // namespace

RpcError wallet_error(const Error& error) {
    for (const std::string_view text : {"Insufficient funds", "The transaction amount is too small", "Fee rate (",
                                        "Fee exceeds maximum", "Transaction amount too small"}) {
        if (error.message.starts_with(text)) return {Code::kInsufficientFunds, error.message};
    }
    if (error.message.starts_with("Error: Please enter the wallet passphrase"))
        return {Code::kUnlockNeeded, error.message};
    return {Code::kWallet, error.message};
}

Result<AssetId, RpcError> asset_from(std::string_view label, const WalletPorts& ports) {
    if (label.empty()) return ports.params->pegged_asset;
    const auto asset = ports.labels->find(label);
    if (!asset) return rpc_error(Code::kWallet, "Unknown label and invalid asset hex: " + std::string(label));
    return *asset;
}

Result<Address, RpcError> address_from(const std::string& text, const WalletPorts& ports) {
    const auto address = decode_address(text, ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address: " + text);
    return *address;
}

std::optional<PubKey> receiver_of(const Address& address) {
    return address.blinding_key ? PubKey::parse(address.blinding_key->view()) : std::nullopt;
}

void add_wallet_send_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "sendtoaddress", ports, send_to_address);
    add_wallet_method(dispatcher, "sendmany", ports, send_many);
    add_wallet_method(dispatcher, "destroyamount", ports, destroy_amount);
    add_wallet_method(dispatcher, "getpeginaddress", ports,
                      [](const Args&, const WalletPorts& at) { return get_pegin_address(at); });
    add_wallet_method(dispatcher, "claimpegin", ports, claim_pegin);
    add_wallet_method(dispatcher, "createrawpegin", ports, create_raw_pegin);
    add_wallet_method(dispatcher, "sendtomainchain", ports, send_to_mainchain);
}

void add_wallet_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_host_methods(dispatcher, ports);
    add_wallet_read_methods(dispatcher, ports);
    add_wallet_history_methods(dispatcher, ports);
    add_wallet_received_methods(dispatcher, ports);
    add_wallet_send_methods(dispatcher, ports);
    add_wallet_lock_methods(dispatcher, ports);
    add_wallet_pak_methods(dispatcher, ports);
    add_wallet_address_methods(dispatcher, ports);
    add_wallet_key_methods(dispatcher, ports);
    add_wallet_issue_methods(dispatcher, ports);
    add_wallet_coin_methods(dispatcher, ports);
    add_wallet_raw_methods(dispatcher, ports);
    add_wallet_fund_methods(dispatcher, ports);
    add_wallet_make_methods(dispatcher, ports);
    add_wallet_bump_methods(dispatcher, ports);
    add_wallet_tool_methods(dispatcher, ports);
    add_wallet_pset_methods(dispatcher, ports);
    add_wallet_import_methods(dispatcher, ports);
    add_wallet_single_key_methods(dispatcher, ports);
}

}  // namespace sluice::rpc
