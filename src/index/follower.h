// Follower: what every optional index shares: a database of its own with a cursor of its own, which follows the active
// chain on a thread of its own, so that an index can be switched on at any time and never holds up the chain. After a
// reorganisation it goes on from where the branches part; what it wrote of abandoned blocks stays.
//
// Threads: following is done on the follower's own thread; wake(), state() and wait_synced() may come from any. Faults
// stop the following and are told by state(); the node goes on.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "chain/chain_reader.h"
#include "runtime/event_loop.h"
#include "storage/disk.h"
#include "util/mutex.h"

namespace sluice::index {

struct IndexState {
    bool synced = false;  // with the chain's tip
    uint32_t height = 0;  // of the last block that is in it
    std::string problem;  // why it stopped; empty: it runs
};

class Follower {
public:
    // Writes what a block adds; in the order of the chain.
    using Add = std::function<Status(const chain::BlockInfo&, storage::Batch&)>;

    // Opens or creates the database "indexes/<name>". Both outlive it. `add` runs on the follower's thread.
    static Result<std::unique_ptr<Follower>> open(storage::Disk& disk, const chain::ChainReader& reader,
                                                  const std::string& name, Add add);
    ~Follower();

    void start();
    void stop();
    // The chain has moved.
    void wake();

    [[nodiscard]] const storage::Db& db() const { return *db_; }
    [[nodiscard]] const chain::ChainReader& reader() const { return reader_; }
    [[nodiscard]] IndexState state() const;
    // Waits until it has what the chain had when asked; false if that took too long or cannot be.
    [[nodiscard]] bool wait_synced(std::chrono::milliseconds at_most) const;

private:
    Follower(std::unique_ptr<storage::Db> db, const chain::ChainReader& reader, std::string name, Add add)
        : db_(std::move(db)), reader_(reader), name_(std::move(name)), add_(std::move(add)), loop_(name_) {}
    void follow();
    // Some blocks; true if there are more.
    Result<bool> advance();
    void note(const chain::BlockInfo& at);

    std::unique_ptr<storage::Db> db_;
    const chain::ChainReader& reader_;
    const std::string name_;
    Add add_;
    runtime::EventLoop loop_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> posted_{false};
    std::optional<BlockHash> cursor_;  // the loop's; before start() the opener's
    mutable Mutex mutex_;
    BlockHash best_ GUARDED_BY(mutex_);
    uint32_t height_ GUARDED_BY(mutex_) = 0;
    std::string problem_ GUARDED_BY(mutex_);
};

}  // namespace sluice::index
