// Keys: 't' + txid -> block hash, u32 position; 'c' -> hash of the last block that is in the index. Little-endian.
#include "index/tx_index.h"

#include <thread>

#include "util/log.h"

namespace sluice::index {
namespace {

constexpr size_t kBlocksAtOnce = 100;
constexpr size_t kBatchBytes = 4u << 20;

Bytes cursor_key() { return {'c'}; }
Bytes tx_key(const Txid& txid) {
    Bytes key{'t'};
    append(key, txid.view());
    return key;
}

}  // namespace

Result<std::unique_ptr<TxIndex>> TxIndex::open(storage::Disk& disk, const chain::ChainReader& reader) {
    std::unique_ptr<TxIndex> index(new TxIndex(TRY(disk.open_db("indexes/txindex", {})), reader));
    const std::optional<Bytes> cursor = TRY(index->db_->get(cursor_key()));
    if (!cursor) return index;
    if (cursor->size() != BlockHash::kSize)
        return fail("The transaction index is damaged: remove the folder indexes/txindex");
    index->cursor_ = BlockHash::from_view(*cursor);
    if (const auto info = reader.find(*index->cursor_)) index->note(*info);
    return index;
}

TxIndex::~TxIndex() { stop(); }

void TxIndex::start() {
    loop_.start();
    wake();
}

void TxIndex::stop() {
    stopping_ = true;
    loop_.stop();
}

void TxIndex::wake() {
    if (posted_.exchange(true)) return;
    loop_.post([this] { follow(); });
}

void TxIndex::follow() {
    posted_ = false;
    while (!stopping_) {
        const Result<bool> more = advance();
        if (!more) {
            log_error("index", "The transaction index stops: {}", more.error().message);
            const MutexLock lock(mutex_);
            problem_ = more.error().message;
            stopping_ = true;
            return;
        }
        if (!*more) return;
    }
}

Result<bool> TxIndex::advance() {
    std::optional<chain::BlockInfo> at = cursor_ ? reader_.active_fork(*cursor_) : std::nullopt;
    // The genesis block's transactions are looked up as any other's.
    uint32_t next = at ? at->height + 1 : 0;
    storage::Batch batch;
    size_t done = 0;
    for (; done < kBlocksAtOnce && batch.bytes() < kBatchBytes && !stopping_; ++done, ++next) {
        const auto info = reader_.at_height(next);
        // Another branch became active meanwhile: the next round finds where they part.
        if (!info || (at && info->prev != at->hash)) break;
        TRY_VOID(add(*info, batch));
        at = info;
    }
    if (done == 0) return false;
    batch.put(cursor_key(), at->hash.view());
    TRY_VOID(db_->write(batch, storage::Sync::kBuffered));
    cursor_ = at->hash;
    note(*at);
    return true;
}

Status TxIndex::add(const chain::BlockInfo& info, storage::Batch& batch) const {
    const std::shared_ptr<const Block> block = TRY(reader_.block(info.hash));
    for (uint32_t i = 0; i < block->transactions.size(); ++i) {
        ByteWriter value;
        value.raw(info.hash.view());
        value.u32(i);
        batch.put(tx_key(block->transactions[i]->txid), value.bytes());
    }
    return {};
}

void TxIndex::note(const chain::BlockInfo& at) {
    const MutexLock lock(mutex_);
    best_ = at.hash;
    height_ = at.height;
}

Result<std::optional<TxPlace>> TxIndex::find(const Txid& txid) const {
    const std::optional<Bytes> value = TRY(db_->get(tx_key(txid)));
    if (!value) return std::nullopt;
    Reader reader(*value);
    TxPlace out;
    out.block = BlockHash::from_view(reader.take(BlockHash::kSize));
    out.position = reader.u32();
    if (!reader.finish()) return fail("The transaction index is damaged: remove the folder indexes/txindex");
    return out;
}

IndexState TxIndex::state() const {
    const BlockHash tip = reader_.tip().hash;
    const MutexLock lock(mutex_);
    return {best_ == tip, height_, problem_};
}

bool TxIndex::wait_synced(std::chrono::milliseconds at_most) const {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        const IndexState now = state();
        if (now.synced) return true;
        if (!now.problem.empty() || std::chrono::steady_clock::now() - start >= at_most) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace sluice::index
