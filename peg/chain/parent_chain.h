// ParentChain: the node's own view of Bitcoin (federation-design section 5). It keeps the header chain, its work
// checked, follows the federation's coins and the wallet's deposits through whole blocks, and talks to the Bitcoin
// node. Everything runs on the "parent" EventLoop, which may block on that node; the rest of the process reads
// published, immutable values.
//
// LevelDB: 'H' <height, 4 bytes big-endian> <hash> -> 80-byte header; 'G' -> genesis hash;
// 'D' <script> -> empty: the wallet's deposit scripts; 'F' -> first block to look through, 4 bytes; and the scanner's
// keys.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "peg/chain/bitcoin_node.h"
#include "peg/chain/scanner.h"
#include "peg/chain/snapshot.h"
#include "peg/ledger/bitcoin_view.h"
#include "runtime/event_loop.h"
#include "runtime/published.h"
#include "storage/db.h"
#include "util/clock.h"

namespace sluice::parent_chain {

struct ParentChainOptions {
    const parent::HeaderRules* rules = nullptr;  // of the parent's genesis (parent::header_rules)
    std::chrono::milliseconds poll{500};
    // First Bitcoin block to look through for coins and deposits (never the genesis, which pays nobody). Members must
    // set it. nullopt: a little below the node's tip at the moment when the first deposit script is watched.
    std::optional<uint32_t> scan_from;
};

struct ParentStatus {
    bool connected = false;
    std::string problem;  // why not, or what the Bitcoin node did wrong; for people
    uint32_t headers = 0;
    uint32_t scanned = 0;  // height up to which the best chain was looked through
    bool ready = false;
    std::optional<uint32_t> fee_rate;  // sat/kvB: the node's estimate
};

// A payment to a watched deposit script, with what a claim needs.
struct DepositSeen {
    ParentOutPoint outpoint;
    Amount amount;
    Script script;
    uint32_t depth = 0;  // 0: not in the best chain now
    Bytes transaction;   // without witness
    Bytes proof;         // header and partial Merkle tree
    bool spent = false;
};

struct BroadcastResult {
    bool held = false;   // the node shows it: in its mempool or its chain
    std::string reason;  // if not
};

class ParentChain {
public:
    // Opens what `db` holds. Errors: damaged, or of another parent chain.
    static Result<std::unique_ptr<ParentChain>> open(ParentChainOptions options, std::unique_ptr<storage::Db> db,
                                                     std::unique_ptr<BitcoinNode> node, runtime::EventLoop& loop,
                                                     const Clock& clock);
    ~ParentChain();

    // ---- any thread

    // Begins to poll. Call once, after the loop was started and listeners were added.
    void start();
    // Ends polling. The loop must still run; call before it stops.
    void stop();
    [[nodiscard]] std::shared_ptr<const ParentSnapshot> snapshot() const { return snapshot_.load(); }
    [[nodiscard]] std::shared_ptr<const ParentStatus> status() const { return status_.load(); }
    // chain(c) with the coins of everything that watch() named so far. Null: c is unknown, or not wholly looked through
    // yet; a change is announced when it is.
    [[nodiscard]] std::shared_ptr<const ledger::BitcoinView> view_at(const ParentBlockHash& c) const;
    // Looks at the Bitcoin node now rather than at the next poll; `done` runs on the parent thread afterwards.
    void poll_now(std::function<void()> done = {});
    // Federation scripts and coins: see ledger::WatchList. Naming again what was named before costs nothing.
    void watch(const ledger::WatchList& list);
    // A deposit script of the wallet: payments in blocks from now on.
    Status watch_deposits(const Script& script);
    [[nodiscard]] Result<std::vector<DepositSeen>> deposits();
    // For each: unspent in the node's chain and mempool. `done` runs on the parent thread.
    void check_unspent(std::vector<ParentOutPoint> outpoints, std::function<void(Result<std::vector<bool>>)> done);
    void broadcast(parent::ParentTransaction tx, std::function<void(BroadcastResult)> done);

    // ---- before start()

    // Runs on the parent thread after each change of the best chain, of what was scanned, or of known transaction
    // counts.
    void on_change(std::function<void(std::shared_ptr<const ParentSnapshot>)> listener) {
        listeners_.push_back(std::move(listener));
    }

private:
    ParentChain(ParentChainOptions options, std::unique_ptr<storage::Db> db, std::unique_ptr<BitcoinNode> node,
                runtime::EventLoop& loop, const Clock& clock);
    Status load();
    // On the parent thread:
    void poll();
    Result<bool> sync_headers();  // true: more to come
    Result<uint32_t> find_fork(uint32_t node_height);
    Result<bool> accept_headers(const std::vector<Bytes>& raw);  // false: the rest is held back
    Result<bool> scan_some();
    Status begin_scanning();  // where nobody said from where on
    void take(const HeaderEntry* entry);
    Status fetch_counts();
    Result<parent::ParentBlock> fetch_block(const HeaderEntry* entry);
    void update_fee_rate();
    void publish();
    void add_watch(const ledger::WatchList& list);
    [[nodiscard]] bool is_ready(const HeaderEntry* tip) const;

    ParentChainOptions options_;
    std::unique_ptr<storage::Db> db_;
    std::unique_ptr<BitcoinNode> node_;
    runtime::EventLoop& loop_;
    const Clock& clock_;
    std::shared_ptr<HeaderIndex> index_;
    std::unique_ptr<Scanner> scanner_;
    std::shared_ptr<CountWishes> wishes_ = std::make_shared<CountWishes>();
    const HeaderEntry* best_ = nullptr;
    uint32_t highest_ = 0;  // of all known headers
    const HeaderEntry* published_ = nullptr;
    bool published_ready_ = false;
    bool changed_ = false;  // something besides the best block that listeners wait for
    uint64_t sequence_ = 0;
    ParentStatus current_;
    uint32_t polls_ = 0;
    std::vector<Script> deposit_scripts_;
    std::unique_ptr<runtime::Timer> timer_;
    std::vector<std::function<void(std::shared_ptr<const ParentSnapshot>)>> listeners_;
    Mutex mutex_;
    std::set<Script> named_scripts_ GUARDED_BY(mutex_);
    std::set<ParentOutPoint> named_outpoints_ GUARDED_BY(mutex_);
    std::atomic<uint32_t> watches_pending_{0};  // posted, not applied yet
    runtime::Published<ParentSnapshot> snapshot_;
    runtime::Published<ParentStatus> status_;
};

}  // namespace sluice::parent_chain
