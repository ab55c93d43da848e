// WalletService: one wallet and its thread. The wallet follows the chain by reading blocks; events only wake it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "node/wallet_ports.h"
#include "runtime/event_loop.h"
#include "wallet/wallet.h"

namespace sluice::node {

class WalletService {
public:
    // Opens (or makes) the wallet and reads the blocks that it has not seen. `parent` may be null. What is passed by
    // reference outlives the service.
    static Result<std::unique_ptr<WalletService>> open(const wallet::WalletOptions& options, storage::Disk& disk,
                                                       std::unique_ptr<WalletChain> chain, ports::ParentClient* parent,
                                                       const Clock& clock, const wallet::Opening& how);
    ~WalletService();

    // Any thread: something changed; the wallet looks when it can.
    void wake();
    void transaction_added(const TxRef& tx);
    // Runs what is queued, then lets go of the wallet's files. Not on the wallet's thread.
    void close();

    [[nodiscard]] runtime::EventLoop& loop() { return loop_; }
    [[nodiscard]] wallet::Wallet& wallet() { return *wallet_; }  // on the wallet's thread
    // On the wallet's thread: locks the wallet after that time; nullopt: not any more.
    void lock_after(std::optional<std::chrono::seconds> delay);

private:
    explicit WalletService(std::unique_ptr<WalletChain> chain) : chain_(std::move(chain)) {}
    void follow();

    std::unique_ptr<WalletChain> chain_;
    runtime::EventLoop loop_{"wallet"};
    std::unique_ptr<wallet::Wallet> wallet_;
    std::unique_ptr<runtime::Timer> rebroadcast_;
    std::unique_ptr<runtime::Timer> relock_;
    std::atomic<bool> waking_{false};
};

}  // namespace sluice::node
