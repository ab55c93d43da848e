// ChainService: the state thread and what it owns: the chain and the mempool. Its tasks are short, but for the
// connection of blocks.
//
// Composition: open(), add listeners, start(); then state tasks may be posted from any thread. Faults (disk,
// corruption) are reported to `on_fault` from the state thread.
#pragma once

#include <functional>
#include <memory>

#include "chain/chain_state.h"
#include "mempool/chain_tip.h"
#include "mempool/mempool.h"
#include "runtime/event_loop.h"

namespace sluice::node {

class ChainService {
public:
    using OnFault = std::function<void(const std::string& what)>;

    static Result<std::unique_ptr<ChainService>> open(const chain::ChainStateNeeds& needs,
                                                      const chain::ChainStateOptions& options,
                                                      const mempool::PolicyOptions& policy, OnFault on_fault);
    ~ChainService();

    // Before start().
    void add_listener(chain::ChainListener listener) { chain_->add_listener(std::move(listener)); }
    void add_pool_listener(std::function<void(const mempool::PoolEvent&)> listener) {
        pool_->add_listener(std::move(listener));
    }
    // Starts the thread and moves to the best chain known.
    Status start();
    // Runs what is queued, then joins.
    void stop();

    [[nodiscard]] runtime::EventLoop& loop() { return loop_; }
    // The next three on the state thread only.
    [[nodiscard]] chain::ChainState& chain() { return *chain_; }
    [[nodiscard]] mempool::Mempool& pool() { return *pool_; }
    [[nodiscard]] mempool::TipSource& tips() { return *tips_; }
    [[nodiscard]] const chain::ChainReader& reader() const { return chain_->reader(); }

    // State thread: hands a fault to on_fault; other failures are somebody else's business.
    void watch(const std::optional<Failure>& failure);
    void watch(const Status& status);

private:
    explicit ChainService(OnFault on_fault) : on_fault_(std::move(on_fault)) {}

    OnFault on_fault_;
    runtime::EventLoop loop_{"state"};
    std::unique_ptr<chain::ChainState> chain_;
    std::unique_ptr<mempool::ChainTipSource> tips_;
    std::unique_ptr<mempool::Mempool> pool_;
    std::unique_ptr<runtime::Timer> expiry_;
};

}  // namespace sluice::node
