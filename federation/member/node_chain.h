// NodeChain: the member's ChainPort over the node's chain, mempool and block templates. Long work runs on the state
// thread; every answer and notice comes back on the federation thread. Made before the chain starts.
#pragma once

#include "assembly/assemble.h"
#include "chain/chain_state.h"
#include "federation/member/ports.h"
#include "runtime/event_loop.h"

namespace sluice::member {

class NodeChain final : public ChainPort {
public:
    // State-thread objects, used on that thread only. All outlive every task of both loops.
    struct Needs {
        chain::ChainState& chain;
        mempool::Mempool& pool;
        mempool::TipSource& tips;
        runtime::EventLoop& state;
        runtime::EventLoop& federation;
    };
    using OnConnected = std::function<void(const BlockHash&, BlockRef)>;
    using OnDisconnected = std::function<void(const BlockHash&, uint32_t height)>;

    using OnHeader = std::function<void(const BlockHash&, uint32_t height)>;

    // Registers with the chain; the notices run on the federation thread.
    NodeChain(const Needs& needs, OnConnected connected, OnDisconnected disconnected, OnHeader header);

    [[nodiscard]] Tip tip() const override;
    [[nodiscard]] Result<BlockRef> block_at(uint32_t height) const override;
    [[nodiscard]] std::optional<BlockHash> hash_at(uint32_t height) const override;
    [[nodiscard]] Result<DynafedEntry> parameters_after(const BlockHash& tip) const override;
    void build(BuildRequest request, std::function<void(Result<BlockRef>)> done) override;
    void test(BlockRef block, std::function<void(TestVerdict)> done) override;
    void submit(BlockRef block, std::function<void(Status)> done) override;
    void set_final(uint32_t height) override;

private:
    Needs needs_;
};

}  // namespace sluice::member
