// ChainData: what ChainState changes and ChainReader reads. The state thread is the only writer: it takes `mutex` to
// change what is named under it and reads without; other threads take it to read. Nothing is called while it is held.
#pragma once

#include <atomic>
#include <vector>

#include "chain/block_store.h"
#include "chain/block_tree.h"
#include "chain/chain_types.h"
#include "runtime/published.h"

namespace sluice::chain {

struct ChainData {
    ChainData(storage::Disk& disk, std::unique_ptr<storage::Db> database, const std::array<uint8_t, 4>& magic,
              uint32_t max_file_bytes)
        : db(std::move(database)), store(disk, magic, max_file_bytes), headers(*db) {}

    std::unique_ptr<storage::Db> db;
    BlockStore store;
    HeaderStore headers;
    runtime::Published<ChainTip> tip;
    runtime::Published<std::string> waiting;  // what the last block that could not be judged waits for; null: none does

    mutable Mutex mutex;
    // Under the mutex:
    BlockTree tree;
    std::vector<BlockNode*> active;  // by height
    BlockNode* best_header = nullptr;

    [[nodiscard]] bool is_active(const BlockNode& node) const {
        return node.height < active.size() && active[node.height] == &node;
    }
    [[nodiscard]] BlockInfo info_of(const BlockNode& node) const;
};

}  // namespace sluice::chain
