// BodyStore: block bodies that this member has prevoted or may have to serve, durable before any prevote for them. A cache:
// losing it costs time, never safety. Owned by the driver; its thread only.
#pragma once

#include <map>
#include <memory>

#include "federation/member/ports.h"
#include "storage/db.h"

namespace sluice::member {

class BodyStore {
public:
    explicit BodyStore(std::unique_ptr<storage::Db> db) : db_(std::move(db)) {}

    // Reads back what an earlier run kept; forgets what cannot be read.
    Status load();
    // Synced when it returns.
    Status put(const BlockHash& hash, BlockRef block);
    [[nodiscard]] BlockRef find(const BlockHash& hash) const;
    [[nodiscard]] std::vector<std::pair<BlockHash, BlockRef>> at_height(uint32_t height) const;
    void forget_up_to(uint32_t height);

private:
    std::unique_ptr<storage::Db> db_;
    std::map<BlockHash, BlockRef> blocks_;
};

}  // namespace sluice::member
