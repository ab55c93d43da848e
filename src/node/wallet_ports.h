// The wallet's view of the node: the chain through its reader, the mempool through the state thread.
#pragma once

#include "node/chain_service.h"
#include "ports/chain_client.h"

namespace sluice::node {

class WalletChain final : public ports::ChainClient {
public:
    WalletChain(ChainService& chain, const ChainParams& params) : chain_(chain), params_(params) {}

    Result<ports::BlockPoint> tip() override;
    Result<std::optional<BlockHash>> active_hash(uint32_t height) override;
    Result<std::optional<Block>> block(const BlockHash& hash) override;
    Result<int64_t> median_time() override;
    Result<std::vector<FedpegScript>> fedpeg_scripts() override;
    Result<std::vector<ports::PakEntry>> pak_list() override;
    Status broadcast(const TxRef& tx) override;
    Result<bool> in_mempool(const Txid& txid) override;
    Result<std::vector<TxRef>> mempool() override;

private:
    ChainService& chain_;
    const ChainParams& params_;
};

}  // namespace sluice::node
