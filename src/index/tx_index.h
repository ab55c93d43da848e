// TxIndex: where each confirmed transaction stands (-txindex). It follows the chain by itself, in a database of its own
// with a cursor of its own, so that it can be switched on at any time and never holds up the chain. After a
// reorganisation, transactions that only the abandoned blocks had are still found, with those blocks.
//
// Threads: following is done on the index's own thread, wake() and the questions may come from any. Faults stop the
// following and are told by problem(); the node goes on.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "chain/chain_reader.h"
#include "runtime/event_loop.h"
#include "storage/disk.h"
#include "util/mutex.h"

namespace sluice::index {

struct TxPlace {
    BlockHash block;
    uint32_t position = 0;  // in the block
};

struct IndexState {
    bool synced = false;  // with the chain's tip
    uint32_t height = 0;  // of the last block that is in it
    std::string problem;  // why it stopped; empty: it runs
};

class TxIndex {
public:
    // Opens or creates the database "indexes/txindex". Both outlive it.
    static Result<std::unique_ptr<TxIndex>> open(storage::Disk& disk, const chain::ChainReader& reader);
    ~TxIndex();

    void start();
    void stop();
    // The chain has moved.
    void wake();

    [[nodiscard]] Result<std::optional<TxPlace>> find(const Txid& txid) const;
    [[nodiscard]] IndexState state() const;
    // Waits until it has what the chain had when asked; false if that took too long or cannot be.
    [[nodiscard]] bool wait_synced(std::chrono::milliseconds at_most) const;

private:
    TxIndex(std::unique_ptr<storage::Db> db, const chain::ChainReader& reader) : db_(std::move(db)), reader_(reader) {}
    void follow();
    // Some blocks; true if there are more.
    Result<bool> advance();
    Status add(const chain::BlockInfo& info, storage::Batch& batch) const;
    void note(const chain::BlockInfo& at);

    std::unique_ptr<storage::Db> db_;
    const chain::ChainReader& reader_;
    runtime::EventLoop loop_{"txindex"};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> posted_{false};
    std::optional<BlockHash> cursor_;  // the loop's; before start() the opener's
    mutable Mutex mutex_;
    BlockHash best_ GUARDED_BY(mutex_);
    uint32_t height_ GUARDED_BY(mutex_) = 0;
    std::string problem_ GUARDED_BY(mutex_);
};

}  // namespace sluice::index
