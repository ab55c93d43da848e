#include "chain/block_store.h"

#include "codec/hex.h"

namespace sluice::chain {

BlockStore::BlockStore(storage::Disk& disk, const std::array<uint8_t, 4>& magic, uint32_t max_file_bytes)
    : blocks_(disk, {"blocks", "blk", magic, 0, max_file_bytes}),
      undo_(disk, {"blocks", "rev", magic, Hash256::kSize, max_file_bytes}) {}

Status BlockStore::cut_to(const FileEnds& ends) {
    TRY_VOID(blocks_.truncate_to(ends.blocks));
    return undo_.truncate_to(ends.undo);
}

Result<storage::FlatPosition> BlockStore::append_block(const Block& block) {
    const storage::FlatPosition at = TRY(blocks_.append(encode_block(block)));
    TRY_VOID(blocks_.sync());
    return at;
}

Result<storage::FlatPosition> BlockStore::append_undo(const BlockHash& prev, ByteView payload) {
    const Hash256 checksum = undo_checksum(prev, payload);
    const storage::FlatPosition at = TRY(undo_.append(payload, checksum.view()));
    TRY_VOID(undo_.sync());
    return at;
}

Result<Bytes> BlockStore::read_block_bytes(storage::FlatPosition at) const { return TRY(blocks_.read(at)).payload; }

Result<std::shared_ptr<const Block>> BlockStore::read_block(storage::FlatPosition at, const BlockHash& hash) const {
    std::optional<Block> block = parse_block(TRY(read_block_bytes(at)));
    if (!block || compute_hash(block->header) != hash) {
        return fail(blocks_.file_name(at.file) + " is damaged: block " + to_display(hash) + " is not at " +
                    std::to_string(at.offset));
    }
    return std::make_shared<const Block>(std::move(*block));
}

Result<Bytes> BlockStore::read_undo(storage::FlatPosition at, const BlockHash& prev) const {
    storage::FlatFiles::Record record = TRY(undo_.read(at));
    if (!equal(undo_checksum(prev, record.payload).view(), record.trailer)) {
        return fail(undo_.file_name(at.file) + " is damaged: wrong checksum at " + std::to_string(at.offset));
    }
    return std::move(record.payload);
}

Result<std::shared_ptr<const BlockHeader>> HeaderStore::get(const BlockHash& hash) const {
    {
        const MutexLock lock(mutex_);
        if (const auto found = cache_.find(hash); found != cache_.end()) return found->second;
    }
    const std::optional<Bytes> bytes = TRY(db_.get(block_key(kHeaderPrefix, hash)));
    if (!bytes) return fail("The chainstate database has no header " + to_display(hash));
    std::optional<BlockHeader> header = parse_header(*bytes);
    if (!header || compute_hash(*header) != hash)
        return fail("The chainstate database holds a damaged header " + to_display(hash));
    auto shared = std::make_shared<const BlockHeader>(std::move(*header));
    remember(hash, shared);
    return shared;
}

void HeaderStore::remember(const BlockHash& hash, std::shared_ptr<const BlockHeader> header) const {
    const MutexLock lock(mutex_);
    if (!cache_.emplace(hash, std::move(header)).second) return;
    order_.push_back(hash);
    if (order_.size() <= kKept) return;
    cache_.erase(order_.front());
    order_.pop_front();
}

}  // namespace sluice::chain
