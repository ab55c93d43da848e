// PoolAdapter: the mempool as the peer protocol sees it. Verdicts come from the state thread and return to the net
// thread.
#pragma once

#include <atomic>

#include "node/chain_service.h"
#include "p2p/sync/ports.h"

namespace sluice::node {

class PoolAdapter final : public sync::MempoolPort {
public:
    // Registers with the pool; call before the chain starts. Both outlive it.
    PoolAdapter(ChainService& chain, runtime::EventLoop& net_loop);

    void accept(TxRef tx, std::function<void(sync::TxResult)> done) override;
    [[nodiscard]] int64_t min_fee_rate() const override { return min_rate_.load(std::memory_order_relaxed); }

    // State thread: the pool's entry as relay sees it.
    static sync::RelayTx to_relay(const mempool::Entry& entry);

private:
    ChainService& chain_;
    runtime::EventLoop& net_loop_;
    std::atomic<int64_t> min_rate_;
};

}  // namespace sluice::node
