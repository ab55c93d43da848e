#include "peg/chain/parent_chain.h"

#include <algorithm>

#include "codec/hex.h"
#include "util/log.h"

namespace sluice::parent_chain {

namespace {

constexpr const char* kLog = "parent";
constexpr uint8_t kHeaderKey = 'H';
constexpr uint8_t kGenesisKey = 'G';
constexpr uint8_t kDepositKey = 'D';
constexpr uint8_t kScanFromKey = 'F';
constexpr uint32_t kHeaderBatch = 500;
constexpr size_t kBlocksAtOnce = 50;   // scanned before other tasks of the loop get their turn
constexpr uint32_t kFeeEvery = 20;     // polls
constexpr uint32_t kReorgMargin = 20;  // blocks below the tip that another branch may replace by one with a deposit

Bytes header_key(const HeaderEntry& entry) {
    Bytes out{kHeaderKey};
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(entry.height >> shift));
    append(out, entry.hash.view());
    return out;
}

Bytes deposit_key(const Script& script) {
    Bytes out{kDepositKey};
    append(out, script.view());
    return out;
}

}  // namespace

ParentChain::ParentChain(ParentChainOptions options, std::unique_ptr<storage::Db> db, std::unique_ptr<BitcoinNode> node,
                         runtime::EventLoop& loop, const Clock& clock)
    : options_(options), db_(std::move(db)), node_(std::move(node)), loop_(loop), clock_(clock) {}

ParentChain::~ParentChain() = default;

Result<std::unique_ptr<ParentChain>> ParentChain::open(ParentChainOptions options, std::unique_ptr<storage::Db> db,
                                                       std::unique_ptr<BitcoinNode> node, runtime::EventLoop& loop,
                                                       const Clock& clock) {
    CHECK(options.rules != nullptr);
    std::unique_ptr<ParentChain> out(new ParentChain(options, std::move(db), std::move(node), loop, clock));
    TRY_VOID(out->load());
    return out;
}

Status ParentChain::load() {
    const ParentBlockHash genesis = compute_hash(options_.rules->genesis);
    const std::optional<Bytes> stored = TRY(db_->get(Bytes{kGenesisKey}));
    if (stored && !equal(*stored, genesis.view()))
        return fail("the database of the parent chain belongs to another parent chain");
    if (!stored) {
        storage::Batch batch;
        batch.put(Bytes{kGenesisKey}, genesis.view());
        TRY_VOID(db_->write(batch, storage::Sync::kSynced));
    }
    index_ = std::make_shared<HeaderIndex>(options_.rules->genesis);
    best_ = index_->genesis();
    bool damaged = false;
    // In order of height: a parent comes before its children. Work and rules were checked before they were written.
    TRY_VOID(for_each_prefix(*db_, Bytes{kHeaderKey}, [&](ByteView, ByteView value) {
        const auto header = decode<ParentHeader>(value);
        const HeaderEntry* previous = header ? index_->find(header->previous) : nullptr;
        damaged = previous == nullptr;
        if (damaged) return false;
        take(index_->add(*header, previous));
        return true;
    }));
    if (damaged) return fail("the database of the parent chain is damaged: remove its folder, it is built again");
    TRY_VOID(for_each_prefix(*db_, Bytes{kDepositKey}, [&](ByteView key, ByteView) {
        deposit_scripts_.push_back(Script{to_bytes(key.subspan(1))});
        return true;
    }));
    uint32_t scan_from = options_.scan_from.value_or(Scanner::kNowhere);
    if (const std::optional<Bytes> first = TRY(db_->get(Bytes{kScanFromKey})); first && !options_.scan_from) {
        scan_from = Reader(*first).u32();
    }
    scanner_ = TRY(Scanner::open(*db_, index_, std::max(scan_from, 1u)));
    publish();
    return {};
}

void ParentChain::take(const HeaderEntry* entry) {
    highest_ = std::max(highest_, entry->height);
    // Of two chains with equal work the first stays.
    if (entry->work > best_->work) best_ = entry;
}

void ParentChain::start() {
    loop_.post([this] {
        timer_ = loop_.every(options_.poll, [this] { poll(); });
        poll();
    });
}

void ParentChain::stop() {
    (void)loop_.call([this] { timer_.reset(); });
}

std::shared_ptr<const ledger::BitcoinView> ParentChain::view_at(const ParentBlockHash& c) const {
    if (watches_pending_.load() != 0) return nullptr;
    return scanner_->view(index_->find(c));
}

void ParentChain::poll_now(std::function<void()> done) {
    loop_.post([this, done = std::move(done)] {
        poll();
        if (done) done();
    });
}

bool ParentChain::is_ready(const HeaderEntry* tip) const {
    if (tip->work < options_.rules->minimum_work) return false;
    return options_.rules->max_tip_age == 0 || tip->time >= clock_.unix_time() - options_.rules->max_tip_age;
}

void ParentChain::publish() {
    const bool ready = is_ready(best_);
    current_.headers = best_->height;
    current_.ready = ready;
    const HeaderEntry* gap = scanner_->has_work() ? scanner_->next(best_) : nullptr;
    const uint32_t scanned = gap == nullptr ? best_->height : gap->height == 0 ? 0 : gap->height - 1;
    changed_ = changed_ || (current_.scanned != scanned && gap == nullptr);
    current_.scanned = scanned;
    status_.store(std::make_shared<const ParentStatus>(current_));
    if (best_ == published_ && ready == published_ready_ && !changed_) return;
    if (published_ != nullptr && best_ != published_) {
        log_debug(kLog, "best Bitcoin block {} at height {}", to_display(best_->hash), best_->height);
    }
    published_ = best_;
    published_ready_ = ready;
    changed_ = false;
    const auto snapshot = std::make_shared<const ParentSnapshot>(index_, best_, ready, ++sequence_, wishes_);
    snapshot_.store(snapshot);
    for (const auto& listener : listeners_) listener(snapshot);
}

void ParentChain::poll() {
    bool again = false;
    const auto step = [&](const Result<bool>& result) {
        if (result) {
            again = again || *result;
            return true;
        }
        if (current_.connected || current_.problem != result.error().message)
            log_warning(kLog, "{}", result.error().message);
        current_.connected = false;
        current_.problem = result.error().message;
        return false;
    };
    if (step(sync_headers()) && step(scan_some())) {
        if (!current_.connected) log_info(kLog, "following the Bitcoin node; {} headers", best_->height);
        current_.connected = true;
        current_.problem.clear();
        if (const Status counted = fetch_counts(); !counted) log_warning(kLog, "{}", counted.error().message);
        if (polls_++ % kFeeEvery == 0) update_fee_rate();
    }
    if (const Status flushed = scanner_->flush(); !flushed) {
        // The records are in memory; what did not reach the disk is scanned again after a restart.
        log_error(kLog, "{}", flushed.error().message);
        current_.problem = flushed.error().message;
    }
    publish();
    if (again)
        loop_.post([this] {
            if (timer_) poll();
        });
}

// The height of the last block of the node's best chain whose header is known here.
Result<uint32_t> ParentChain::find_fork(uint32_t node_height) {
    uint32_t height = std::min(node_height, highest_);
    uint32_t step = 1;
    const auto known = [&](uint32_t at) -> Result<bool> {
        const std::vector<ParentBlockHash> hash = TRY(node_->block_hashes(at, 1));
        return hash.size() == 1 && index_->find(hash[0]) != nullptr;
    };
    while (!TRY(known(height))) {
        if (height == 0) return fail("the Bitcoin node is on another chain: its genesis block is not ours");
        height -= std::min(height, step);
        step *= 2;
    }
    return height;
}

Result<bool> ParentChain::sync_headers() {
    const uint32_t node_height = TRY(node_->block_count());
    const uint32_t fork = TRY(find_fork(node_height));
    const uint32_t count = std::min(kHeaderBatch, node_height - fork);
    if (count == 0) return false;
    const std::vector<ParentBlockHash> hashes = TRY(node_->block_hashes(fork + 1, count));
    const std::vector<Bytes> raw = TRY(node_->headers(hashes));
    const bool all = TRY(accept_headers(raw));
    return all && fork + count < node_height;
}

Result<bool> ParentChain::accept_headers(const std::vector<Bytes>& raw) {
    storage::Batch batch;
    bool all = true;
    Status fault;
    for (const Bytes& bytes : raw) {
        const auto header = decode<ParentHeader>(bytes);
        if (!header) {
            fault = fail("the Bitcoin node sent a header that is none");
            break;
        }
        if (index_->find(compute_hash(*header)) != nullptr) continue;
        const HeaderEntry* previous = index_->find(header->previous);
        if (previous == nullptr) {
            // It reorganised between two questions; the next poll sees one chain.
            all = false;
            break;
        }
        if (is_from_future(*header, clock_.unix_time())) {
            all = false;
            break;
        }
        if (const auto checked = check_header(*options_.rules, *header, EntryBranch(previous)); !checked) {
            fault = fail("the Bitcoin node's header " + to_display(compute_hash(*header)) +
                         " is invalid: " + to_string(checked.error()));
            break;
        }
        const HeaderEntry* entry = index_->add(*header, previous);
        batch.put(header_key(*entry), bytes);
        take(entry);
    }
    if (!batch.empty()) TRY_VOID(db_->write(batch, storage::Sync::kBuffered));
    if (!fault) return tl::make_unexpected(fault.error());
    return all;
}

Result<parent::ParentBlock> ParentChain::fetch_block(const HeaderEntry* entry) {
    const Bytes raw = TRY(node_->block(entry->hash));
    std::optional<parent::ParentBlock> block = parent::decode_parent_block(raw);
    if (!block || compute_hash(block->header) != entry->hash) {
        return fail("the Bitcoin node sent a block that is not " + to_display(entry->hash));
    }
    entry->tx_count.store(static_cast<uint32_t>(block->transactions.size()));
    return std::move(*block);
}

Result<bool> ParentChain::scan_some() {
    if (!scanner_->has_work()) return false;
    const HeaderEntry* entry = scanner_->next(best_);
    if (entry == nullptr) return false;
    for (size_t i = 0; i < kBlocksAtOnce && entry != nullptr && entry->height <= best_->height; ++i) {
        scanner_->scan(entry, TRY(fetch_block(entry)));
        entry = scanner_->next(best_);
    }
    return entry != nullptr;
}

Status ParentChain::fetch_counts() {
    for (const ParentBlockHash& hash : wishes_->take()) {
        const HeaderEntry* entry = index_->find(hash);
        if (entry == nullptr || entry->tx_count.load() != 0) continue;
        TRY(fetch_block(entry));
        changed_ = true;
    }
    return {};
}

void ParentChain::update_fee_rate() {
    const auto rate = node_->fee_rate();
    current_.fee_rate = rate ? *rate : std::nullopt;
}

void ParentChain::watch(const ledger::WatchList& list) {
    ledger::WatchList fresh;
    {
        const MutexLock lock(mutex_);
        for (const Script& script : list.scripts) {
            if (named_scripts_.insert(script).second) fresh.scripts.push_back(script);
        }
        for (const ledger::WatchList::Outpoint& each : list.outpoints) {
            if (named_outpoints_.insert(each.outpoint).second) fresh.outpoints.push_back(each);
        }
    }
    if (fresh.scripts.empty() && fresh.outpoints.empty()) return;
    ++watches_pending_;
    loop_.post([this, fresh = std::move(fresh)] {
        add_watch(fresh);
        --watches_pending_;
        changed_ = true;  // whoever waits for a view may ask again
        poll();
    });
}

Status ParentChain::begin_scanning() {
    if (scanner_->scan_from() != Scanner::kNowhere) return {};
    // Where the node is now, not where the last poll saw it; without an answer, no block that we do not know is past.
    const Result<uint32_t> now = node_->block_count();
    const uint32_t height = now ? *now : best_->height;
    const uint32_t from = height > kReorgMargin ? height - kReorgMargin : 1;
    storage::Batch batch;
    ByteWriter writer;
    writer.u32(from);
    batch.put(Bytes{kScanFromKey}, writer.bytes());
    TRY_VOID(db_->write(batch, storage::Sync::kSynced));
    scanner_->set_scan_from(from);
    return {};
}

void ParentChain::add_watch(const ledger::WatchList& list) {
    std::optional<uint32_t> from;
    const auto look_from = [&](uint32_t height) { from = std::min(from.value_or(height), height); };
    for (const Script& script : list.scripts) {
        if (scanner_->watch(script)) look_from(scanner_->scan_from());
    }
    for (const ledger::WatchList::Outpoint& each : list.outpoints) {
        if (!scanner_->watch(each.outpoint) || !each.since) continue;
        const HeaderEntry* since = index_->find(*each.since);
        if (since == nullptr) continue;  // no chain that we know holds it: its blocks are scanned when they come
        // A coin that the node holds unspent was spent in none of the blocks up to the node's tip.
        const auto unspent = node_->unspent(each.outpoint, false);
        const HeaderEntry* seen = unspent && *unspent ? index_->find((*unspent)->best) : nullptr;
        look_from(seen == nullptr ? since->height : seen->height + 1);
    }
    if (from) scanner_->forget_from(*from);
}

Status ParentChain::watch_deposits(const Script& script) {
    const Result<Status> done = loop_.call([this, script]() -> Status {
        TRY_VOID(begin_scanning());
        if (std::ranges::find(deposit_scripts_, script) == deposit_scripts_.end()) {
            deposit_scripts_.push_back(script);
            storage::Batch batch;
            batch.put(deposit_key(script), {});
            TRY_VOID(db_->write(batch, storage::Sync::kSynced));
        }
        scanner_->watch(script);
        return scanner_->flush();
    });
    if (!done) return fail(done.error().message);
    return *done;
}

Result<std::vector<DepositSeen>> ParentChain::deposits() {
    return loop_.call([this] {
        std::vector<DepositSeen> out;
        for (const Script& script : deposit_scripts_) {
            for (const Scanner::Found& found : scanner_->payments_to(script)) {
                const bool in_chain = is_in_chain(found.block, best_);
                const uint32_t depth = in_chain ? best_->height - found.block->height + 1 : 0;
                const ledger::Received& received = found.output.received;
                const auto same = std::ranges::find(out, received.outpoint, &DepositSeen::outpoint);
                DepositSeen seen{received.outpoint,
                                 received.value,
                                 script,
                                 depth,
                                 found.output.transaction,
                                 found.output.proof,
                                 scanner_->is_spent(received.outpoint, best_)};
                if (!in_chain) seen.proof.clear();
                // A transaction mined again after a reorganisation is found in two blocks: the best chain's counts.
                if (same == out.end()) {
                    out.push_back(std::move(seen));
                } else if (in_chain) {
                    *same = std::move(seen);
                }
            }
        }
        return out;
    });
}

void ParentChain::check_unspent(std::vector<ParentOutPoint> outpoints,
                                std::function<void(Result<std::vector<bool>>)> done) {
    loop_.post([this, outpoints = std::move(outpoints), done = std::move(done)] {
        const auto ask = [&]() -> Result<std::vector<bool>> {
            std::vector<bool> out;
            for (const ParentOutPoint& outpoint : outpoints)
                out.push_back(TRY(node_->unspent(outpoint, true)).has_value());
            return out;
        };
        done(ask());
    });
}

void ParentChain::broadcast(parent::ParentTransaction tx, std::function<void(BroadcastResult)> done) {
    loop_.post([this, tx = std::move(tx), done = std::move(done)] {
        const ParentTxid txid = compute_txid(tx);
        const Status sent = node_->send(encode_parent_tx(tx));
        // Whatever it answered: bcoin names a txid even when its mempool refused, Core complains about what it already
        // has.
        BroadcastResult out;
        const Result<bool> pooled = node_->in_mempool(txid);
        out.held = pooled && *pooled;
        for (uint32_t i = 0; !out.held && i < tx.outputs.size(); ++i) {
            const auto unspent = node_->unspent({txid, i}, true);
            out.held = unspent && unspent->has_value();
        }
        if (!out.held) {
            out.reason = !sent     ? sent.error().message
                         : !pooled ? pooled.error().message
                                   : "the Bitcoin node does not show it in its mempool";
        }
        done(std::move(out));
    });
}

}  // namespace sluice::parent_chain
