#include "peg/chain/header_index.h"

namespace sluice::parent_chain {

const HeaderEntry* ancestor(const HeaderEntry* entry, uint32_t height) {
    if (entry == nullptr || entry->height < height) return nullptr;
    while (entry->height > height) {
        entry = entry->skip != nullptr && entry->skip->height >= height ? entry->skip : entry->previous;
    }
    return entry;
}

const HeaderEntry* fork_point(const HeaderEntry* a, const HeaderEntry* b) {
    const uint32_t height = std::min(a->height, b->height);
    a = ancestor(a, height);
    b = ancestor(b, height);
    while (a != b) {
        // Both skips of one height lead to one height: skip together as long as the chains still differ there.
        const bool far = a->skip != nullptr && a->skip != b->skip;
        a = far ? a->skip : a->previous;
        b = far ? b->skip : b->previous;
    }
    return a;
}

const HeaderEntry* HeaderIndex::find(const ParentBlockHash& hash) const {
    const MutexLock lock(mutex_);
    const auto at = by_hash_.find(hash);
    return at == by_hash_.end() ? nullptr : at->second;
}

const HeaderEntry* HeaderIndex::add(const ParentHeader& header, const HeaderEntry* previous) {
    const ParentBlockHash hash = compute_hash(header);
    const MutexLock lock(mutex_);
    if (const auto at = by_hash_.find(hash); at != by_hash_.end()) return at->second;
    HeaderEntry& entry = entries_.emplace_back();
    entry.hash = hash;
    entry.previous = previous;
    entry.work = parent::work_of(header.bits);
    entry.time = header.time;
    entry.bits = header.bits;
    if (previous != nullptr) {
        entry.height = previous->height + 1;
        entry.work = entry.work + previous->work;
        entry.skip = ancestor(previous, entry.height & (entry.height - 1));  // the lowest bit of the height cleared
    }
    by_hash_[hash] = &entry;
    return &entry;
}

}  // namespace sluice::parent_chain
