// ParentService: the parent thread and the Bitcoin view on it, made from the node's options; and the wallet's port to
// it.
//
// Composition: open(), add listeners to chain(), start(); stop() ends the thread. What the listeners use must live
// until then.
#pragma once

#include <memory>

#include "consensus/params/chain_params.h"
#include "peg/chain/parent_chain.h"
#include "ports/parent_client.h"
#include "storage/disk.h"
#include "util/options.h"

namespace sluice::node {

class ParentService final : public ports::ParentClient {
public:
    // Whether this node keeps a view of its parent chain: it has one, and deposits are checked or a Bitcoin node is
    // named.
    static bool wanted(const Options& options, const ChainParams& params);
    // Keeps its database "parent" on `disk`. A member looks through Bitcoin from `scan_from` on; other nodes pass
    // nullopt.
    static Result<std::unique_ptr<ParentService>> open(const Options& options, const ChainParams& params,
                                                       storage::Disk& disk, const Clock& clock,
                                                       std::optional<uint32_t> scan_from);
    ~ParentService() override;

    void start();
    void stop();
    [[nodiscard]] parent_chain::ParentChain& chain() { return *chain_; }

    Status watch(const Script& script) override;
    Result<std::vector<ports::Deposit>> deposits() override;

private:
    ParentService() = default;

    runtime::EventLoop loop_{"parent"};
    std::unique_ptr<parent_chain::ParentChain> chain_;
    bool running_ = false;
};

}  // namespace sluice::node
