// Mempool: transactions that could be in the next block. It judges them as a block would and by policy, keeps them with
// their relations, and follows the chain.
//
// Owner and thread: the state thread. Chain events are noted when they happen and worked off by the next call that
// needs to know (follow() does it at once), because ChainState may not be called back from within an event. No I/O, no
// clock of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "chain/chain_types.h"
#include "consensus/params/chain_params.h"
#include "consensus/rules/script_check.h"
#include "mempool/entry.h"
#include "mempool/package.h"
#include "mempool/policy.h"
#include "mempool/tip_source.h"
#include "util/clock.h"

namespace sluice::mempool {

struct NextBlock;

struct PoolInfo {
    size_t count = 0;
    int64_t vsize = 0;  // sum
    size_t bytes = 0;   // memory that the limit counts, about
    Amount fees;        // sum
    FeeRate min_rate;   // below it nothing enters
    uint64_t sequence = 0;
};

struct Relatives {
    std::set<Txid> txids;  // without the transaction itself
    int64_t vsize = 0;     // sums with the transaction itself
    Amount modified_fees;
    [[nodiscard]] size_t count() const { return txids.size() + 1; }
};

class Mempool {
public:
    // All outlive it.
    Mempool(const ChainParams& params, const PolicyOptions& policy, const Clock& clock, TipSource& tips);
    ~Mempool();
    Mempool(const Mempool&) = delete;
    Mempool& operator=(const Mempool&) = delete;

    // Judges the transaction and puts it in.
    Result<Acceptance, Refusal> accept(const TxRef& tx);
    // Judges only.
    Result<Acceptance, Refusal> test_accept(const TxRef& tx);
    // Of several transactions, parents before children: judges all as if they entered together, each by its own fee.
    PackageVerdict test_package(const std::vector<TxRef>& txs);
    // A child with all its unconfirmed parents: each enters by itself if it can, else together, where the child may pay
    // for the parents. Dearer transactions than max_rate are refused.
    PackageVerdict submit_package(const std::vector<TxRef>& txs, std::optional<FeeRate> max_rate);
    // What a saved pool held, with its time of entry; nothing is told of its having been here before.
    Result<Acceptance, Refusal> restore(const TxRef& tx, int64_t time);

    // As listener of ChainState; then, once the chain rests, follow().
    void on_chain_event(const chain::ChainEvent& event);
    void follow();
    // Removes what waited too long; each transaction that enters does it too.
    void expire();

    void add_listener(std::function<void(const PoolEvent&)> listener) { listeners_.push_back(std::move(listener)); }

    // nullptr if it is not here. Valid until the pool changes.
    [[nodiscard]] const Entry* find(const Txid& txid) const;
    [[nodiscard]] const Entry* find(const Wtxid& wtxid) const;
    // The transaction that spends it (or claims it, for a peg-in's deposit).
    [[nodiscard]] std::optional<Txid> spender(const OutPoint& outpoint) const;
    [[nodiscard]] const std::map<Txid, Entry>& entries() const { return entries_; }
    // Preconditions: the transaction is here.
    [[nodiscard]] Relatives ancestors(const Txid& txid) const;
    [[nodiscard]] Relatives descendants(const Txid& txid) const;
    // It or an ancestor says that it may be replaced.
    [[nodiscard]] bool is_replaceable(const Txid& txid) const;
    [[nodiscard]] PoolInfo info() const;
    [[nodiscard]] FeeRate min_rate() const;
    // What a full pool asks for beyond -minrelaytxfee; 0 while it is not full.
    [[nodiscard]] FeeRate full_rate() const;
    [[nodiscard]] const PolicyOptions& policy() const { return policy_; }

    // Adds to the fee that mining counts; also for a transaction that is yet to come. 0 in sum forgets it.
    void prioritise(const Txid& txid, Amount delta);
    [[nodiscard]] const std::map<Txid, Amount>& priorities() const { return deltas_; }

private:
    // A judged transaction, ready to enter.
    struct Candidate {
        Entry entry;
        std::set<Txid> direct_conflicts;
        std::set<Txid> conflicts;  // with their descendants
        bool evicts_sibling = false;
        std::shared_ptr<const rules::SpendingTx> spending;
    };
    enum class Origin : uint8_t {
        kFresh,     // all limits hold
        kReturned,  // from a block that was taken back: what it pays does not matter
        kStayed,    // was in the pool and is judged again
    };
    struct AcceptMode {
        Origin origin = Origin::kFresh;
        bool may_replace = true;
        bool carve_outs = true;       // one more than the limits of relatives allow, for contracts
        bool evicts_siblings = true;  // BIP431
        bool package_fees = false;    // the full pool's rate is asked of the package
        std::optional<FeeRate> max_rate;
        std::optional<int64_t> time;                // of entry; else now
        std::optional<script::Flags> passed_under;  // its scripts passed under these flags before
    };
    // Judged transactions of the same package, on which others of it build.
    using Staged = std::map<Txid, TxRef>;

    // Of this tip; reference good until the next call. A fault of the tip's data must reset next_block_.
    const NextBlock& next_block(const Tip& tip);

    // accept.cpp
    Result<Candidate, Refusal> judge(const TxRef& tx, const AcceptMode& mode);
    Result<Candidate, Refusal> judge_at(const TxRef& tx, const AcceptMode& mode, const Tip& tip);
    // All but scripts and what depends on the other transactions of a package.
    Result<Candidate, Refusal> check_before(const TxRef& tx, const AcceptMode& mode, const Tip& tip,
                                            const Staged& staged);
    std::optional<Refusal> find_conflicts(const Transaction& tx, const AcceptMode& mode, Candidate& candidate) const;
    std::optional<Refusal> check_fees(const Candidate& candidate, const AcceptMode& mode) const;
    std::optional<Refusal> check_rate(Amount fee, int64_t vsize) const;
    std::optional<Refusal> check_scripts(const Candidate& candidate, const AcceptMode& mode) const;
    Acceptance acceptance_of(const Candidate& candidate) const;
    Result<Acceptance, Refusal> enter(const TxRef& tx, const AcceptMode& mode);
    // relatives.cpp
    std::optional<Refusal> check_relatives(Candidate& candidate, const AcceptMode& mode) const;
    std::optional<std::string> relatives_over(const std::set<Txid>& parents, size_t count, int64_t vsize,
                                              const PolicyOptions& limits) const;
    std::optional<Refusal> check_package_relatives(const std::vector<Candidate>& package) const;
    std::optional<Refusal> check_pairs(Candidate& candidate, const AcceptMode& mode) const;
    std::optional<std::string> check_package_pairs(const std::vector<Candidate>& package) const;
    std::optional<Refusal> check_dust_spent(const ParsedTx& tx, const Staged& staged) const;
    // replacement.cpp
    std::optional<Refusal> check_replacement(Candidate& candidate) const;
    std::optional<Refusal> check_package_replacement(std::vector<Candidate>& package) const;
    // package.cpp
    struct Multiple;
    Multiple judge_multiple(const std::vector<TxRef>& txs, const AcceptMode& mode);
    PackageVerdict enter_package(const std::vector<TxRef>& txs, const AcceptMode& mode);

    void insert(Candidate candidate);
    void remove(const Txid& txid, RemovalReason reason);
    void remove_with_descendants(const Txid& txid, RemovalReason reason);
    void trim();
    // Takes everything out and judges it again, what `returned` holds first.
    void rebuild(const std::vector<TxRef>& returned);
    void remove_mined(const Block& block);
    void drop_at_epoch_end();
    void tell(bool added, RemovalReason reason, const TxRef& tx);
    [[nodiscard]] std::set<Txid> parents_of(const Transaction& tx) const;
    [[nodiscard]] std::set<Txid> closure(const std::set<Txid>& from, std::set<Txid> Entry::*next) const;

    // What is dropped first from a full pool: what pays least with all that hangs on it, the newest first.
    struct Worth {
        int64_t fees;
        int64_t vsize;
        uint64_t sequence;
        Txid txid;
        bool operator<(const Worth& other) const;
    };
    static Worth worth(const Entry& entry);
    // Every change of what an entry is worth goes through it.
    template <typename Change>
    void change(Entry& entry, Change&& how);

    const ChainParams& params_;
    const PolicyOptions policy_;
    const Clock& clock_;
    TipSource& tips_;
    std::vector<std::function<void(const PoolEvent&)>> listeners_;

    std::map<Txid, Entry> entries_;
    std::map<Wtxid, Txid> by_wtxid_;
    std::map<OutPoint, Txid> spends_;
    std::set<Worth> by_worth_;
    std::set<std::pair<int64_t, Txid>> by_time_;  // of entry
    std::map<Txid, Amount> deltas_;
    size_t bytes_ = 0;
    uint64_t next_entry_ = 1;
    uint64_t events_ = 0;

    std::unique_ptr<NextBlock> next_block_;  // null: not worked out yet
    std::vector<chain::ChainEvent> pending_;
    std::optional<script::Flags> flags_;  // under which the pool's scripts passed

    // The rate of what was last pushed out for want of room, which decays.
    mutable double rolling_rate_ = 0;
    mutable int64_t rolling_since_ = 0;
    bool block_since_trim_ = true;
};

}  // namespace sluice::mempool
