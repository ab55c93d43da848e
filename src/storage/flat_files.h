// FlatFiles: an append-only log of records in numbered files (blocks/blk00000.dat, ...), in the framing of Bitcoin
// Core's block files: 4 magic bytes, u32 little-endian size, payload; then, where the owner wants one, a trailer that
// the size does not count (Core's undo files end each record with a checksum). A file never grows past max_file_bytes
// unless one record alone does.
//
// The owner records end() in its database after sync(), and calls truncate_to() with the recorded value when it starts:
// what was appended after the record is cut off. Thread: append, sync and truncate_to on the owner's; read from any
// (files open lazily under a leaf lock). Errors are faults.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "storage/disk.h"
#include "util/mutex.h"

namespace sluice::storage {

struct FlatPosition {
    uint32_t file = 0;
    uint32_t offset = 0;  // of the payload, as Core counts it; in end(): of the next record's first byte
    auto operator<=>(const FlatPosition&) const = default;
};

struct FlatFileOptions {
    std::string folder;  // "blocks"
    std::string prefix;  // "blk"
    std::array<uint8_t, 4> magic{};
    uint32_t trailer_bytes = 0;  // fixed size of every record's trailer
    uint32_t max_file_bytes = 128u << 20;
};

class FlatFiles {
public:
    FlatFiles(Disk& disk, FlatFileOptions options) : disk_(disk), options_(std::move(options)) {}

    // Cuts the log to `end` and continues there. The log must reach that far: if it does not, data are lost and this is
    // an error.
    [[nodiscard]] Status truncate_to(FlatPosition end);
    // Where the payload went. `trailer` has exactly trailer_bytes.
    [[nodiscard]] Result<FlatPosition> append(ByteView payload, ByteView trailer = {});
    // All that was appended is on disk.
    [[nodiscard]] Status sync();
    [[nodiscard]] FlatPosition end() const { return end_; }

    struct Record {
        Bytes payload;
        Bytes trailer;
    };
    // Checks the frame; the owner checks the payload.
    [[nodiscard]] Result<Record> read(FlatPosition at) const;
    // Bytes of all files; any thread.
    [[nodiscard]] uint64_t disk_size() const { return bytes_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::string file_name(uint32_t number) const;

private:
    [[nodiscard]] Result<File*> file(uint32_t number) const;

    Disk& disk_;
    FlatFileOptions options_;
    FlatPosition end_;
    std::atomic<uint64_t> bytes_{0};
    mutable Mutex mutex_;
    mutable std::map<uint32_t, std::unique_ptr<File>> files_ GUARDED_BY(mutex_);
};

}  // namespace sluice::storage
