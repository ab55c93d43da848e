// The wallet's passphrase.
#include "rpc/wallet_methods.h"
#include "util/clock.h"
#include "wallet/wallet.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

constexpr int64_t kLongestUnlock = 100'000'000;  // seconds

// Ends the unlocked time; lives on the wallet's thread.
struct Relock {
    std::unique_ptr<runtime::Timer> timer;
};

RpcResult encrypt_wallet(const Args& args, const WalletPorts& ports) {
    return on_wallet(ports, [passphrase = args.text(0)](Wallet& wallet) -> RpcResult {
        if (wallet.encrypted()) {
            return rpc_error(Code::kWrongEncryptionState,
                             "Error: running with an encrypted wallet, but encryptwallet was called.");
        }
        if (const Status done = wallet.encrypt(passphrase); !done) {
            return rpc_error(Code::kInvalidParameter, done.error().message);
        }
        return "wallet encrypted; the passphrase is needed to spend from now on. Make a new backup: an older one holds "
               "the seed in the open.";
    });
}

RpcResult unlock(const Args& args, const WalletPorts& ports, const std::shared_ptr<Relock>& relock) {
    int64_t seconds = TRY(args.integer(1));
    if (seconds < 0) return rpc_error(Code::kInvalidParameter, "Timeout cannot be negative.");
    seconds = std::min(seconds, kLongestUnlock);
    if (args.text(0).empty()) return rpc_error(Code::kInvalidParameter, "passphrase cannot be empty");
    return on_wallet(ports, [ports, relock, seconds, passphrase = args.text(0)](Wallet& wallet) -> RpcResult {
        if (!wallet.encrypted()) {
            return rpc_error(Code::kWrongEncryptionState,
                             "Error: running with an unencrypted wallet, but walletpassphrase was called.");
        }
        if (!wallet.unlock(passphrase)) {
            return rpc_error(Code::kPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect.");
        }
        wallet.set_unlocked_until(ports.clock->unix_time() + seconds);
        relock->timer = ports.loop->after(std::chrono::seconds(seconds), [&wallet] { wallet.lock(); });
        return nullptr;
    });
}

RpcResult lock(const WalletPorts& ports, const std::shared_ptr<Relock>& relock) {
    return on_wallet(ports, [relock](Wallet& wallet) -> RpcResult {
        if (!wallet.encrypted()) {
            return rpc_error(Code::kWrongEncryptionState,
                             "Error: running with an unencrypted wallet, but walletlock was called.");
        }
        relock->timer.reset();
        wallet.lock();
        return nullptr;
    });
}

RpcResult change(const Args& args, const WalletPorts& ports) {
    return on_wallet(ports, [from = args.text(0), to = args.text(1)](Wallet& wallet) -> RpcResult {
        if (!wallet.encrypted()) {
            return rpc_error(Code::kWrongEncryptionState,
                             "Error: running with an unencrypted wallet, but walletpassphrasechange was called.");
        }
        if (from.empty() || to.empty()) return rpc_error(Code::kInvalidParameter, "passphrase cannot be empty");
        if (!wallet.change_passphrase(from, to)) {
            return rpc_error(Code::kPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect.");
        }
        return nullptr;
    });
}

}  // namespace

void add_wallet_lock_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    const auto relock = std::make_shared<Relock>();
    dispatcher.add("encryptwallet", [ports](const Args& args, const Caller&) { return encrypt_wallet(args, ports); });
    dispatcher.add("walletpassphrase", [=](const Args& args, const Caller&) { return unlock(args, ports, relock); });
    dispatcher.add("walletlock", [=](const Args&, const Caller&) { return lock(ports, relock); });
    dispatcher.add("walletpassphrasechange", [ports](const Args& args, const Caller&) { return change(args, ports); });
}

}  // namespace sluice::rpc
