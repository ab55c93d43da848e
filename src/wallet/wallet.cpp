#include "wallet/wallet.h"

#include <algorithm>

#include "codec/hex.h"
#include "peg/proof/pegin.h"
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
    // The keys are there: nothing may be begun again over them.
    if (!fresh && TRY(wallet->db_->get(restoring_key()))) {
        storage::Batch batch;
        batch.erase(restoring_key());
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
    // What a restoration left that did not come to its end is begun again.
    const bool half = there.empty() && TRY((*db)->get(restoring_key())).has_value();
    const bool taken = !there.empty() || (!half && TRY((*db)->get(progress_key())).has_value());
    wipe(there);
    if (taken) return fail("a wallet is there already");
    storage::Batch batch;
    if (half) {
        TRY_VOID(storage::for_each_prefix(**db, {}, [&](ByteView key, ByteView) {
            batch.erase(key);
            return true;
        }));
    }
    batch.put(restoring_key(), {});
    for (const auto& [key, value] : backup.records) batch.put(key, value);
    // The records first: keys without them would find their coins only after a rescan.
    TRY_VOID((*db)->write(batch, storage::Sync::kSynced));
    Status done = write_key_file(key_file, backup.keys);
    wipe(backup.keys);
    if (!done) return done;
    storage::Batch whole;
    whole.erase(restoring_key());
    return (*db)->write(whole, storage::Sync::kSynced);
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

bool Wallet::is_trusted(const Txid& txid, std::map<Txid, bool>& known) const {
    const WalletTx* entry = ledger_->find(txid);
    if (entry == nullptr || entry->dead()) return false;
    if (entry->block) return true;
    const auto [at, fresh] = known.try_emplace(txid, false);
    if (!fresh) return at->second;
    // Who pays only a part of the inputs, or is only watched, may spend them twice.
    const auto ours = [&](const TxIn& in) {
        if (in.is_pegin) {
            const auto claim = peg::parse_claim(in.witness.pegin_witness);
            return claim && is_mine(claim->claim_script) && !is_watch_only(claim->claim_script);
        }
        const auto spent = ledger_->spent_output(in);
        return spent && !is_watch_only(spent->script) && is_trusted(in.prevout.txid, known);
    };
    const bool trusted = chain_.in_mempool(txid).value_or(false) && std::ranges::all_of(entry->tx->tx.inputs, ours);
    known[txid] = trusted;
    return trusted;
}

std::vector<WalletCoin> Wallet::unspent() const {
    std::map<Txid, bool> pool;
    const auto waits = [&](const Txid& txid) {
        const auto [at, fresh] = pool.try_emplace(txid, false);
        if (fresh) at->second = chain_.in_mempool(txid).value_or(false);
        return at->second;
    };
    std::vector<WalletCoin> out = ledger_->coins(tip_height(), ledger_->losing(waits));
    // What left the mempool may never confirm: nothing is built on it.
    std::erase_if(out, [&](const WalletCoin& coin) { return coin.depth == 0 && !waits(coin.outpoint.txid); });
    std::map<Txid, bool> trusted;
    for (WalletCoin& coin : out) {
        if (coin.depth == 0) coin.from_me = is_trusted(coin.outpoint.txid, trusted);
    }
    return out;
}

Status Wallet::lock_coin(const OutPoint& coin, bool locked, bool kept) {
    storage::Batch batch;
    if (!locked) batch.erase(locked_coin_key(coin));
    if (locked && kept) batch.put(locked_coin_key(coin), {});
    if (kept || !locked) TRY_VOID(commit(std::move(batch)));
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

Status Wallet::set_avoid_reuse(bool value) {
    WalletFlags flags = flags_;
    flags.avoid_reuse = value;
    storage::Batch batch;
    batch.put(flags_key(), encode_flags(flags));
    TRY_VOID(commit(std::move(batch)));
    flags_ = flags;
    return {};
}

void Wallet::look_ahead(uint32_t count) {
    lookahead_ = std::max(lookahead_, count);
    for (size_t chain = 0; chain < kKeyChains; ++chain)
        keys_->extend(static_cast<KeyChain>(chain), progress_.next[chain] + lookahead_);
}

Status Wallet::import_confirmed(const TxRef& tx, const ports::BlockPoint& at, uint32_t position, int64_t block_time) {
    if (!ledger_->is_relevant(tx->tx)) return fail("No addresses in wallet correspond to included transaction");
    const WalletTx* known = ledger_->find(tx->txid);
    WalletTx entry = known != nullptr ? *known : WalletTx{};
    entry.tx = tx;
    entry.block = at;
    entry.position = position;
    entry.block_time = block_time;
    if (entry.time_received == 0) entry.time_received = clock_.unix_time();
    entry.conflicted = false;
    entry.abandoned = false;
    storage::Batch batch;
    batch.put(tx_key(tx->txid), encode_wallet_tx(entry));
    for (const TxOut& out : tx->tx.outputs) use_up(out.script, batch);
    ledger_->put(std::move(entry));
    open_amounts(tx, batch);
    batch.put(progress_key(), encode_progress(progress_));
    return commit(std::move(batch));
}

Status Wallet::forget(const Txid& txid) {
    const WalletTx* entry = ledger_->find(txid);
    if (entry == nullptr) return fail("Transaction " + to_display(txid) + " does not belong to this wallet");
    storage::Batch batch;
    batch.erase(tx_key(txid));
    TRY_VOID(commit(std::move(batch)));
    ledger_->erase(txid);
    return {};
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
