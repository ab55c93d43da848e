// Wallets come and go: createwallet, loadwallet, unloadwallet, restorewallet, their lists; and which one a call is for.
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

RpcResult refuse(const Result<void, RpcError>& done) { return unexpected(done.error()); }

// The result of a method that changes what is loaded. load_on_startup: null leaves it as it is.
RpcResult changed(const Args& args, size_t at_start, const std::string& name, Json out,
                  std::vector<std::string> warnings, const WalletPorts& ports) {
    if (args.has(at_start)) {
        if (const Status kept = ports.host->remember(name, args.flag_or(at_start, false)); !kept) {
            warnings.push_back("Wallet load on startup setting could not be updated, so wallet may not be loaded " +
                               std::string("next node startup. ") + kept.error().message);
        }
    }
    if (!warnings.empty()) out["warnings"] = warnings;
    return out;
}

RpcResult create_wallet(const Args& args, const WalletPorts& ports) {
    NewWallet wanted;
    wanted.name = args.text(0);
    wanted.flags.private_keys_disabled = args.flag_or(1, false);
    wanted.flags.blank = args.flag_or(2, false);
    wanted.passphrase = args.text_or(3, "");
    wanted.flags.avoid_reuse = args.flag_or(4, false);
    std::vector<std::string> warnings;
    if (args.has(3) && wanted.passphrase.empty())
        warnings.emplace_back("Empty string given as passphrase, wallet will not be encrypted.");
    wanted.flags.mixed = !args.flag_or(5, true);
    if (args.flag_or(7, false)) {
        return rpc_error(Code::kWallet, "Compiled without external signing support (required for external signing)");
    }
    if (!wanted.passphrase.empty() && wanted.flags.private_keys_disabled) {
        return rpc_error(Code::kWallet,
                         "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt "
                         "private keys, so cannot be used for wallets with private keys disabled.");
    }
    const auto done = ports.host->create(wanted);
    if (!done) return refuse(done);
    return changed(args, 6, wanted.name, Json{{"name", wanted.name}}, std::move(warnings), ports);
}

RpcResult load_wallet(const Args& args, const WalletPorts& ports) {
    const std::string name = args.text(0);
    const auto done = ports.host->load(name);
    if (!done) return refuse(done);
    return changed(args, 1, name, Json{{"name", name}}, {}, ports);
}

RpcResult restore_wallet(const Args& args, const WalletPorts& ports) {
    const std::string name = args.text(0);
    const auto done = ports.host->restore(name, args.text(1));
    if (!done) return refuse(done);
    return changed(args, 2, name, Json{{"name", name}}, {}, ports);
}

RpcResult unload_wallet(const Args& args, const Caller& caller, const WalletPorts& ports) {
    if (caller.wallet && args.has(0) && args.text(0) != *caller.wallet) {
        return rpc_error(Code::kInvalidParameter,
                         "RPC endpoint wallet and wallet_name parameter specify different wallets");
    }
    if (!caller.wallet && !args.has(0))
        return rpc_error(Code::kType, "JSON value of type null is not of expected type string");
    const std::string name = caller.wallet ? *caller.wallet : args.text(0);
    const auto done = ports.host->unload(name);
    if (!done) return refuse(done);
    return changed(args, 1, name, Json::object(), {}, ports);
}

RpcResult list_wallets(const WalletPorts& ports) {
    Json out = Json::array();
    for (const std::string& name : ports.host->loaded()) out.push_back(name);
    return out;
}

RpcResult list_wallet_dir(const WalletPorts& ports) {
    Json wallets = Json::array();
    for (const std::string& name : ports.host->stored()) wallets.push_back(Json{{"name", name}});
    return Json{{"wallets", std::move(wallets)}};
}

using wallet::Wallet;

RpcResult backup_wallet(const Args& args, const WalletPorts& ports) {
    return on_wallet(ports, [to = args.text(0)](const Wallet& wallet) -> RpcResult {
        if (const Status done = wallet.backup(to); !done)
            return rpc_error(Code::kWallet, "Error: Wallet backup failed! " + done.error().message);
        return nullptr;
    });
}

Result<LoadedWallet, RpcError> wallet_of(const Caller& caller, const WalletHost& host) {
    if (caller.wallet) {
        if (auto found = host.find(*caller.wallet)) return std::move(*found);
        return rpc_error(Code::kWalletNotFound, "Requested wallet does not exist or is not loaded");
    }
    const std::vector<std::string> loaded = host.loaded();
    if (loaded.size() > 1) {
        return rpc_error(kWalletNotSpecified,
                         "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through "
                         "the /wallet/<walletname> URI path.");
    }
    if (loaded.size() == 1) {
        if (auto found = host.find(loaded.front())) return std::move(*found);
    }
    return rpc_error(
        Code::kWalletNotFound,
        "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: "
        "A default wallet is no longer automatically created)");
}

}  // namespace

void add_wallet_method(Dispatcher& dispatcher, std::string_view name, const WalletPorts& ports, WalletHandler handler) {
    dispatcher.add(name, [ports, handler = std::move(handler)](const Args& args, const Caller& caller) -> RpcResult {
        WalletPorts mine = ports;
        mine.at = TRY(wallet_of(caller, *ports.host));
        // Held here alone: the wallet must not end on its own thread, where tasks keep copies of the ports.
        const std::shared_ptr<void> keep = std::move(mine.at.keep);
        return handler(args, mine);
    });
}

void add_wallet_host_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    dispatcher.add("createwallet", [ports](const Args& args, const Caller&) { return create_wallet(args, ports); });
    dispatcher.add("loadwallet", [ports](const Args& args, const Caller&) { return load_wallet(args, ports); });
    dispatcher.add("restorewallet", [ports](const Args& args, const Caller&) { return restore_wallet(args, ports); });
    dispatcher.add("unloadwallet",
                   [ports](const Args& args, const Caller& caller) { return unload_wallet(args, caller, ports); });
    dispatcher.add("listwallets", [ports](const Args&, const Caller&) { return list_wallets(ports); });
    dispatcher.add("listwalletdir", [ports](const Args&, const Caller&) { return list_wallet_dir(ports); });
    add_wallet_method(dispatcher, "backupwallet", ports, backup_wallet);
}

}  // namespace sluice::rpc
