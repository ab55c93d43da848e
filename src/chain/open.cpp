// Start-up: a new chain, or the one on disk after a clean stop or a crash.
#include "chain/branch_view.h"
#include "chain/chain_state.h"
#include "chain/detail/chain_data.h"
#include "chain/detail/judge.h"
#include "codec/hex.h"
#include "consensus/primitives/merkle.h"
#include "consensus/rules/connect.h"
#include "util/log.h"

namespace sluice::chain {
namespace {

template <class T>
Result<T> get_record(const storage::Db& db, uint8_t key, const char* what) {
    const std::optional<Bytes> bytes = TRY(db.get(single_key(key)));
    std::optional<T> value = bytes ? decode<T>(*bytes) : std::nullopt;
    if (!value) return fail(std::string("The chainstate database has no ") + what + "; it is damaged");
    return std::move(*value);
}

}  // namespace

ChainState::ChainState(const ChainStateNeeds& needs, const ChainStateOptions& options)
    : needs_(needs),
      options_(options),
      judges_(std::make_unique<judge::Judges>(needs.params)),
      cache_(options.coin_cache_bytes) {}

Result<std::unique_ptr<ChainState>> ChainState::open(const ChainStateNeeds& needs, const ChainStateOptions& options) {
    storage::DbOptions db_options;
    db_options.cache_bytes = options.db_cache_bytes;
    db_options.write_buffer_bytes = std::max<size_t>(options.db_cache_bytes / 8, 1 << 20);
    std::unique_ptr<ChainState> state(new ChainState(needs, options));
    state->data_ = std::make_unique<ChainData>(needs.disk, TRY(needs.disk.open_db("chainstate", db_options)),
                                               needs.params.network.magic, options.max_block_file_bytes);
    state->reader_ = std::make_unique<ChainReader>(*state->data_);
    const std::optional<Bytes> schema = TRY(state->data_->db->get(single_key(kSchemaKey)));
    if (schema) {
        TRY_VOID(state->load());
        TRY_VOID(state->check_recent());
    } else {
        TRY_VOID(state->create());
    }
    state->rebuild_candidates();
    state->rebuild_best_header();
    state->publish();
    return state;
}

// A new chain: the genesis block, whose outputs are coins where the chain says so, and nothing judged.
Status ChainState::create() {
    ChainData& data = *data_;
    const std::unique_ptr<storage::DbIterator> any = data.db->iterate();
    any->seek({});
    TRY_VOID(any->status());
    if (any->valid()) return fail("The chainstate directory holds a database that is not this program's");
    const Block& genesis = needs_.params.genesis;
    // Block files without a database: somebody's blocks, not ours to cut. What a crash at first start leaves is less.
    const size_t own = encode_block(genesis).size() + 8;
    for (const std::string& name : TRY(needs_.disk.list_files("blocks"))) {
        if (TRY(needs_.disk.open_file(name))->size() > own) {
            return fail("There are block files (" + name +
                        ") but no chainstate database. Restore it, or move the blocks away");
        }
    }
    TRY_VOID(data.store.cut_to({}));

    NodeRecord record;
    record.time = genesis.header.time;
    record.version = genesis.header.version;
    record.status = kHasBlock | kChecked | (genesis.header.is_dynafed() ? kDynafed : 0);
    record.tx_count = static_cast<uint32_t>(genesis.transactions.size());
    record.block = TRY(data.store.append_block(genesis));
    if (genesis.header.is_dynafed()) record.proposed_root = judge::proposed_root(genesis.header);
    BlockNode* const node = data.tree.insert(needs_.params.genesis_hash, record);
    mark_complete(*node);
    data.active.push_back(node);
    data.best_header = node;

    put_node(*node);
    pending_.put(block_key(kHeaderPrefix, node->hash), encode_header(genesis.header));
    for (const rules::CoinChange& change : rules::connect_genesis(needs_.params).created) {
        pending_.put(coin_key(change.outpoint), encode_coin(change.coin));
    }
    pending_.put(single_key(kTipKey), node->hash.view());
    pending_.put(single_key(kFileEndsKey), encode(data.store.ends()));
    pending_.put(single_key(kSchemaKey), encode(Schema{kSchemaVersion, node->hash}));
    return flush(storage::Sync::kSynced);
}

Status ChainState::load() {
    ChainData& data = *data_;
    const auto schema = TRY(get_record<Schema>(*data.db, kSchemaKey, "schema"));
    if (schema.version != kSchemaVersion) {
        return fail("The chainstate database has layout " + std::to_string(schema.version) + "; this program knows " +
                    std::to_string(kSchemaVersion));
    }
    if (schema.genesis != needs_.params.genesis_hash) {
        return fail("The data directory belongs to another chain: its genesis block is " + to_display(schema.genesis) +
                    ", that of " + needs_.params.name + " with these options is " +
                    to_display(needs_.params.genesis_hash) +
                    ". Use another -datadir, or the options that it was made with");
    }
    TRY_VOID(data.store.cut_to(TRY(get_record<FileEnds>(*data.db, kFileEndsKey, "file positions"))));

    // Nodes come in the order of hashes; the tree wants ancestors first.
    std::vector<std::pair<BlockHash, NodeRecord>> records;
    bool damaged = false;
    TRY_VOID(storage::for_each_prefix(*data.db, single_key(kNodePrefix), [&](ByteView key, ByteView value) {
        std::optional<NodeRecord> record = decode<NodeRecord>(value);
        damaged = !record || key.size() != 1 + BlockHash::kSize;
        if (damaged) return false;
        records.emplace_back(BlockHash::from_view(key.subspan(1)), std::move(*record));
        return true;
    }));
    std::ranges::stable_sort(records, {}, [](const auto& record) { return record.second.height; });
    for (const auto& [hash, record] : records) {
        const BlockNode* const prev = data.tree.size() == 0 ? nullptr : data.tree.find(record.prev);
        const bool fits =
            prev == nullptr ? data.tree.size() == 0 && hash == schema.genesis : prev->height + 1 == record.height;
        damaged = damaged || !fits;
        if (damaged) break;
        data.tree.insert(hash, record);
    }
    if (damaged || data.tree.size() == 0) return fail("The chainstate database has a damaged block index");

    for (const OutPoint& deposit : TRY(reader_->accepted_pegins())) accepted_pegins_.insert(deposit);

    const std::optional<Bytes> tip = TRY(data.db->get(single_key(kTipKey)));
    BlockNode* const node =
        tip && tip->size() == BlockHash::kSize ? data.tree.find(BlockHash::from_view(*tip)) : nullptr;
    if (node == nullptr) return fail("The chainstate database has no tip; it is damaged");
    data.active.resize(node->height + 1);
    for (BlockNode* at = node; at != nullptr; at = at->prev) data.active[at->height] = at;
    for (BlockNode* const at : data.active) {
        if (!at->has(kHasBlock)) return fail("The chainstate database has a damaged block index");
    }
    data.best_header = node;
    // The active chain was here first; others follow in the order of the index.
    for (BlockNode* const at : data.active) mark_complete(*at);
    for (BlockNode& at : data.tree.nodes()) {
        if (at.has(kHasBlock) && !at.has(kComplete)) mark_complete(at);
    }
    return {};
}

// Reads the last blocks back: a disk that lost or garbled them is found now and not when a reorganisation needs them.
Status ChainState::check_recent() {
    const ChainData& data = *data_;
    const BlockNode* at = &tip_node();
    for (uint32_t i = 0; i < options_.check_blocks && at != nullptr; ++i, at = at->prev) {
        const std::shared_ptr<const Block> block = TRY(data.store.read_block(at->block, at->hash));
        if (tx_merkle_root(block->transactions).root != block->header.merkle_root) {
            return fail("Block " + to_display(at->hash) + " is damaged on disk");
        }
        if (at->prev == nullptr) break;
        if (!rebuild_delta(*block, at->height, TRY(data.store.read_undo(at->undo, at->prev->hash)))) {
            return fail("Undo data of block " + to_display(at->hash) + " is damaged on disk");
        }
    }
    log_info("chain", "Loaded {} headers; tip {} at height {}", data.tree.size(), to_display(tip_node().hash),
             tip_node().height);
    return {};
}

Status ChainState::start() {
    auto moved = activate(nullptr, {});
    if (!moved) return fail(moved.error().reason);
    if (auto written = flush(storage::Sync::kSynced); !written) return fail(stop_with(written.error()).reason);
    publish();
    return {};
}

}  // namespace sluice::chain
