#include "federation/member/body_store.h"

namespace sluice::member {
namespace {

Bytes key_of(const BlockHash& hash) {
    Bytes key{'b'};
    append(key, hash.view());
    return key;
}

}  // namespace

Status BodyStore::load() {
    const uint8_t prefix[] = {'b'};
    storage::Batch bad;
    TRY_VOID(storage::for_each_prefix(db_, prefix, [&](ByteView key, ByteView value) {
        auto block = parse_block(value);
        if (block && key.size() == 33) {
            blocks_[BlockHash::from_view(key.subspan(1))] = std::make_shared<const Block>(std::move(*block));
        } else {
            bad.erase(key);
        }
        return true;
    }));
    if (bad.empty()) return {};
    return db_.write(bad, storage::Sync::kBuffered);
}

Status BodyStore::put(const BlockHash& hash, BlockRef block) {
    if (blocks_.contains(hash)) return {};
    storage::Batch batch;
    batch.put(key_of(hash), encode_block(*block));
    TRY_VOID(db_.write(batch, storage::Sync::kSynced));
    blocks_[hash] = std::move(block);
    return {};
}

BlockRef BodyStore::find(const BlockHash& hash) const {
    const auto at = blocks_.find(hash);
    return at == blocks_.end() ? nullptr : at->second;
}

std::vector<std::pair<BlockHash, BlockRef>> BodyStore::at_height(uint32_t height) const {
    std::vector<std::pair<BlockHash, BlockRef>> out;
    for (const auto& entry : blocks_) {
        if (entry.second->header.height == height) out.push_back(entry);
    }
    return out;
}

void BodyStore::forget_up_to(uint32_t height) {
    storage::Batch batch;
    for (auto at = blocks_.begin(); at != blocks_.end();) {
        if (at->second->header.height <= height) {
            batch.erase(key_of(at->first));
            at = blocks_.erase(at);
        } else {
            ++at;
        }
    }
    // Not synced: what comes back after a power cut is forgotten again.
    if (!batch.empty()) (void)db_.write(batch, storage::Sync::kBuffered);
}

}  // namespace sluice::member
