// NodeParent: the member's ParentPort over the node's parent chain. Answers and notices come on the federation thread.
#pragma once

#include "federation/member/ports.h"
#include "peg/chain/parent_chain.h"

namespace sluice::member {

class NodeParent final : public ParentPort {
public:
    // Both must outlive every task of `federation`. Make it before the chain starts; on_change then runs on the
    // federation thread after each change of the Bitcoin view.
    NodeParent(parent_chain::ParentChain& chain, runtime::EventLoop& federation, std::function<void()> on_change);

    [[nodiscard]] std::shared_ptr<const ParentSnapshot> snapshot() const override;
    void watch(ledger::WatchList list) override { chain_.watch(list); }
    void poll_soon() override { chain_.poll_now(); }
    [[nodiscard]] std::optional<uint32_t> fee_estimate() const override { return chain_.status()->fee_rate; }
    void is_unspent(parent::ParentOutPoint outpoint, std::function<void(std::optional<bool>)> done) override;
    void broadcast(parent::ParentTransaction tx, std::function<void(BroadcastResult)> done) override;

private:
    parent_chain::ParentChain& chain_;
    runtime::EventLoop& federation_;
};

}  // namespace sluice::member
