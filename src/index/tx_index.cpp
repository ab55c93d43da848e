// Keys: 't' + txid -> block hash, u32 position (little-endian).
#include "index/tx_index.h"

namespace sluice::index {
namespace {

Bytes tx_key(const Txid& txid) {
    Bytes key{'t'};
    append(key, txid.view());
    return key;
}

Status add(const chain::ChainReader& reader, const chain::BlockInfo& info, storage::Batch& batch) {
    const std::shared_ptr<const Block> block = TRY(reader.block(info.hash));
    for (uint32_t i = 0; i < block->transactions.size(); ++i) {
        ByteWriter value;
        value.raw(info.hash.view());
        value.u32(i);
        batch.put(tx_key(block->transactions[i]->txid), value.bytes());
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<TxIndex>> TxIndex::open(storage::Disk& disk, const chain::ChainReader& reader) {
    auto follower =
        TRY(Follower::open(disk, reader, "txindex", [&reader](const chain::BlockInfo& info, storage::Batch& batch) {
            return add(reader, info, batch);
        }));
    return std::unique_ptr<TxIndex>(new TxIndex(std::move(follower)));
}

Result<std::optional<TxPlace>> TxIndex::find(const Txid& txid) const {
    const std::optional<Bytes> value = TRY(follower_->db().get(tx_key(txid)));
    if (!value) return std::nullopt;
    Reader reader(*value);
    TxPlace out;
    out.block = BlockHash::from_view(reader.take(BlockHash::kSize));
    out.position = reader.u32();
    if (!reader.finish()) return fail("The transaction index is damaged: remove the folder indexes/txindex");
    return out;
}

}  // namespace sluice::index
