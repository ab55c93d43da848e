// Keys: 'f' + block hash -> filter header (32 bytes), encoded filter.
#include "index/filter_index.h"

namespace sluice::index {
namespace {

constexpr const char* kDamaged = "The block filter index is damaged: remove the folder indexes/blockfilter";

Bytes filter_key(const BlockHash& block) {
    Bytes key{'f'};
    append(key, block.view());
    return key;
}

}  // namespace

Result<std::unique_ptr<FilterIndex>> FilterIndex::open(storage::Disk& disk, const chain::ChainReader& reader) {
    std::unique_ptr<FilterIndex> out(new FilterIndex);
    out->follower_ = TRY(Follower::open(
        disk, reader, "blockfilter", [index = out.get(), &reader](const chain::BlockInfo& info, storage::Batch& batch) {
            return index->add(reader, info, batch);
        }));
    return out;
}

Status FilterIndex::add(const chain::ChainReader& reader, const chain::BlockInfo& info, storage::Batch& batch) {
    const std::shared_ptr<const Block> block = TRY(reader.block(info.hash));
    std::vector<Script> spent;
    Hash256 previous;
    if (info.height > 0) {
        const rules::BlockDelta delta = TRY(reader.delta(info.hash));
        for (const rules::CoinChange& change : delta.spent) spent.push_back(change.coin.out.script);
        if (last_block_ == info.prev) {
            previous = last_header_;
        } else {
            const auto before = TRY(find(info.prev));
            if (!before) return fail(kDamaged);
            previous = before->header;
        }
    }
    const Bytes filter = encode_filter(info.hash, basic_filter_elements(*block, spent));
    last_header_ = filter_header(filter, previous);
    last_block_ = info.hash;
    Bytes value = to_bytes(last_header_.view());
    append(value, filter);
    batch.put(filter_key(info.hash), value);
    return {};
}

Result<std::optional<StoredFilter>> FilterIndex::find(const BlockHash& block) const {
    const std::optional<Bytes> value = TRY(follower_->db().get(filter_key(block)));
    if (!value) return std::nullopt;
    if (value->size() <= Hash256::kSize) return fail(kDamaged);
    const ByteView view = *value;
    return StoredFilter{Hash256::from_view(view.first(Hash256::kSize)), to_bytes(view.subspan(Hash256::kSize))};
}

}  // namespace sluice::index
