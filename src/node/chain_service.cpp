#include "node/chain_service.h"

namespace sluice::node {

namespace {
constexpr auto kExpiryInterval = std::chrono::minutes(10);
}

Result<std::unique_ptr<ChainService>> ChainService::open(const chain::ChainStateNeeds& needs,
                                                         const chain::ChainStateOptions& options,
                                                         const mempool::PolicyOptions& policy, OnFault on_fault) {
    std::unique_ptr<ChainService> service(new ChainService(std::move(on_fault)));
    ChainService& self = *service;
    self.chain_ = TRY(chain::ChainState::open(needs, options));
    self.tips_ = std::make_unique<mempool::ChainTipSource>(*self.chain_, options.check_pegin_depth);
    self.pool_ = std::make_unique<mempool::Mempool>(needs.params, policy, needs.clock, *self.tips_);
    self.chain_->add_listener([&self](const chain::ChainEvent& event) {
        self.pool_->on_chain_event(event);
        // The chain may not be called back from within its event.
        if (std::holds_alternative<chain::TipChanged>(event)) self.loop_.post([&self] { self.pool_->follow(); });
    });
    return service;
}

ChainService::~ChainService() { stop(); }

Status ChainService::start() {
    loop_.start();
    const Result<Status> started = loop_.call(
        [this]() -> Status {
            TRY_VOID(chain_->start());
            expiry_ = loop_.every(kExpiryInterval, [this] { pool_->expire(); });
            return {};
        },
        std::chrono::hours(24));
    if (!started) return unexpected(started.error());
    return *started;
}

void ChainService::stop() {
    loop_.post([this] { expiry_.reset(); });
    loop_.stop();
}

void ChainService::watch(const std::optional<Failure>& failure) {
    if (failure && failure->kind == Failure::Kind::kFault) on_fault_(failure->reason);
}

void ChainService::watch(const Status& status) {
    if (!status) on_fault_(status.error().message);
}

}  // namespace sluice::node
