// TxIndex: where each confirmed transaction stands (-txindex). Transactions that only abandoned blocks had are still
// found, with those blocks. Threads: follower.h.
#pragma once

#include "index/follower.h"

namespace sluice::index {

struct TxPlace {
    BlockHash block;
    uint32_t position = 0;  // in the block
};

class TxIndex {
public:
    // Opens or creates the database "indexes/txindex". Both outlive it.
    static Result<std::unique_ptr<TxIndex>> open(storage::Disk& disk, const chain::ChainReader& reader);

    void start() { follower_->start(); }
    void stop() { follower_->stop(); }
    void wake() { follower_->wake(); }

    [[nodiscard]] Result<std::optional<TxPlace>> find(const Txid& txid) const;
    [[nodiscard]] IndexState state() const { return follower_->state(); }
    [[nodiscard]] bool wait_synced(std::chrono::milliseconds at_most) const { return follower_->wait_synced(at_most); }

private:
    explicit TxIndex(std::unique_ptr<Follower> follower) : follower_(std::move(follower)) {}
    std::unique_ptr<Follower> follower_;
};

}  // namespace sluice::index
