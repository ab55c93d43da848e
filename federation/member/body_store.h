// BodyStore: block bodies that this member has prevoted or may have to serve, durable before any prevote for them. A
// cache: losing it costs time, never safety. Owned by the driver; its thread only.
#pragma once

#include <map>
#include <memory>

#include "federation/member/ports.h"
#include "storage/db.h"

namespace sluice::member {

class BodyStore {
public:
    // The database is shared; keys of this store begin with 'b'. It must outlive the store.
    explicit BodyStore(storage::Db& db) : db_(db) {}

    // Reads back what an earlier run kept; forgets what cannot be read.
    Status load();
    // Synced when it returns.
    Status put(const BlockHash& hash, BlockRef block);
    [[nodiscard]] BlockRef find(const BlockHash& hash) const;
    [[nodiscard]] std::vector<std::pair<BlockHash, BlockRef>> at_height(uint32_t height) const;
    void forget_up_to(uint32_t height);

private:
    storage::Db& db_;
    std::map<BlockHash, BlockRef> blocks_;
};

}  // namespace sluice::member
