// The wallet's passphrase.
#include "rpc/wallet_methods.h"
#include "util/clock.h"
#include "wallet/wallet.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

constexpr int64_t kLongestUnlock = 100'000'000;  // seconds

RpcResult encrypt_wallet(const Args& args, const WalletPorts& ports) {
    return on_wallet(ports, [passphrase = args.text(0)](Wallet& wallet) -> RpcResult {
        if (wallet.encrypted()) {
            return rpc_error(Code::kWrongEncryptionState,
                             "Error: running with an encrypted wallet, but encryptwallet was called.");
        }
        if (wallet.flags().private_keys_disabled) {
            return rpc_error(kWalletEncryptionFailed,
                             "Error: wallet does not contain private keys, nothing to encrypt.");
        }
        if (const Status done = wallet.encrypt(passphrase); !done) {
            return rpc_error(Code::kInvalidParameter, done.error().message);
        }
        return "wallet encrypted; the passphrase is needed to spend from now on. Make a new backup: an older one holds "
               "the seed in the open.";
    });
}

RpcResult unlock(const Args& args, const WalletPorts& ports) {
    int64_t seconds = TRY(args.integer(1));
    if (seconds < 0) return rpc_error(Code::kInvalidParameter, "Timeout cannot be negative.");
    seconds = std::min(seconds, kLongestUnlock);
    if (args.text(0).empty()) return rpc_error(Code::kInvalidParameter, "passphrase cannot be empty");
    return on_wallet(
        ports,
        [lock_after = ports.at.lock_after, clock = ports.clock, seconds,
         passphrase = args.text(0)](Wallet& wallet) -> RpcResult {
            if (!wallet.encrypted()) {
                return rpc_error(Code::kWrongEncryptionState,
                                 "Error: running with an unencrypted wallet, but walletpassphrase was called.");
            }
            if (!wallet.unlock(passphrase)) {
                return rpc_error(Code::kPassphraseIncorrect, "Error: The wallet passphrase entered was incorrect.");
            }
            wallet.set_unlocked_until(clock->unix_time() + seconds);
            lock_after(std::chrono::seconds(seconds));
            return nullptr;
        });
}

RpcResult lock(const WalletPorts& ports) {
    return on_wallet(ports, [lock_after = ports.at.lock_after](Wallet& wallet) -> RpcResult {
        if (!wallet.encrypted()) {
            return rpc_error(Code::kWrongEncryptionState,
                             "Error: running with an unencrypted wallet, but walletlock was called.");
        }
        lock_after(std::nullopt);
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
    add_wallet_method(dispatcher, "encryptwallet", ports, encrypt_wallet);
    add_wallet_method(dispatcher, "walletpassphrase", ports, unlock);
    add_wallet_method(dispatcher, "walletlock", ports, [](const Args&, const WalletPorts& at) { return lock(at); });
    add_wallet_method(dispatcher, "walletpassphrasechange", ports, change);
}

}  // namespace sluice::rpc
