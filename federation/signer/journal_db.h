// JournalDb: the signer's journal in a LevelDB of its own. append() returns only after the records are on disk. One
// process, one thread. Reading back checks every record: a journal that does not decode stops the signer, it is never
// repaired silently.
#pragma once

#include <memory>

#include "federation/agreement/journal.h"
#include "storage/db.h"
#include "util/result.h"

namespace sluice::signer {

class JournalDb final : public agreement::JournalStore {
public:
    explicit JournalDb(std::unique_ptr<storage::Db> db) : db_(std::move(db)) {}
    // `path` is the journal's folder, made if absent.
    static Result<std::unique_ptr<JournalDb>> open(const std::string& path);

    [[nodiscard]] Result<agreement::JournalState> load();
    bool append(std::span<const agreement::Record> records) override;
    // A followed header of any height, also those that the state no longer holds in memory.
    [[nodiscard]] Result<std::optional<BlockHash>> final_hash(agreement::Height height) const;

private:
    std::unique_ptr<storage::Db> db_;
    agreement::Height pruned_below_ = 0;
    agreement::Height newest_final_ = 0;
};

}  // namespace sluice::signer
