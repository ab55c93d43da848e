// HeaderIndex: every Bitcoin header that was ever accepted, as a tree. It only grows and its entries never move or
// change (but for the transaction count, learned later), so a pointer to an entry names one whole chain, for ever, on
// any thread. One thread adds.
#pragma once

#include <atomic>
#include <deque>
#include <optional>
#include <unordered_map>

#include "peg/parent/header_rules.h"
#include "util/mutex.h"

namespace sluice::parent_chain {

using parent::ParentBlockHash;
using parent::ParentHeader;

struct HeaderEntry {
    ParentBlockHash hash;
    const HeaderEntry* previous = nullptr;  // null: the genesis
    const HeaderEntry* skip = nullptr;      // an earlier block, for fast walks
    parent::U256 work;                      // of the chain up to here
    uint32_t height = 0;
    uint32_t time = 0;
    uint32_t bits = 0;
    mutable std::atomic<uint32_t> tx_count{0};  // 0: the block was not seen yet
};

// The block at `height` of the chain that ends at `entry`; null if it is shorter.
const HeaderEntry* ancestor(const HeaderEntry* entry, uint32_t height);
inline bool is_in_chain(const HeaderEntry* entry, const HeaderEntry* tip) {
    return ancestor(tip, entry->height) == entry;
}
// The last block that both chains share. Preconditions: neither is null.
const HeaderEntry* fork_point(const HeaderEntry* a, const HeaderEntry* b);

// The chain that ends at an entry, as the header rules look at it.
class EntryBranch final : public parent::HeaderBranch {
public:
    explicit EntryBranch(const HeaderEntry* tip) : tip_(tip) {}
    [[nodiscard]] uint32_t tip_height() const override { return tip_->height; }
    [[nodiscard]] Point at(uint32_t height) const override {
        const HeaderEntry* entry = ancestor(tip_, height);
        return {entry->time, entry->bits};
    }

private:
    const HeaderEntry* tip_;
};

class HeaderIndex {
public:
    explicit HeaderIndex(const ParentHeader& genesis) { genesis_ = add(genesis, nullptr); }

    [[nodiscard]] const HeaderEntry* genesis() const { return genesis_; }
    // Null if unknown. Any thread.
    [[nodiscard]] const HeaderEntry* find(const ParentBlockHash& hash) const;
    // Precondition: the header extends `previous` and keeps the rules. Adding twice gives the first entry.
    const HeaderEntry* add(const ParentHeader& header, const HeaderEntry* previous);

private:
    mutable Mutex mutex_;
    std::deque<HeaderEntry> entries_ GUARDED_BY(mutex_);
    std::unordered_map<ParentBlockHash, const HeaderEntry*, FixedBytesHash> by_hash_ GUARDED_BY(mutex_);
    const HeaderEntry* genesis_ = nullptr;
};

}  // namespace sluice::parent_chain
