#include "node/chain_service.h"

namespace sluice::node {

Result<std::unique_ptr<ChainService>> ChainService::open(const chain::ChainStateNeeds& needs, const chain::ChainStateOptions& options,
                                                         OnFault on_fault) {
    std::unique_ptr<ChainService> service(new ChainService(std::move(on_fault)));
    service->chain_ = TRY(chain::ChainState::open(needs, options));
    return service;
}

ChainService::~ChainService() { stop(); }

Status ChainService::start() {
    loop_.start();
    const Result<Status> started = loop_.call([this] { return chain_->start(); }, std::chrono::hours(24));
    if (!started) return unexpected(started.error());
    return *started;
}

void ChainService::watch(const std::optional<Failure>& failure) {
    if (failure && failure->kind == Failure::Kind::kFault) on_fault_(failure->reason);
}

void ChainService::watch(const Status& status) {
    if (!status) on_fault_(status.error().message);
}

}  // namespace sluice::node
