// Addresses, payments, peg-in claims, peg-out requests.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "peg/parent/transaction.h"
#include "rpc/wallet_methods.h"
#include "wallet/wallet.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

constexpr int64_t kLeastPegout = 100'000;  // satoshi, as the reference

Result<AssetId, RpcError> asset_of(const Args& args, size_t i, const WalletPorts& ports) {
    if (!args.has(i) || args.text(i).empty()) return ports.params->pegged_asset;
    const auto asset = ports.labels->find(args.text(i));
    if (!asset) return rpc_error(Code::kWalletNotFound, "Unknown label and invalid asset hex: " + args.text(i));
    return *asset;
}

RpcResult get_new_address(const Args& args, const WalletPorts& ports) {
    const std::string type = args.text_or(1, "bech32");
    if (type != "bech32" && type != "blech32") {
        return rpc_error(Code::kInvalidAddressOrKey, "Unknown address type '" + type + "': this wallet makes bech32 addresses");
    }
    return on_wallet(ports, [ports, label = args.text_or(0, "")](Wallet& wallet) -> RpcResult {
        const auto script = wallet.new_script(label);
        if (!script) return unexpected(wallet_error(script.error()));
        return encode_address({*script, std::nullopt}, ports.params->address).value();
    });
}

RpcResult send_to_address(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address: " + args.text(0));
    if (address->blinding_key) {
        return rpc_error(Code::kWallet, "This wallet does not blind yet: give the unconfidential address (getaddressinfo shows it)");
    }
    wallet::Recipient to;
    to.script = address->script;
    to.amount = TRY(args.amount(1));
    if (to.amount.sat <= 0) return rpc_error(Code::kType, "Invalid amount for send");
    to.asset = TRY(asset_of(args, 9, ports));
    to.subtract_fee = args.flag_or(4, false);
    wallet::SendOptions options;
    options.comment = args.text_or(2, "");
    if (args.has(11)) {
        // sat/vB with three decimals.
        const auto text = number_or_string_text(args.json(11));
        const auto rate = text ? parse_fixed_point(*text, 3) : std::nullopt;
        if (!rate || *rate <= 0) return rpc_error(Code::kType, "Invalid amount");
        options.fee_rate = *rate;
    }
    const bool verbose = args.flag_or(12, false);
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto txid = wallet.send({to}, options);
        if (!txid) return unexpected(wallet_error(txid.error()));
        if (!verbose) return to_display(*txid);
        Json out = Json::object();
        out["txid"] = to_display(*txid);
        out["fee_reason"] = "Fallback fee";
        return out;
    });
}

RpcResult get_pegin_address(const WalletPorts& ports) {
    if (!ports.params->parent.exists) return rpc_error(Code::kMisc, "The chain has no parent chain");
    return on_wallet(ports, [ports](Wallet& wallet) -> RpcResult {
        const auto address = wallet.pegin_address();
        if (!address) return unexpected(wallet_error(address.error()));
        Json out = Json::object();
        out["mainchain_address"] = encode_address({address->parent_script, std::nullopt}, ports.params->parent.address).value();
        out["claim_script"] = to_hex(address->claim_script.view());
        return out;
    });
}

RpcResult claim_pegin(const Args& args, const WalletPorts& ports) {
    wallet::PeginClaim given;
    given.transaction = TRY(args.hex(0, "bitcoin_tx"));
    given.txoutproof = TRY(args.hex(1, "txoutproof"));
    const auto deposit = parent::decode_parent_tx(given.transaction);
    if (!deposit) {
        return rpc_error(Code::kType, "The raw bitcoinTx is malformed. Are you sure that is the whole string?");
    }
    given.transaction = encode_parent_tx(*deposit, parent::ParentWitness::kWithout);
    std::optional<Script> claim_script;
    if (args.has(2)) claim_script = Script{TRY(args.hex(2, "claim_script"))};
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        wallet::PeginClaim claim = given;
        for (uint32_t i = 0; i < deposit->outputs.size(); ++i) {
            const auto record = wallet.pegin_records().find(deposit->outputs[i].script);
            if (record == wallet.pegin_records().end()) continue;
            if (claim_script && record->second.claim_script != *claim_script) continue;
            claim.outpoint = {Txid::from_view(compute_txid(*deposit).view()), i};
            claim.amount = deposit->outputs[i].value;
            claim.claim_script = record->second.claim_script;
            const auto txid = wallet.claim(claim);
            if (!txid) return unexpected(wallet_error(txid.error()));
            return to_display(*txid);
        }
        return rpc_error(Code::kInvalidParameter,
                         "Failed to find output in bitcoinTx to the mainchain_address from getpeginaddress");
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
    if (amount.sat < kLeastPegout) {
        return rpc_error(Code::kType, "Invalid amount for send, must send more than " + amount_text({kLeastPegout}) + " BTC");
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
    if (error.message == "Insufficient funds") return {Code::kInsufficientFunds, error.message};
    if (error.message.starts_with("Error: Please enter the wallet passphrase")) return {Code::kUnlockNeeded, error.message};
    return {Code::kWallet, error.message};
}

void add_wallet_send_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    dispatcher.add("getnewaddress", [ports](const Args& args, const Caller&) { return get_new_address(args, ports); });
    dispatcher.add("sendtoaddress", [ports](const Args& args, const Caller&) { return send_to_address(args, ports); });
    dispatcher.add("getpeginaddress", [ports](const Args&, const Caller&) { return get_pegin_address(ports); });
    dispatcher.add("claimpegin", [ports](const Args& args, const Caller&) { return claim_pegin(args, ports); });
    dispatcher.add("sendtomainchain", [ports](const Args& args, const Caller&) { return send_to_mainchain(args, ports); });
}

void add_wallet_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_read_methods(dispatcher, ports);
    add_wallet_send_methods(dispatcher, ports);
    add_wallet_lock_methods(dispatcher, ports);
    add_wallet_pak_methods(dispatcher, ports);
}

}  // namespace sluice::rpc
