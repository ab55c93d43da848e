// Db: an ordered map from bytes to bytes whose batches are atomic. A port with two back ends: LevelDB (leveldb_db.h)
// and the in-memory twin of MemoryDisk (memory_disk.h), which drops what was not synced when a test cuts the power.
//
// Threads: get, iterate and snapshot from any thread; write from the owner's thread only. Errors are faults (I/O,
// corruption): the owner stops. A key that is absent is not an error.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "util/bytes.h"
#include "util/result.h"

namespace sluice::storage {

// Changes that happen together or not at all. A later change of a key wins over an earlier one.
class Batch {
public:
    struct Change {
        Bytes key;
        std::optional<Bytes> value;  // nullopt erases
    };

    void put(ByteView key, ByteView value) { add(key, to_bytes(value)); }
    void erase(ByteView key) { add(key, std::nullopt); }
    void clear() {
        changes_.clear();
        bytes_ = 0;
    }
    [[nodiscard]] bool empty() const { return changes_.empty(); }
    [[nodiscard]] size_t bytes() const { return bytes_; }  // of keys and values
    [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }

private:
    void add(ByteView key, std::optional<Bytes> value) {
        bytes_ += key.size() + (value ? value->size() : 0);
        changes_.push_back({to_bytes(key), std::move(value)});
    }

    std::vector<Change> changes_;
    size_t bytes_ = 0;
};

// Walks keys in byte order, over the state at the moment it was made. Views are valid until the next move. One thread.
class DbIterator {
public:
    virtual ~DbIterator() = default;
    virtual void seek(ByteView key) = 0;  // to the first key >= key
    virtual void next() = 0;              // precondition: valid()
    [[nodiscard]] virtual bool valid() const = 0;
    [[nodiscard]] virtual ByteView key() const = 0;
    [[nodiscard]] virtual ByteView value() const = 0;
    // Ask after the walk: an iterator that met a fault is merely not valid.
    [[nodiscard]] virtual Status status() const = 0;
};

class DbReader {
public:
    virtual ~DbReader() = default;
    [[nodiscard]] virtual Result<std::optional<Bytes>> get(ByteView key) const = 0;
    [[nodiscard]] virtual std::unique_ptr<DbIterator> iterate() const = 0;
};

// kSynced: on disk when write returns, with every batch written before it. kBuffered: may be lost with the power, last
// first.
enum class Sync { kBuffered, kSynced };

class Db : public DbReader {
public:
    [[nodiscard]] virtual Status write(const Batch& batch, Sync sync) = 0;
    // The state now, unmoved by later writes. It must not outlive the Db.
    [[nodiscard]] virtual std::unique_ptr<DbReader> snapshot() const = 0;
    // Roughly what the keys that begin with `prefix` take on disk, in bytes.
    [[nodiscard]] virtual uint64_t disk_size(ByteView prefix) const = 0;
};

inline bool has_prefix(ByteView key, ByteView prefix) {
    return key.size() >= prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix);
}

// Calls visit(key, value) for each key that begins with `prefix`, in order, until it returns false.
template <class F>
Status for_each_prefix(const DbReader& reader, ByteView prefix, F visit) {
    const std::unique_ptr<DbIterator> it = reader.iterate();
    for (it->seek(prefix); it->valid() && has_prefix(it->key(), prefix); it->next()) {
        if (!visit(it->key(), it->value())) break;
    }
    return it->status();
}

}  // namespace sluice::storage
