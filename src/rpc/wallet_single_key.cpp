// Single keys and addresses, for wallets that mix what they spend with what they watch (createwallet with
// descriptors=false): imported, and a key shown.
#include "codec/hex.h"
#include "consensus/params/wif.h"
#include "consensus/script/templates.h"
#include "rpc/json_script.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::ImportRecord;
using wallet::Wallet;

struct Wanted {
    std::vector<std::string> descriptors;  // without checksum
    bool secret = false;
    std::string label;
    bool rescan = true;
};

RpcResult import_all(const Wanted& wanted, const WalletPorts& ports) {
    if (wanted.label == "*") return rpc_error(Code::kWalletInvalidLabel, "Invalid label name");
    return on_wallet(ports, [wanted, params = ports.params](Wallet& wallet) -> RpcResult {
        if (!wallet.flags().mixed) return rpc_error(Code::kWallet, "Only legacy wallets are supported by this command");
        if (wanted.secret && wallet.flags().private_keys_disabled)
            return rpc_error(Code::kWallet, "Cannot import private keys to a wallet with private keys disabled");
        for (const std::string& text : wanted.descriptors) {
            const auto parsed = signing::Descriptor::parse(text, *params);
            if (!parsed) return rpc_error(Code::kInvalidAddressOrKey, parsed.error().message);
            ImportRecord record;
            record.label = wanted.label;
            record.timestamp = 1;
            if (const Status done = wallet.import(std::move(record), parsed->front()); !done)
                return unexpected(wallet_error(done.error()));
        }
        if (!wanted.rescan) return nullptr;
        if (const Status done = wallet.rescan_from_time(0); !done) return unexpected(wallet_error(done.error()));
        return nullptr;
    });
}

RpcResult import_priv_key(const Args& args, const WalletPorts& ports) {
    const std::string text = args.text(0);
    if (!decode_wif(text, ports.params->secret_prefix))
        return rpc_error(Code::kInvalidAddressOrKey, "Invalid private key encoding");
    return import_all({{"combo(" + text + ")"}, true, args.text_or(1, ""), args.flag_or(2, true)}, ports);
}

RpcResult import_pub_key(const Args& args, const WalletPorts& ports) {
    const auto bytes = from_hex(args.text(0));
    if (!bytes) return rpc_error(Code::kInvalidAddressOrKey, "Pubkey must be a hex string");
    if (!PubKey::parse(*bytes)) return rpc_error(Code::kInvalidAddressOrKey, "Pubkey is not a valid public key");
    return import_all({{"combo(" + args.text(0) + ")"}, false, args.text_or(1, ""), args.flag_or(2, true)}, ports);
}

RpcResult import_address(const Args& args, const WalletPorts& ports) {
    const std::string text = args.text(0);
    const bool p2sh = args.flag_or(3, false);
    Wanted wanted{{}, false, args.text_or(1, ""), args.flag_or(2, true)};
    if (decode_address(text, ports.params->address)) {
        if (p2sh) {
            return rpc_error(Code::kInvalidAddressOrKey,
                             "Cannot use the p2sh flag with an address - use a script instead");
        }
        wanted.descriptors.push_back("addr(" + text + ")");
    } else if (const auto bytes = from_hex(text); bytes && !bytes->empty()) {
        wanted.descriptors.push_back("raw(" + text + ")");
        if (p2sh) wanted.descriptors.push_back("raw(" + to_hex(script::p2sh_of(Script{*bytes}).view()) + ")");
    } else {
        return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address or script");
    }
    return import_all(wanted, ports);
}

RpcResult dump_priv_key(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address");
    return on_wallet(
        ports,
        [script = address->script, text = args.text(0), params = ports.params](const Wallet& wallet) -> RpcResult {
            if (!wallet.flags().mixed)
                return rpc_error(Code::kWallet, "Only legacy wallets are supported by this command");
            const auto keys = wallet.signing_keys(script);
            if (!keys) return unexpected(wallet_error(keys.error()));
            if (!*keys || (*keys)->secrets.empty())
                return rpc_error(Code::kWallet, "Private key for address " + text + " is not known");
            const auto& [id, secret] = *(*keys)->secrets.begin();
            return encode_wif(secret, (*keys)->keys.at(id).key.is_compressed(), params->secret_prefix);
        });
}

}  // namespace

void add_wallet_single_key_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "importprivkey", ports, import_priv_key);
    add_wallet_method(dispatcher, "importpubkey", ports, import_pub_key);
    add_wallet_method(dispatcher, "importaddress", ports, import_address);
    add_wallet_method(dispatcher, "dumpprivkey", ports, dump_priv_key);
}

}  // namespace sluice::rpc
