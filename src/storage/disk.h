// Disk: where a module keeps its databases and files. A port: DirectoryDisk is a real directory, MemoryDisk a simulated
// one whose power a test can cut at any write. Names are relative paths ("chainstate", "blocks/blk00000.dat").
//
// Threads: a File's read_at from any thread, everything else from the owner's thread. Errors are faults.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/db.h"

namespace sluice::storage {

struct DbOptions {
    size_t cache_bytes = 8 << 20;         // blocks kept in memory
    size_t write_buffer_bytes = 4 << 20;  // log kept in memory before it becomes a table
    bool create_if_missing = true;
};

class File {
public:
    virtual ~File() = default;
    [[nodiscard]] virtual Status append(ByteView bytes) = 0;
    [[nodiscard]] virtual Status sync() = 0;
    // Exactly `size` bytes from `offset`; fewer there is an error.
    [[nodiscard]] virtual Result<Bytes> read_at(uint64_t offset, size_t size) const = 0;
    [[nodiscard]] virtual Status truncate(uint64_t size) = 0;
    [[nodiscard]] virtual uint64_t size() const = 0;
};

class Disk {
public:
    virtual ~Disk() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<Db>> open_db(const std::string& name, const DbOptions& options) = 0;
    // Creates the file and its folders when absent; the name then survives a crash.
    [[nodiscard]] virtual Result<std::unique_ptr<File>> open_file(const std::string& name) = 0;
    [[nodiscard]] virtual bool exists(const std::string& name) const = 0;
    [[nodiscard]] virtual Status remove_file(const std::string& name) = 0;  // absent is success
    // Names (with the folder) of the files in a folder, sorted; an absent folder holds none.
    [[nodiscard]] virtual Result<std::vector<std::string>> list_files(const std::string& folder) const = 0;
};

}  // namespace sluice::storage
