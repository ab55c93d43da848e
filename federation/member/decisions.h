// Decisions: what a member's operator was told or decided, which a restart must not undo: that claims and payouts are
// frozen, and which batches may be cancelled. In a LevelDB of its own; each change is on disk when the call returns.
// Owned by the driver; its thread only. Keys: 'F' -> reason of the freeze, text; 'C' <batch, 32 bytes> -> empty; 'M' is
// manifest_store.h's.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "peg/parent/ids.h"
#include "storage/db.h"

namespace sluice::member {

class Decisions {
public:
    // The database must outlive this.
    explicit Decisions(storage::Db& db) : db_(db) {}

    // Errors: cannot be read, or holds what is none of this.
    Status load();

    // Why claims and payouts are frozen; nullopt if they are not.
    [[nodiscard]] const std::optional<std::string>& frozen() const { return frozen_; }
    [[nodiscard]] const std::set<parent::ParentTxid>& cancels() const { return cancels_; }

    // Frozen at once, even if the error says that it was not written.
    Status freeze(const std::string& why);
    // Changes nothing unless it was written.
    Status clear_freeze();
    Status approve_cancel(const parent::ParentTxid& batch);

private:
    storage::Db& db_;
    std::optional<std::string> frozen_;
    std::set<parent::ParentTxid> cancels_;
};

}  // namespace sluice::member
