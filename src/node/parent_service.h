// ParentService: the parent thread with the node's own view of Bitcoin, and what others see of it: the chain gets a
// view for each change, the wallet deposits.
#pragma once

#include <memory>

#include "node/chain_service.h"
#include "peg/chain/parent_chain.h"
#include "ports/parent_client.h"
#include "runtime/event_loop.h"
#include "storage/disk.h"

namespace sluice::node {

class ParentService final : public ports::ParentClient {
public:
    // Opens the database "parent" of `disk` and reads -mainchainrpc*. `scan_from` as in ParentChainOptions. Errors are
    // for the user. References outlive the service.
    static Result<std::unique_ptr<ParentService>> open(storage::Disk& disk, const ChainParams& params,
                                                       const Options& options, const Clock& clock,
                                                       std::optional<uint32_t> scan_from);
    ~ParentService() override;

    // Before start().
    [[nodiscard]] parent_chain::ParentChain& chain() { return *chain_; }
    // Feeds each view to the chain, when the chain wants depth judged.
    void feed(ChainService& chain);
    void start();
    void stop();

    // ports::ParentClient
    Status watch(const Script& script) override { return chain_->watch_deposits(script); }
    Result<std::vector<ports::Deposit>> deposits() override;

private:
    ParentService() = default;

    runtime::EventLoop loop_{"parent"};
    std::unique_ptr<parent_chain::ParentChain> chain_;
    bool started_ = false;
};

}  // namespace sluice::node
