// FilterIndex: the basic filter and filter header of each block (-blockfilterindex), of abandoned blocks too. Threads:
// follower.h.
#pragma once

#include "index/block_filter.h"
#include "index/follower.h"

namespace sluice::index {

struct StoredFilter {
    Hash256 header;
    Bytes filter;  // encoded
};

class FilterIndex {
public:
    // Opens or creates the database "indexes/blockfilter". Both outlive it.
    static Result<std::unique_ptr<FilterIndex>> open(storage::Disk& disk, const chain::ChainReader& reader);

    void start() { follower_->start(); }
    void stop() { follower_->stop(); }
    void wake() { follower_->wake(); }

    // nullopt: that block is not in it (yet).
    [[nodiscard]] Result<std::optional<StoredFilter>> find(const BlockHash& block) const;
    [[nodiscard]] IndexState state() const { return follower_->state(); }
    [[nodiscard]] bool wait_synced(std::chrono::milliseconds at_most) const { return follower_->wait_synced(at_most); }

private:
    FilterIndex() = default;
    Status add(const chain::ChainReader& reader, const chain::BlockInfo& info, storage::Batch& batch);

    // The last block that was added: its header may not be in the database yet. The follower's thread.
    BlockHash last_block_;
    Hash256 last_header_;
    std::unique_ptr<Follower> follower_;
};

}  // namespace sluice::index
