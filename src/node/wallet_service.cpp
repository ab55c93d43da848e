#include "node/wallet_service.h"

#include "codec/hex.h"
#include "util/log.h"

namespace sluice::node {
namespace {
constexpr auto kRebroadcastInterval = std::chrono::seconds(30);
}

Result<std::unique_ptr<WalletService>> WalletService::open(const wallet::WalletOptions& options, storage::Disk& disk,
                                                           std::unique_ptr<WalletChain> chain,
                                                           ports::ParentClient* parent, const Clock& clock,
                                                           const wallet::Opening& how) {
    std::unique_ptr<WalletService> service(new WalletService(std::move(chain)));
    service->wallet_ = TRY(wallet::Wallet::open(options, disk, *service->chain_, parent, clock, how));
    TRY_VOID(service->wallet_->catch_up());
    service->loop_.start();
    service->loop_.post([self = service.get()] {
        self->follow();
        if (const Status done = self->wallet_->read_mempool(); !done)
            log_error("wallet", "cannot read the mempool: {}", done.error().message);
        self->wallet_->rebroadcast();
        self->rebroadcast_ = self->loop_.every(kRebroadcastInterval, [self] {
            self->wallet_->rebroadcast();
            self->follow();
        });
    });
    return service;
}

WalletService::~WalletService() { close(); }

void WalletService::close() {
    // Timers die on their loop's thread.
    loop_.post([this] {
        rebroadcast_.reset();
        relock_.reset();
    });
    loop_.stop();
    wallet_.reset();
}

void WalletService::lock_after(std::optional<std::chrono::seconds> delay) {
    relock_.reset();
    if (delay) relock_ = loop_.after(*delay, [this] { wallet_->lock(); });
}

void WalletService::wake() {
    if (waking_.exchange(true)) return;
    if (!loop_.post([this] {
            waking_ = false;
            follow();
        })) {
        waking_ = false;
    }
}

void WalletService::transaction_added(const TxRef& tx) {
    loop_.post([this, tx] {
        if (const Status done = wallet_->transaction_added(tx); !done) log_error("wallet", "{}", done.error().message);
    });
}

void WalletService::follow() {
    if (const Status done = wallet_->catch_up(); !done) {
        log_error("wallet", "cannot follow the chain: {}", done.error().message);
        return;
    }
    const auto claims = wallet_->claim_deposits();
    if (!claims) {
        log_warning("wallet", "cannot look for deposits: {}", claims.error().message);
        return;
    }
    for (const Txid& txid : *claims) log_info("wallet", "claimed a deposit with {}", to_display(txid));
}

}  // namespace sluice::node
