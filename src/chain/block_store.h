// BlockStore: blocks and their undo records in flat files, and whole headers in the database with a small cache. It
// knows nothing of chains. Append on the state thread; read from any.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "chain/records.h"
#include "storage/flat_files.h"
#include "util/mutex.h"

namespace sluice::chain {

class BlockStore {
public:
    BlockStore(storage::Disk& disk, const std::array<uint8_t, 4>& magic, uint32_t max_file_bytes);

    // At start: what lies behind the recorded ends was not finished and is cut off.
    [[nodiscard]] Status cut_to(const FileEnds& ends);
    [[nodiscard]] FileEnds ends() const { return {blocks_.end(), undo_.end()}; }

    // On disk when they return.
    [[nodiscard]] Result<storage::FlatPosition> append_block(const Block& block);
    [[nodiscard]] Result<storage::FlatPosition> append_undo(const BlockHash& prev, ByteView payload);

    // Errors: unreadable, damaged, or another block than `hash`.
    [[nodiscard]] Result<Bytes> read_block_bytes(storage::FlatPosition at) const;
    [[nodiscard]] Result<std::shared_ptr<const Block>> read_block(storage::FlatPosition at,
                                                                  const BlockHash& hash) const;
    [[nodiscard]] Result<Bytes> read_undo(storage::FlatPosition at, const BlockHash& prev) const;

    [[nodiscard]] uint64_t disk_size() const { return blocks_.disk_size() + undo_.disk_size(); }

private:
    storage::FlatFiles blocks_;
    storage::FlatFiles undo_;
};

// Headers by hash, from the database; the most recent ones are kept. Any thread.
class HeaderStore {
public:
    explicit HeaderStore(const storage::Db& db) : db_(db) {}
    [[nodiscard]] Result<std::shared_ptr<const BlockHeader>> get(const BlockHash& hash) const;
    // Of a header that was just accepted and may not be in the database yet.
    void remember(const BlockHash& hash, std::shared_ptr<const BlockHeader> header) const;

private:
    static constexpr size_t kKept = 2048;

    const storage::Db& db_;
    mutable Mutex mutex_;
    mutable std::unordered_map<BlockHash, std::shared_ptr<const BlockHeader>, FixedBytesHash> cache_ GUARDED_BY(mutex_);
    mutable std::deque<BlockHash> order_ GUARDED_BY(mutex_);
};

}  // namespace sluice::chain
