#include "wallet/wallet.h"

#include <algorithm>

#include "util/check.h"
#include "wallet/backup.h"
#include "wallet/key_file.h"

namespace sluice::wallet {
namespace {

Result<WalletKeys> new_keys(const std::string& passphrase) {
    Keychain keys = Keychain::generate();
    ViewKeys view = ViewKeys::make(keys.master_blinding_key());
    if (!passphrase.empty()) TRY_VOID(keys.encrypt(passphrase));
    return WalletKeys{std::move(keys), std::move(view)};
}

void credit(std::map<AssetId, Amount>& to, const Opened& opened) {
    Amount& sum = to[opened.asset];
    sum = add(sum, opened.value).value_or(kMaxMoney);
}

}  // namespace

Wallet::Wallet(const WalletOptions& options, std::unique_ptr<storage::Db> db, ports::ChainClient& chain,
               ports::ParentClient* parent, const Clock& clock, WalletKeys keys)
    : options_(options),
      db_(std::move(db)),
      chain_(chain),
      parent_(parent),
      clock_(clock),
      keys_(std::make_unique<Keychain>(std::move(keys.keys))),
      view_(std::make_unique<ViewKeys>(std::move(keys.view))),
      ledger_(std::make_unique<TxLedger>([this](const Script& script) { return is_mine(script); })) {}

Wallet::~Wallet() = default;

Result<std::unique_ptr<Wallet>> Wallet::open(const WalletOptions& options, storage::Disk& disk,
                                             ports::ChainClient& chain, ports::ParentClient* parent, const Clock& clock,
                                             const Opening& how) {
    CHECK(options.params != nullptr);
    // The database's own lock keeps a second user of the folder out, before the keys are touched.
    auto db = disk.open_db("wallet", {});
    if (!db) return fail("Wallet file verification failed. " + db.error().message);
    const std::string key_file = key_file_path(options.folder);
    Bytes stored = TRY(read_key_file(key_file));
    const bool fresh = stored.empty();
    if (fresh && how.expect == Opening::Expect::kExisting)
        return fail("Wallet file verification failed. " + key_file + " is missing");
    if (!fresh && how.expect == Opening::Expect::kNew) {
        wipe(stored);
        return fail("Wallet file verification failed. Failed to create database path '" + options.folder +
                    "'. Database already exists.");
    }
    if (fresh) {
        // A database without its keys is not started over: the keys may be on another disk.
        const std::optional<Bytes> progress = TRY((*db)->get(progress_key()));
        if (progress) return fail("Wallet file verification failed. " + key_file + " is missing");
    }
    WalletKeys keys = fresh ? TRY(new_keys(how.passphrase)) : TRY(decode_wallet_keys(stored));
    const bool to_write = fresh || keys.upgraded;
    wipe(stored);
    std::unique_ptr<Wallet> wallet(new Wallet(options, std::move(*db), chain, parent, clock, std::move(keys)));
    // Before the keys: a crash between the two leaves flags that the next attempt replaces, and no keys.
    if (fresh) TRY_VOID(wallet->start_new(how));
    if (to_write) TRY_VOID(wallet->persist_keys());
    if (fresh) {
        // Nothing in earlier blocks can be ours, unless anyone may spend it.
        if (!options.params->anyone_can_spend_are_mine) wallet->progress_.best = TRY(chain.tip());
        storage::Batch batch;
        batch.put(progress_key(), encode_progress(wallet->progress_));
        TRY_VOID(wallet->commit(std::move(batch)));
    }
    TRY_VOID(wallet->load());
    return wallet;
}

Status Wallet::start_new(const Opening& how) {
    storage::Batch batch;
    batch.put(flags_key(), encode_flags(how.flags));
    return commit(std::move(batch));
}

Status Wallet::persist_keys() const {
    Bytes record = encode_wallet_keys(*keys_, *view_);
    Status done = write_key_file(key_file_path(options_.folder), record);
    wipe(record);
    return done;
}

Status Wallet::backup(const std::string& path) const {
    Bytes record = encode_wallet_keys(*keys_, *view_);
    Result<Bytes> file = encode_backup(record, *db_);
    wipe(record);
    if (!file) return unexpected(file.error());
    Status done = write_backup(path, *file);
    wipe(*file);
    return done;
}

Status Wallet::restore_backup(const WalletOptions& options, storage::Disk& disk, const std::string& path) {
    Backup backup = TRY(read_backup(path));
    const auto usable = decode_wallet_keys(backup.keys);
    if (!usable) {
        wipe(backup.keys);
        return fail(path + ": " + usable.error().message);
    }
    const std::string key_file = key_file_path(options.folder);
    auto db = disk.open_db("wallet", {});
    if (!db) return unexpected(db.error());
    Bytes there = TRY(read_key_file(key_file));
    const bool taken = !there.empty() || TRY((*db)->get(progress_key()));
    wipe(there);
    if (taken) return fail("a wallet is there already");
    storage::Batch batch;
    for (const auto& [key, value] : backup.records) batch.put(key, value);
    // The records first: keys without them would find their coins only after a rescan.
    TRY_VOID((*db)->write(batch, storage::Sync::kSynced));
    Status done = write_key_file(key_file, backup.keys);
    wipe(backup.keys);
    return done;
}

Status Wallet::commit(storage::Batch batch) { return db_->write(batch, storage::Sync::kSynced); }

Status Wallet::load() {
    const std::optional<Bytes> progress = TRY(db_->get(progress_key()));
    if (progress) {
        const auto decoded = decode_progress(*progress);
        if (!decoded) return fail("Wallet file verification failed. The progress record is damaged");
        progress_ = *decoded;
    }
    for (size_t chain = 0; chain < kKeyChains; ++chain)
        keys_->extend(static_cast<KeyChain>(chain), progress_.next[chain] + kLookahead);
    TRY_VOID(load_imported());

    if (const std::optional<Bytes> flags = TRY(db_->get(flags_key()))) {
        const auto decoded = decode_flags(*flags);
        if (!decoded) return fail("Wallet file verification failed. The flags are damaged");
        flags_ = *decoded;
    }
    TRY_VOID(load_pak());
    TRY_VOID(load_confidential());
    bool damaged = false;
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("a"), [&](ByteView key, ByteView value) {
        const auto record = decode_address_record(value);
        if (record) addresses_.emplace(Script{to_bytes(key.subspan(1))}, *record);
        damaged = damaged || !record;
        return !damaged;
    }));
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("d"), [&](ByteView, ByteView value) {
        const auto record = decode_pegin_record(value);
        if (record) pegins_.emplace(record->parent_script, *record);
        damaged = damaged || !record;
        return !damaged;
    }));
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("t"), [&](ByteView, ByteView value) {
        auto tx = decode_wallet_tx(value);
        damaged = damaged || !tx;
        if (tx) ledger_->put(std::move(*tx));
        return !damaged;
    }));
    if (damaged) return fail("Wallet file verification failed. A record is damaged");
    if (parent_ != nullptr) {
        for (const auto& [script, record] : pegins_) TRY_VOID(parent_->watch(script));
    }
    return {};
}

Status Wallet::block_connected(const Block& block, const ports::BlockPoint& at) {
    storage::Batch batch;
    std::vector<WalletTx> changed;
    for (uint32_t position = 0; position < block.transactions.size(); ++position) {
        const TxRef& tx = block.transactions[position];
        for (const Txid& loser : ledger_->conflicts_of(tx->tx)) {
            WalletTx entry = *ledger_->find(loser);
            entry.conflicted = true;
            batch.put(tx_key(loser), encode_wallet_tx(entry));
            ledger_->put(std::move(entry));
        }
        const WalletTx* known = ledger_->find(tx->txid);
        if (known == nullptr && !ledger_->is_relevant(tx->tx)) continue;
        WalletTx entry = known != nullptr ? *known : WalletTx{};
        entry.tx = tx;
        entry.block = at;
        entry.position = position;
        entry.block_time = block.header.time;
        if (entry.time_received == 0) entry.time_received = clock_.unix_time();
        entry.conflicted = false;
        entry.abandoned = false;
        batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
        for (const TxOut& out : tx->tx.outputs) use_up(out.script, batch);
        ledger_->put(std::move(entry));  // later transactions of the block may spend it
        open_amounts(tx, batch);
    }
    progress_.best = at;
    batch.put(progress_key(), encode_progress(progress_));
    return commit(std::move(batch));
}

Status Wallet::block_disconnected(const Block& block, const ports::BlockPoint& at) {
    storage::Batch batch;
    for (const TxRef& tx : block.transactions) {
        if (const WalletTx* known = ledger_->find(tx->txid); known != nullptr) {
            WalletTx entry = *known;
            entry.block.reset();
            entry.block_time = 0;
            batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
            ledger_->put(std::move(entry));
        }
    }
    // What this block had pushed aside may stand again, unless an earlier block pushes it aside as well; a block that
    // connects next says otherwise if need be. Parents come before what spends them.
    for (const TxRef& tx : block.transactions) {
        for (const Txid& other : ledger_->conflicts_of(tx->tx)) {
            WalletTx entry = *ledger_->find(other);
            if (!entry.conflicted || ledger_->cannot_confirm(entry.tx->tx)) continue;
            entry.conflicted = false;
            batch.put(tx_key(other), encode_wallet_tx(entry));
            ledger_->put(std::move(entry));
        }
    }
    if (at.height == 0) {
        progress_.best.reset();
    } else {
        progress_.best = ports::BlockPoint{block.header.prev, at.height - 1};
    }
    batch.put(progress_key(), encode_progress(progress_));
    return commit(std::move(batch));
}

Status Wallet::transaction_added(const TxRef& tx) {
    if (ledger_->find(tx->txid) != nullptr || !ledger_->is_relevant(tx->tx)) return {};
    WalletTx entry;
    entry.tx = tx;
    entry.time_received = clock_.unix_time();
    storage::Batch batch;
    for (const TxOut& out : tx->tx.outputs) use_up(out.script, batch);
    batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
    batch.put(progress_key(), encode_progress(progress_));
    open_amounts(tx, batch);
    TRY_VOID(commit(std::move(batch)));
    ledger_->put(std::move(entry));
    return {};
}

Status Wallet::catch_up() {
    // Back to the last block that is still in the active chain, then forward.
    while (progress_.best) {
        const std::optional<BlockHash> active = TRY(chain_.active_hash(progress_.best->height));
        if (active == progress_.best->hash) break;
        const std::optional<Block> block = TRY(chain_.block(progress_.best->hash));
        if (!block) return rescan(0);
        TRY_VOID(block_disconnected(*block, *progress_.best));
    }
    for (;;) {
        const uint32_t height = progress_.best ? progress_.best->height + 1 : 0;
        const std::optional<BlockHash> hash = TRY(chain_.active_hash(height));
        if (!hash) return {};
        const std::optional<Block> block = TRY(chain_.block(*hash));
        if (!block) return fail("block " + std::to_string(height) + " is not stored; the wallet cannot follow");
        TRY_VOID(block_connected(*block, {*hash, height}));
    }
}

Status Wallet::rescan(uint32_t height) {
    storage::Batch batch;
    for (const auto& [txid, entry] : std::map(ledger_->all())) {
        if (!entry.block || entry.block->height < height) continue;
        WalletTx again = entry;
        again.block.reset();
        again.block_time = 0;
        batch.put(tx_key(txid), encode_wallet_tx(again));
        ledger_->put(std::move(again));
    }
    progress_.best.reset();
    if (height > 0) {
        const std::optional<BlockHash> before = TRY(chain_.active_hash(height - 1));
        if (before) progress_.best = ports::BlockPoint{*before, height - 1};
    }
    batch.put(progress_key(), encode_progress(progress_));
    TRY_VOID(commit(std::move(batch)));
    return catch_up();
}

Status Wallet::rescan_from_time(int64_t time) {
    constexpr int64_t kWindow = 2 * 60 * 60;
    // The lowest height whose block is not older: times rise but for that window.
    uint32_t low = 0;
    uint32_t high = TRY(chain_.tip()).height + 1;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const std::optional<BlockHash> hash = TRY(chain_.active_hash(middle));
        const std::optional<Block> block = hash ? TRY(chain_.block(*hash)) : std::nullopt;
        if (!block) return fail("block " + std::to_string(middle) + " is not stored; the wallet cannot read it again");
        if (static_cast<int64_t>(block->header.time) < time - kWindow) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    TRY_VOID(rescan(low));
    return read_mempool();
}

Status Wallet::read_mempool() {
    // Parents come first, so that what spends them is known to be ours.
    for (const TxRef& tx : TRY(chain_.mempool())) TRY_VOID(transaction_added(tx));
    return {};
}

void Wallet::rebroadcast() {
    for (const auto& [txid, entry] : ledger_->all()) {
        if (entry.block || entry.dead() || entry.tx->tx.is_coinbase()) continue;
        (void)chain_.broadcast(entry.tx);
    }
}

AllBalances Wallet::all_balances(uint32_t min_depth) const {
    AllBalances all;
    for (const WalletCoin& coin : unspent()) {
        Balances& out = is_watch_only(coin.out.script) ? all.watched : all.mine;
        if (!coin.mature()) {
            credit(out.immature, coin.opened);
        } else if (coin.trusted() && coin.depth >= min_depth) {
            credit(out.trusted, coin.opened);
        } else if (!coin.trusted()) {
            credit(out.pending, coin.opened);
        }
    }
    return all;
}

std::vector<WalletCoin> Wallet::unspent() const {
    std::vector<WalletCoin> out = ledger_->coins(
        tip_height(), ledger_->losing([this](const Txid& txid) { return chain_.in_mempool(txid).value_or(false); }));
    // Who is only watched may spend a coin twice: what he pays us counts once it is confirmed.
    for (WalletCoin& coin : out) {
        if (coin.depth > 0 || !coin.from_me || imported_.entries().empty()) continue;
        coin.from_me = std::ranges::any_of(ledger_->find(coin.outpoint.txid)->tx->tx.inputs, [&](const TxIn& in) {
            const auto spent = ledger_->spent_output(in);
            return spent && !is_watch_only(spent->script);
        });
    }
    return out;
}

Status Wallet::lock_coin(const OutPoint& coin, bool locked) {
    storage::Batch batch;
    if (locked) {
        batch.put(locked_coin_key(coin), {});
    } else {
        batch.erase(locked_coin_key(coin));
    }
    TRY_VOID(commit(std::move(batch)));
    if (locked) {
        locked_coins_.insert(coin);
    } else {
        locked_coins_.erase(coin);
    }
    return {};
}

Status Wallet::abandon(const Txid& txid) {
    const WalletTx* entry = ledger_->find(txid);
    if (entry == nullptr) return fail("Invalid or non-wallet transaction id");
    if (entry->block || entry->dead() || TRY(chain_.in_mempool(txid)))
        return fail("Transaction not eligible for abandonment");
    storage::Batch batch;
    for (const Txid& each : ledger_->with_descendants(txid)) {
        WalletTx given_up = *ledger_->find(each);
        given_up.abandoned = true;
        batch.put(tx_key(each), encode_wallet_tx(given_up));
        ledger_->put(std::move(given_up));
    }
    return commit(std::move(batch));
}

Status Wallet::encrypt(std::string_view passphrase) {
    TRY_VOID(keys_->encrypt(passphrase));
    return persist_keys();
}

Status Wallet::change_passphrase(std::string_view from, std::string_view to) {
    TRY_VOID(keys_->change_passphrase(from, to));
    return persist_keys();
}

}  // namespace sluice::wallet
