// Scanner: what whole Bitcoin blocks hold for us: payments to watched scripts and spends of watched outpoints. Records
// are kept for each block by itself, whatever chain it is in, so the view of chain(c) is put together for any c. Owned
// by the parent thread except for view(), which any thread may call.
//
// LevelDB: 'B' <block hash> -> record; 'S' <script> -> empty; 'O' <outpoint> -> empty.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "peg/chain/snapshot.h"
#include "peg/ledger/bitcoin_view.h"
#include "peg/parent/block.h"
#include "storage/db.h"

namespace sluice::parent_chain {

using parent::ParentOutPoint;
using parent::ParentTxid;

struct FoundOutput {
    ledger::Received received;  // height is filled in by the reader
    Bytes transaction;          // serialized without witness
    Bytes proof;                // merkle block: header and partial tree
};
struct FoundSpend {
    ParentOutPoint outpoint;
    ParentTxid by;
};
struct BlockRecord {
    uint32_t tx_count = 0;
    std::vector<FoundOutput> outputs;
    std::vector<FoundSpend> spends;
    [[nodiscard]] bool empty() const { return outputs.empty() && spends.empty(); }
};
void describe(Reader& reader, BlockRecord& record);
void describe(Writer& writer, const BlockRecord& record);

class Scanner {
public:
    static constexpr uint32_t kNowhere = UINT32_MAX;  // as scan_from: nothing is looked through

    // Loads what earlier runs found. Precondition: the index holds every header of the database.
    static Result<std::unique_ptr<Scanner>> open(storage::Db& db, std::shared_ptr<const HeaderIndex> index,
                                                 uint32_t scan_from);

    // True if it was not watched yet.
    bool watch(const Script& script);
    bool watch(const ParentOutPoint& outpoint);
    [[nodiscard]] bool watches(const Script& script) const { return scripts_.contains(script); }
    // Blocks at and above the height are to be scanned anew, whatever chain they are in.
    void forget_from(uint32_t height);
    [[nodiscard]] uint32_t scan_from() const;
    void set_scan_from(uint32_t height);
    [[nodiscard]] bool has_work() const { return !scripts_.empty() || !outpoints_.empty(); }

    // The lowest block of tip's chain that is still to be scanned; null if none is.
    [[nodiscard]] const HeaderEntry* next(const HeaderEntry* tip) const;
    // Looks through the block of `entry`. Blocks of one chain are scanned in ascending order.
    void scan(const HeaderEntry* entry, const parent::ParentBlock& block);
    Status flush();  // writes what changed

    // chain(c); null while a block of it is still to be scanned. Any thread.
    [[nodiscard]] std::shared_ptr<const ledger::BitcoinView> view(const HeaderEntry* c) const;

    struct Found {
        const HeaderEntry* block = nullptr;
        FoundOutput output;
    };
    // Every payment to the script, in any chain.
    [[nodiscard]] std::vector<Found> payments_to(const Script& script) const;
    // Where an outpoint was spent in tip's chain.
    [[nodiscard]] bool is_spent(const ParentOutPoint& outpoint, const HeaderEntry* tip) const;

private:
    Scanner(storage::Db& db, std::shared_ptr<const HeaderIndex> index, uint32_t scan_from)
        : db_(db), index_(std::move(index)), scan_from_(scan_from) {}
    Status load();
    void keep(const HeaderEntry* entry, BlockRecord record);
    [[nodiscard]] const HeaderEntry* next_locked(const HeaderEntry* tip) const REQUIRES_LOCK(mutex_);

    storage::Db& db_;
    std::shared_ptr<const HeaderIndex> index_;
    storage::Batch batch_;
    std::set<Script> scripts_;
    std::set<ParentOutPoint> outpoints_;

    mutable Mutex mutex_;
    uint32_t scan_from_ GUARDED_BY(mutex_);
    std::set<const HeaderEntry*> scanned_ GUARDED_BY(mutex_);
    mutable const HeaderEntry* scanned_to_ GUARDED_BY(mutex_) =
        nullptr;  // it and all below it, from scan_from on, are scanned
    std::map<uint32_t, std::vector<std::pair<const HeaderEntry*, std::shared_ptr<const BlockRecord>>>> records_
        GUARDED_BY(mutex_);
};

}  // namespace sluice::parent_chain
