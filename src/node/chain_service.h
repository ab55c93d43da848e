// ChainService: the state thread and what it owns. Its tasks are short, but for the connection of blocks.
//
// Composition: open(), add listeners, start(); then state tasks may be posted from any thread. The first fault (disk, corruption)
// is reported to `on_fault` once, from the state thread.
#pragma once

#include <functional>
#include <memory>

#include "chain/chain_state.h"
#include "runtime/event_loop.h"

namespace sluice::node {

class ChainService {
public:
    using OnFault = std::function<void(const std::string& what)>;

    static Result<std::unique_ptr<ChainService>> open(const chain::ChainStateNeeds& needs, const chain::ChainStateOptions& options,
                                                      OnFault on_fault);
    ~ChainService();

    // Before start().
    void add_listener(chain::ChainListener listener) { chain_->add_listener(std::move(listener)); }
    // Starts the thread and moves to the best chain known.
    Status start();
    // Runs what is queued, then joins.
    void stop() { loop_.stop(); }

    [[nodiscard]] runtime::EventLoop& loop() { return loop_; }
    [[nodiscard]] chain::ChainState& chain() { return *chain_; }  // on the state thread
    [[nodiscard]] const chain::ChainReader& reader() const { return chain_->reader(); }

    // State thread: hands a fault to on_fault; other failures are somebody else's business.
    void watch(const std::optional<Failure>& failure);
    void watch(const Status& status);

private:
    explicit ChainService(OnFault on_fault) : on_fault_(std::move(on_fault)) {}

    OnFault on_fault_;
    runtime::EventLoop loop_{"state"};
    std::unique_ptr<chain::ChainState> chain_;
};

}  // namespace sluice::node
