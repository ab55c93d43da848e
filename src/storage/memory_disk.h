// MemoryDisk: a Disk in memory whose power can be cut, for crash tests (and for nodes in tests that need no directory).
//
// Every append, sync, truncate, removal and database write counts as one write. After fail_after(n) the n-th write from
// then is lost half way and everything after it errors, as on a machine that is going down. restart() is the power
// coming back: per file and per database it keeps a prefix of what was not synced. The seed chooses that prefix; seed 0
// keeps none of it. Handles from before are dead: they answer with errors.
//
// One thread, except that reads may come from others while nothing is written.
#pragma once

#include <cstdint>

#include "storage/disk.h"

namespace sluice::storage {

class MemoryDisk final : public Disk {
public:
    MemoryDisk();
    ~MemoryDisk() override;
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;

    [[nodiscard]] Result<std::unique_ptr<Db>> open_db(const std::string& name, const DbOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<File>> open_file(const std::string& name) override;
    [[nodiscard]] bool exists(const std::string& name) const override;
    [[nodiscard]] Status remove_file(const std::string& name) override;
    [[nodiscard]] Result<std::vector<std::string>> list_files(const std::string& folder) const override;

    [[nodiscard]] uint64_t writes() const;
    void fail_after(uint64_t writes);  // precondition: writes > 0
    [[nodiscard]] bool failed() const;
    void restart(uint64_t seed);

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace sluice::storage
