// Authorization of peg-outs: initpegoutwallet, getwalletpakinfo, and sendtomainchain where a PAK list is enforced.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/templates.h"
#include "rpc/json_script.h"
#include "rpc/wallet_methods.h"
#include "wallet/pak.h"
#include "wallet/wallet.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

constexpr int64_t kLeastPegout = 100'000;  // satoshi, as the reference

RpcError pak_error(const Error& error) {
    const std::string& text = error.message;
    if (text.starts_with("Pegout freeze")) return {Code::kInvalidAddressOrKey, text};
    if (text.starts_with("bitcoin_descriptor") || text.starts_with("bip32_counter") ||
        text.ends_with("descriptor function")) {
        return {Code::kInvalidParameter, text};
    }
    return wallet_error(error);
}

std::string parent_address(const Script& script, const WalletPorts& ports) {
    return encode_address({script, std::nullopt}, ports.params->parent.address).value();
}

Json entry_json(const wallet::PakInfo& info, const WalletPorts& ports) {
    Json addresses = Json::array();
    for (const Script& script : info.lookahead) addresses.push_back(parent_address(script, ports));
    const std::string online = to_hex(info.online.view());
    const Script key_hash = script::make_p2pkh(info.online.hash160());
    Json out = Json::object();
    out["pakentry"] = "pak=" + to_hex(info.offline.view()) + ":" + online;
    out["liquid_pak"] = online;
    out["liquid_pak_address"] = encode_address({key_hash, std::nullopt}, ports.params->address).value();
    out["address_lookahead"] = std::move(addresses);
    return out;
}

// Without its checksum, which must be right if it is there.
Result<std::string, RpcError> without_checksum(const std::string& descriptor) {
    const size_t at = descriptor.find('#');
    if (at == std::string::npos) return descriptor;
    std::string body = descriptor.substr(0, at);
    const std::string given = descriptor.substr(at + 1);
    const std::string computed = descriptor_checksum(body);
    if (given != computed) {
        return rpc_error(Code::kInvalidParameter,
                         "Provided checksum '" + given + "' does not match computed checksum '" + computed + "'");
    }
    return body;
}

RpcResult init_pegout_wallet(const Args& args, const WalletPorts& ports) {
    if (!ports.params->enforce_pak) {
        return rpc_error(Code::kInvalidParameter, "PAK enforcement is not enabled on this network.");
    }
    std::optional<PubKey> online;
    if (args.has(2)) {
        online = PubKey::parse(TRY(args.hex(2, "liquid_pak")));
        if (!online) return rpc_error(Code::kWallet, "Error: Given liquid_pak is not valid.");
    }
    const int64_t counter = TRY(args.integer_or(1, 0));
    if (counter < 0 || counter > wallet::kMaxPakCounter) {
        return rpc_error(Code::kInvalidParameter, "bip32_counter must be between 0 and 1,000,000,000, inclusive.");
    }
    const std::string descriptor = TRY(without_checksum(args.text(0)));
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto info = wallet.init_pegouts(descriptor, static_cast<uint32_t>(counter), online);
        if (!info) return unexpected(pak_error(info.error()));
        return entry_json(*info, ports);
    });
}

RpcResult wallet_pak_info(const WalletPorts& ports) {
    return on_wallet(ports, [ports](Wallet& wallet) -> RpcResult {
        const auto info = wallet.pak_info();
        if (!info) return unexpected(pak_error(info.error()));
        if (!*info) return rpc_error(Code::kMisc, "This wallet has not been initialized for PAK-enforced peg-outs.");
        Json out = entry_json(**info, ports);
        out["bip32_counter"] = std::to_string((*info)->counter);
        out["bitcoin_descriptor"] = (*info)->descriptor;
        return out;
    });
}

}  // namespace

RpcResult send_authorized_pegout(const Args& args, const WalletPorts& ports) {
    if (!args.text(0).empty()) {
        return rpc_error(
            Code::kType,
            "`address` argument must be \"\" for PAK-enabled networks as the address is generated automatically.");
    }
    const Amount amount = TRY(args.amount(1));
    if (amount.sat < kLeastPegout) {
        return rpc_error(Code::kInvalidParameter, "Invalid amount for send, must send more than 0.00100000 BTC");
    }
    const bool subtract = args.flag_or(2, false);
    const bool verbose = args.flag_or(3, false);
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto sent = wallet.send_authorized(amount, subtract);
        if (!sent) return unexpected(pak_error(sent.error()));
        Json out = Json::object();
        out["txid"] = to_display(sent->txid);
        if (verbose) out["fee_reason"] = "Fallback fee";
        out["bitcoin_address"] = parent_address(sent->parent_script, ports);
        out["bip32_counter"] = std::to_string(sent->counter);
        out["bitcoin_descriptor"] = sent->descriptor;
        return out;
    });
}

void add_wallet_pak_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "initpegoutwallet", ports, init_pegout_wallet);
    add_wallet_method(dispatcher, "getwalletpakinfo", ports,
                      [](const Args&, const WalletPorts& at) { return wallet_pak_info(at); });
}

}  // namespace sluice::rpc
