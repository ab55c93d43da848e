// Blinding keys of the wallet: shown and imported. They show amounts, they spend nothing.
#include "codec/hex.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::ViewKeys;
using wallet::Wallet;
using wallet::WalletTx;

// 32 bytes in hex that are a secret key.
Result<Secret<32>, RpcError> secret_from(const std::string& text) {
    std::optional<Bytes> bytes = from_hex(text);
    if (!bytes) return rpc_error(Code::kInvalidAddressOrKey, "Invalid hexadecimal for key");
    if (bytes->size() != 32) {
        wipe(*bytes);
        return rpc_error(Code::kInvalidAddressOrKey, "Invalid hexadecimal key length");
    }
    Secret<32> out;
    std::ranges::copy(*bytes, out.mutable_view().begin());
    wipe(*bytes);
    return out;
}

RpcResult dump_blinding_key(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address");
    return on_wallet(ports, [address = *address](const Wallet& wallet) -> RpcResult {
        if (!wallet.is_mine(address.script) && !wallet.view_keys().has_specific(address.script)) {
            return rpc_error(Code::kWallet, "Blinding key for address is unknown");
        }
        const SecretKey key = wallet.view_keys().key_of(address.script);
        const auto receiver = receiver_of(address);
        if (receiver && *receiver != key.pubkey()) {
            return rpc_error(Code::kInvalidAddressOrKey,
                             "CT address blinding key does not match the blinding key in wallet");
        }
        return to_hex(key.view());
    });
}

RpcResult import_blinding_key(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address.");
    const auto receiver = receiver_of(*address);
    if (!receiver) return rpc_error(Code::kInvalidAddressOrKey, "Address is not confidential.");
    const Secret<32> secret = TRY(secret_from(args.text(1)));
    const auto key = SecretKey::from_bytes(secret.view());
    if (!key || key->pubkey() != *receiver)
        return rpc_error(Code::kInvalidAddressOrKey, "Address and key do not match");
    const auto shared = std::make_shared<SecretKey>(key->clone());
    return on_wallet(ports, [script = address->script, shared](Wallet& wallet) -> RpcResult {
        if (const Status done = wallet.import_blinding_key(script, shared->clone()); !done)
            return unexpected(wallet_error(done.error()));
        return nullptr;
    });
}

RpcResult dump_master(const WalletPorts& ports) {
    return on_wallet(ports, [](const Wallet& wallet) -> RpcResult { return to_hex(wallet.view_keys().master()); });
}

RpcResult import_master(const Args& args, const WalletPorts& ports) {
    const auto secret = std::make_shared<Secret<32>>(TRY(secret_from(args.text(0))));
    return on_wallet(ports, [secret](Wallet& wallet) -> RpcResult {
        if (const Status done = wallet.import_master_blinding_key(secret->clone()); !done)
            return unexpected(wallet_error(done.error()));
        return nullptr;
    });
}

// The input that issues; errors as Elements says them.
Result<const TxIn*, RpcError> issuing_input(const Wallet& wallet, const Txid& txid, int64_t vin) {
    const WalletTx* entry = wallet.ledger().find(txid);
    if (entry == nullptr) return rpc_error(Code::kWallet, "Transaction is unknown to wallet.");
    const Transaction& tx = entry->tx->tx;
    if (vin < 0 || static_cast<size_t>(vin) >= tx.inputs.size()) {
        return rpc_error(Code::kWallet, "Transaction is in wallet but vin does not exist");
    }
    const TxIn& in = tx.inputs[static_cast<size_t>(vin)];
    if (in.issuance.is_null()) return rpc_error(Code::kWallet, "Transaction input has no issuance");
    return &in;
}

RpcResult dump_issuance_key(const Args& args, const WalletPorts& ports) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    const int64_t vin = TRY(args.integer(1));
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        const TxIn* in = TRY(issuing_input(wallet, txid, vin));
        const auto at = static_cast<uint32_t>(vin);
        const bool known = wallet.ledger().issued(txid, at, wallet::AmountPart::kIssued) ||
                           wallet.ledger().issued(txid, at, wallet::AmountPart::kTokens);
        if (!known) return rpc_error(Code::kWallet, "Unable to unblind issuance with wallet blinding key.");
        return to_hex(wallet.view_keys().issuance_key_of(in->prevout).view());
    });
}

RpcResult import_issuance_key(const Args& args, const WalletPorts& ports) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    const int64_t vin = TRY(args.integer(1));
    const Secret<32> secret = TRY(secret_from(args.text(2)));
    const auto key = SecretKey::from_bytes(secret.view());
    if (!key) return rpc_error(Code::kInvalidAddressOrKey, "Invalid key");
    const auto shared = std::make_shared<SecretKey>(key->clone());
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const TxIn* in = TRY(issuing_input(wallet, txid, vin));
        const Status done = wallet.import_blinding_key(ViewKeys::issuance_script(in->prevout), shared->clone());
        if (!done) return unexpected(wallet_error(done.error()));
        return nullptr;
    });
}

}  // namespace

void add_wallet_key_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "dumpblindingkey", ports, dump_blinding_key);
    add_wallet_method(dispatcher, "importblindingkey", ports, import_blinding_key);
    add_wallet_method(dispatcher, "dumpmasterblindingkey", ports,
                      [](const Args&, const WalletPorts& at) { return dump_master(at); });
    add_wallet_method(dispatcher, "importmasterblindingkey", ports, import_master);
    add_wallet_method(dispatcher, "dumpissuanceblindingkey", ports, dump_issuance_key);
    add_wallet_method(dispatcher, "importissuanceblindingkey", ports, import_issuance_key);
}

}  // namespace sluice::rpc
