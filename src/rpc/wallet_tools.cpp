// Smaller services of a wallet: its flags, its look-ahead, messages it signs, what a transaction would change.
#include <array>

#include "codec/base64.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/templates.h"
#include "crypto/recoverable.h"
#include "rpc/rawtx.h"
#include "rpc/wallet_json.h"
#include "wallet/unblind.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

constexpr const char* kLocked = "Error: Please enter the wallet passphrase with walletpassphrase first.";

RpcResult refill_keypool(const Args& args, const WalletPorts& ports) {
    const int64_t size = TRY(args.integer_or(0, 0));
    constexpr int64_t kMost = 100'000;
    if (size < 0) return rpc_error(Code::kInvalidParameter, "Invalid parameter, expected valid size.");
    if (size > kMost) return rpc_error(Code::kInvalidParameter, "Invalid parameter, at most " + std::to_string(kMost));
    return on_wallet(ports, [size](Wallet& wallet) -> RpcResult {
        if (wallet.flags().private_keys_disabled)
            return rpc_error(Code::kWallet, "Error: Private keys are disabled for this wallet");
        if (wallet.locked()) return rpc_error(Code::kUnlockNeeded, kLocked);
        wallet.look_ahead(static_cast<uint32_t>(size));
        return nullptr;
    });
}

RpcResult sign_message(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    return on_wallet(ports, [address, message = args.text(1)](const Wallet& wallet) -> RpcResult {
        if (wallet.locked()) return rpc_error(Code::kUnlockNeeded, kLocked);
        if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid address");
        if (script::classify(address->script.view()).kind != script::TemplateKind::kPubkeyHash)
            return rpc_error(Code::kType, "Address does not refer to key");
        const auto keys = wallet.signing_keys(address->script);
        if (!keys) return unexpected(wallet_error(keys.error()));
        if (!*keys || (*keys)->secrets.empty())
            return rpc_error(Code::kInvalidAddressOrKey, "Private key not available");
        const auto& [id, secret] = *(*keys)->secrets.begin();
        const bool compressed = (*keys)->keys.at(id).key.is_compressed();
        return base64_encode(sign_recoverable(secret, compressed, message_digest(message)));
    });
}

RpcResult set_wallet_flag(const Args& args, const WalletPorts& ports) {
    const std::string flag = args.text(0);
    const bool value = args.flag_or(1, true);
    constexpr std::array<std::string_view, 6> kFixed = {"blank",
                                                        "key_origin_metadata",
                                                        "last_hardened_xpub_cached",
                                                        "descriptor_wallet",
                                                        "disable_private_keys",
                                                        "external_signer"};
    if (std::ranges::find(kFixed, flag) != kFixed.end())
        return rpc_error(Code::kInvalidParameter, "Wallet flag is immutable: " + flag);
    if (flag != "avoid_reuse") return rpc_error(Code::kInvalidParameter, "Unknown wallet flag: " + flag);
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        if (wallet.flags().avoid_reuse == value) {
            return rpc_error(Code::kInvalidParameter,
                             std::string("Wallet flag is already set to ") + (value ? "true" : "false") + ": " + flag);
        }
        if (const Status done = wallet.set_avoid_reuse(value); !done) return unexpected(wallet_error(done.error()));
        return Json{{"flag_name", flag}, {"flag_state", value}};
    });
}

RpcResult upgrade_wallet(const WalletPorts& ports) {
    // The files say their format, and open() brings older ones up to date.
    return on_wallet(ports, [name = ports.at.name](const Wallet&) -> RpcResult {
        return Json{{"wallet_name", name},
                    {"previous_version", kWalletVersion},
                    {"current_version", kWalletVersion},
                    {"result", "Already at latest version. Wallet version unchanged."}};
    });
}

// What a transaction would change, and what later ones may build on.
class Simulation {
public:
    Simulation(const Wallet& wallet, bool watched) : wallet_(wallet), watched_(watched) {}

    Result<void, RpcError> add(const TxRef& tx) {
        for (const TxIn& in : tx->tx.inputs) {
            if (!spent_.insert(in.prevout).second) {
                return rpc_error(Code::kInvalidParameter, "Transaction(s) are spending the same output more than once");
            }
            if (const auto made = made_.find(in.prevout); made != made_.end()) {
                if (made->second) balance[made->second->asset].sat -= made->second->value.sat;
                continue;
            }
            if (wallet_.ledger().is_spent(in.prevout)) {
                return rpc_error(Code::kInvalidParameter,
                                 "One or more transaction inputs are missing or have been spent already");
            }
            const auto spent = wallet_.ledger().spent_output(in);
            if (!spent || !counts(spent->script)) continue;
            const auto opened = wallet_.ledger().content(in.prevout.txid, in.prevout.index);
            if (opened) balance[opened->asset].sat -= opened->value.sat;
        }
        for (uint32_t i = 0; i < tx->tx.outputs.size(); ++i) {
            const TxOut& out = tx->tx.outputs[i];
            auto opened = counts(out.script) ? open(out) : std::nullopt;
            if (opened) balance[opened->asset].sat += opened->value.sat;
            made_[{tx->txid, i}] = std::move(opened);
        }
        return {};
    }

    std::map<AssetId, Amount> balance;

private:
    [[nodiscard]] bool counts(const Script& script) const {
        return wallet_.is_mine(script) && (watched_ || !wallet_.is_watch_only(script));
    }
    [[nodiscard]] std::optional<wallet::Opened> open(const TxOut& out) const {
        if (auto open = wallet::read_open_output(out)) return open;
        return wallet::open_output(out, wallet_.view_keys().key_of(out.script), wallet_.options().params->pegged_asset);
    }

    const Wallet& wallet_;
    const bool watched_;
    std::set<OutPoint> spent_;
    std::map<OutPoint, std::optional<wallet::Opened>> made_;
};

RpcResult simulate(const Args& args, const WalletPorts& ports) {
    std::vector<TxRef> txs;
    if (args.has(0)) {
        for (const Json& item : args.json(0)) {
            if (!item.is_string()) return rpc_error(Code::kType, "JSON value is not a string as expected");
            txs.push_back(TRY(tx_from_hex(item.get<std::string>(), "Transaction hex string decoding failure.")));
        }
    }
    std::optional<bool> watched;
    if (args.has(1)) {
        TRY_VOID(check_fields(args.json(1), {{"include_watchonly", "bool", true}}, true));
        if (args.json(1).contains("include_watchonly")) watched = args.json(1)["include_watchonly"].get<bool>();
    }
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        Simulation simulation(wallet, watched.value_or(wallet.flags().private_keys_disabled));
        for (const TxRef& tx : txs) TRY_VOID(simulation.add(tx));
        return Json{{"balance_change", amounts_json(simulation.balance, ports)}};
    });
}

}  // namespace

void add_wallet_tool_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "keypoolrefill", ports, refill_keypool);
    add_wallet_method(dispatcher, "signmessage", ports, sign_message);
    add_wallet_method(dispatcher, "setwalletflag", ports, set_wallet_flag);
    add_wallet_method(dispatcher, "upgradewallet", ports,
                      [](const Args&, const WalletPorts& at) { return upgrade_wallet(at); });
    add_wallet_method(dispatcher, "simulaterawtransaction", ports, simulate);
    // Not on the wallet's thread, which is the one that scans.
    add_wallet_method(dispatcher, "abortrescan", ports,
                      [](const Args&, const WalletPorts& at) -> RpcResult { return at.at.wallet->abort_rescan(); });
}

}  // namespace sluice::rpc
