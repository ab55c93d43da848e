// The wallet's view of the node: the chain through its reader, the mempool through the state thread.
#pragma once

#include <functional>

#include "node/chain_service.h"
#include "ports/chain_client.h"

namespace sluice::node {

class WalletChain final : public ports::ChainClient {
public:
    // Hands a transaction to the mempool; called on the state thread.
    using Submit = std::function<Status(const TxRef&)>;
    using InPool = std::function<bool(const Txid&)>;
    WalletChain(ChainService& chain, const ChainParams& params, Submit submit, InPool in_pool)
        : chain_(chain), params_(params), submit_(std::move(submit)), in_pool_(std::move(in_pool)) {}

    Result<ports::BlockPoint> tip() override;
    Result<std::optional<BlockHash>> active_hash(uint32_t height) override;
    Result<std::optional<Block>> block(const BlockHash& hash) override;
    Result<int64_t> median_time() override;
    Result<std::vector<FedpegScript>> fedpeg_scripts() override;
    Result<std::vector<ports::PakEntry>> pak_list() override;
    Status broadcast(const TxRef& tx) override;
    Result<bool> in_mempool(const Txid& txid) override;

private:
    ChainService& chain_;
    const ChainParams& params_;
    Submit submit_;
    InPool in_pool_;
};

}  // namespace sluice::node
