#include "mempool/mempool.h"

#include <algorithm>
#include <cmath>

#include "consensus/rules/pak.h"
#include "consensus/rules/tx_inputs.h"
#include "federation/rules/dynafed.h"
#include "mempool/next_block.h"
#include "mempool/refuse.h"

namespace sluice::mempool {
namespace {

constexpr double kHalfLife = 12 * 60 * 60;             // seconds, of the rate below which nothing enters a full pool
constexpr int64_t kDecayStep = 10;                     // seconds
constexpr int64_t kMostPriority = kMaxMoney.sat / 32;  // rates over all relatives stay in 64 bits
// Bytes, about, of an entry's bookkeeping, and of what an input or output takes beyond its serialized size.
constexpr size_t kEntryOverhead = 800;
constexpr size_t kPartOverhead = 200;

size_t footprint(const Entry& entry) {
    const size_t parts = entry.tx->tx.inputs.size() + entry.tx->tx.outputs.size();
    return entry.tx->size + kEntryOverhead + kPartOverhead * parts;
}

}  // namespace

Family& Family::operator+=(const Family& other) {
    count += other.count;
    vsize += other.vsize;
    discount_vsize += other.discount_vsize;
    modified_fees += other.modified_fees;
    return *this;
}
Family& Family::operator-=(const Family& other) {
    count -= other.count;
    vsize -= other.vsize;
    discount_vsize -= other.discount_vsize;
    modified_fees -= other.modified_fees;
    return *this;
}

std::string_view to_string(RemovalReason reason) {
    switch (reason) {
        case RemovalReason::kBlock: return "block";
        case RemovalReason::kConflict: return "conflict";
        case RemovalReason::kReplaced: return "replaced";
        case RemovalReason::kExpired: return "expiry";
        case RemovalReason::kSizeLimit: return "sizelimit";
        case RemovalReason::kReorg: return "reorg";
    }
    return "";
}

Mempool::Mempool(const ChainParams& params, const PolicyOptions& policy, const Clock& clock, TipSource& tips)
    : params_(params), policy_(policy), clock_(clock), tips_(tips) {}
Mempool::~Mempool() = default;

const NextBlock& Mempool::next_block(const Tip& tip) {
    const BlockHash hash = tip.headers.hash_at(tip.headers.height());
    if (next_block_ == nullptr || next_block_->tip != hash) {
        next_block_ = std::make_unique<NextBlock>();
        next_block_->tip = hash;
        next_block_->fedpegs = fed_rules::fedpeg_scripts_after(tip.headers, params_);
        next_block_->pak = fed_rules::parse_pak_list(fed_rules::full_parameters(tip.headers, params_).extension_space);
    }
    return *next_block_;
}

bool Mempool::Worth::operator<(const Worth& other) const {
    // Rates compare without division; both products are below 2^51 * 2^40.
    const auto left = static_cast<__int128>(fees) * other.vsize;
    const auto right = static_cast<__int128>(other.fees) * vsize;
    if (left != right) return left < right;
    return sequence != other.sequence ? sequence > other.sequence : txid < other.txid;
}

Mempool::Worth Mempool::worth(const Entry& entry) {
    const Worth alone{entry.modified_fee().sat, entry.vsize, entry.sequence, entry.tx->txid};
    const Worth all{entry.below.modified_fees, entry.below.vsize, entry.sequence, entry.tx->txid};
    return alone < all ? all : alone;
}

template <typename Change>
void Mempool::change(Entry& entry, Change&& how) {
    by_worth_.erase(worth(entry));
    how(entry);
    by_worth_.insert(worth(entry));
}

Result<Acceptance, Refusal> Mempool::accept(const TxRef& tx) { return enter(tx, {}); }

Result<Acceptance, Refusal> Mempool::restore(const TxRef& tx, int64_t time) {
    AcceptMode mode;
    mode.time = time;
    return enter(tx, mode);
}

Result<Acceptance, Refusal> Mempool::enter(const TxRef& tx, const AcceptMode& mode) {
    follow();
    Candidate candidate = TRY(judge(tx, mode));
    Acceptance out = acceptance_of(candidate);
    insert(std::move(candidate));
    expire();
    trim();
    if (!entries_.contains(tx->txid))
        return refused(RefusalKind::kFee, "mempool full", {}, {{"max_bytes", policy_.max_bytes}});
    return out;
}

Result<Acceptance, Refusal> Mempool::test_accept(const TxRef& tx) {
    follow();
    return acceptance_of(TRY(judge(tx, {})));
}

void Mempool::insert(Candidate candidate) {
    for (const Txid& txid : candidate.conflicts) {
        if (entries_.contains(txid)) remove_with_descendants(txid, RemovalReason::kReplaced);
    }
    Entry& entry = candidate.entry;
    const Txid txid = entry.tx->txid;
    entry.sequence = next_entry_++;
    entry.parents = parents_of(entry.tx->tx);
    if (!flags_) flags_ = entry.flags;
    // Nothing in the pool spends of what enters: children come after their parents.
    entry.below = entry.alone();
    entry.above = entry.alone();
    for (const Txid& each : closure(entry.parents, &Entry::parents)) {
        Entry& ancestor = entries_.at(each);
        entry.above += ancestor.alone();
        change(ancestor, [&](Entry& it) { it.below += entry.alone(); });
    }
    for (const Txid& parent : entry.parents) entries_.at(parent).children.insert(txid);
    for (const TxIn& in : entry.tx->tx.inputs) spends_.emplace(in.prevout, txid);
    by_wtxid_.emplace(entry.tx->wtxid, txid);
    bytes_ += footprint(entry);
    by_worth_.insert(worth(entry));
    by_time_.emplace(entry.time, txid);
    const TxRef tx = entry.tx;
    entries_.emplace(txid, std::move(entry));
    tell(true, RemovalReason::kBlock, tx);
}

// Its ancestors, or its descendants, are gone already: what is removed stands at an end.
void Mempool::remove(const Txid& txid, RemovalReason reason) {
    const auto found = entries_.find(txid);
    if (found == entries_.end()) return;
    const Family own = found->second.alone();
    for (const Txid& each : closure(found->second.parents, &Entry::parents)) {
        change(entries_.at(each), [&](Entry& it) { it.below -= own; });
    }
    for (const Txid& each : closure(found->second.children, &Entry::children)) entries_.at(each).above -= own;
    by_worth_.erase(worth(found->second));
    by_time_.erase({found->second.time, txid});
    const Entry entry = std::move(found->second);
    entries_.erase(found);
    for (const Txid& parent : entry.parents) entries_.at(parent).children.erase(txid);
    for (const Txid& child : entry.children) entries_.at(child).parents.erase(txid);
    for (const TxIn& in : entry.tx->tx.inputs) spends_.erase(in.prevout);
    by_wtxid_.erase(entry.tx->wtxid);
    bytes_ -= footprint(entry);
    tell(false, reason, entry.tx);
}

void Mempool::remove_with_descendants(const Txid& txid, RemovalReason reason) {
    std::vector<std::pair<uint64_t, Txid>> order;
    for (const Txid& each : closure({txid}, &Entry::children)) order.emplace_back(entries_.at(each).sequence, each);
    std::ranges::sort(order, std::greater<>());  // children first
    for (const auto& [sequence, each] : order) remove(each, reason);
}

void Mempool::tell(bool added, RemovalReason reason, const TxRef& tx) {
    const PoolEvent event{added, reason, tx, ++events_};
    for (const auto& listener : listeners_) listener(event);
}

std::set<Txid> Mempool::parents_of(const Transaction& tx) const {
    std::set<Txid> parents;
    for (const TxIn& in : tx.inputs) {
        if (!in.is_pegin && entries_.contains(in.prevout.txid)) parents.insert(in.prevout.txid);
    }
    return parents;
}

std::set<Txid> Mempool::closure(const std::set<Txid>& from, std::set<Txid> Entry::*next) const {
    std::set<Txid> seen = from;
    std::vector<Txid> open(from.begin(), from.end());
    while (!open.empty()) {
        const Txid at = open.back();
        open.pop_back();
        for (const Txid& other : entries_.at(at).*next) {
            if (seen.insert(other).second) open.push_back(other);
        }
    }
    return seen;
}

void Mempool::on_chain_event(const chain::ChainEvent& event) {
    // A header changes nothing here; a block changes nothing in an empty pool.
    if (std::holds_alternative<chain::HeaderAccepted>(event)) return;
    const bool returns = std::holds_alternative<chain::BlockDisconnected>(event);
    if (entries_.empty() && pending_.empty() && !returns) {
        flags_.reset();
        return;
    }
    pending_.push_back(event);
}

void Mempool::follow() {
    if (pending_.empty()) return;
    const std::vector<chain::ChainEvent> events = std::move(pending_);
    pending_.clear();
    std::vector<TxRef> returned;
    bool epoch_ended = false;  // with any of these blocks, not only the last
    for (const chain::ChainEvent& event : events) {
        if (const auto* gone = std::get_if<chain::BlockDisconnected>(&event)) {
            // Blocks go from the tip down: what comes from an earlier one stands before.
            const std::vector<TxRef>& txs = gone->block->transactions;
            returned.insert(returned.begin(), txs.begin() + 1, txs.end());
        } else if (const auto* come = std::get_if<chain::BlockConnected>(&event)) {
            remove_mined(*come->block);
            epoch_ended = epoch_ended || (uint64_t{come->block->header.height} + 1) % params_.epoch_length == 0;
            block_since_trim_ = true;
            rolling_since_ = clock_.unix_time();
        }
    }
    std::optional<script::Flags> flags;
    const auto fault = tips_.with_tip([&](const Tip& tip) {
        flags =
            script::kStandardFlags |
            (tip.version_bits.active_after(tip.headers, Deployment::kDynafed) ? script::kVerifySighashRangeproof : 0);
    });
    if (fault) return;
    if (!returned.empty() || (flags_ && flags_ != flags)) {
        rebuild(returned);
    } else if (epoch_ended) {
        drop_at_epoch_end();
    }
    flags_ = entries_.empty() ? std::nullopt : flags;
}

void Mempool::remove_mined(const Block& block) {
    for (const TxRef& tx : block.transactions) {
        remove(tx->txid, RemovalReason::kBlock);
        deltas_.erase(tx->txid);
        for (const TxIn& in : tx->tx.inputs) {
            if (const auto other = spends_.find(in.prevout); other != spends_.end()) {
                const Txid gone(other->second);
                remove_with_descendants(gone, RemovalReason::kConflict);
                deltas_.erase(gone);
            }
        }
    }
}

// Where an epoch ends, claims and peg-outs may have been made for scripts or lists that the next block does not know.
void Mempool::drop_at_epoch_end() {
    std::vector<Txid> bad;
    const auto fault = tips_.with_tip([&](const Tip& tip) {
        const NextBlock& next = next_block(tip);
        for (const auto& [txid, entry] : entries_) {
            const Transaction& tx = entry.tx->tx;
            const bool pegouts = !params_.enforce_pak || !rules::unauthorized_pegout(tx, next.pak, params_);
            const bool claims = entry.pegins.empty() || std::ranges::all_of(tx.inputs, [&](const TxIn& in) {
                                    return !in.is_pegin || rules::check_claim(in, next.fedpegs, params_).has_value();
                                });
            if (!pegouts || !claims) bad.push_back(txid);
        }
    });
    if (fault) {
        next_block_.reset();
        return;
    }
    for (const Txid& txid : bad) {
        if (entries_.contains(txid)) remove_with_descendants(txid, RemovalReason::kBlock);
        deltas_.erase(txid);
    }
}

void Mempool::rebuild(const std::vector<TxRef>& returned) {
    struct Known {
        TxRef tx;
        uint64_t sequence;
        int64_t time;
        uint32_t height;
        script::Flags flags;
    };
    std::vector<Known> known;
    for (const auto& [txid, entry] : entries_)
        known.push_back({entry.tx, entry.sequence, entry.time, entry.height, entry.flags});
    std::ranges::sort(known, {}, &Known::sequence);
    entries_.clear();
    by_wtxid_.clear();
    by_worth_.clear();
    by_time_.clear();
    spends_.clear();
    bytes_ = 0;
    flags_.reset();

    // Listeners hear of the difference only.
    const auto listeners = std::exchange(listeners_, {});
    const uint64_t events = events_;
    for (const TxRef& tx : returned) {
        AcceptMode mode;
        mode.origin = Origin::kReturned;
        if (auto candidate = judge(tx, mode)) insert(std::move(*candidate));
    }
    std::set<Txid> before;
    for (const Known& each : known) {
        before.insert(each.tx->txid);
        if (entries_.contains(each.tx->txid)) continue;
        AcceptMode mode;
        mode.origin = Origin::kStayed;
        mode.time = each.time;
        mode.passed_under = each.flags;
        auto candidate = judge(each.tx, mode);
        if (!candidate) continue;
        candidate->entry.height = each.height;
        insert(std::move(*candidate));
    }
    listeners_ = listeners;
    events_ = events;
    for (const Known& each : known) {
        if (!entries_.contains(each.tx->txid)) tell(false, RemovalReason::kReorg, each.tx);
    }
    for (const auto& [txid, entry] : entries_) {
        if (!before.contains(txid)) tell(true, RemovalReason::kReorg, entry.tx);
    }
    trim();
}

void Mempool::expire() {
    follow();
    const int64_t limit = clock_.unix_time() - policy_.expiry;
    while (!by_time_.empty() && by_time_.begin()->first < limit) {
        remove_with_descendants(Txid(by_time_.begin()->second), RemovalReason::kExpired);
    }
}

void Mempool::trim() {
    while (bytes_ > policy_.max_bytes && !by_worth_.empty()) {
        const Txid worst = by_worth_.begin()->txid;
        const Family& gone = entries_.at(worst).below;
        // What enters next pays more than what goes, so that the pool does not turn over for nothing.
        const FeeRate rate = FeeRate::of(Amount{gone.modified_fees}, gone.vsize);
        const auto bar = static_cast<double>(rate.sat_per_kvb + policy_.incremental.sat_per_kvb);
        if (bar > rolling_rate_) {
            rolling_rate_ = bar;
            block_since_trim_ = false;
        }
        remove_with_descendants(worst, RemovalReason::kSizeLimit);
    }
}

FeeRate Mempool::min_rate() const { return std::max(policy_.min_relay, full_rate()); }

FeeRate Mempool::full_rate() const {
    if (rolling_rate_ == 0) return FeeRate{0};
    if (!block_since_trim_) return FeeRate{std::llround(rolling_rate_)};
    const int64_t now = clock_.unix_time();
    if (now > rolling_since_ + kDecayStep) {
        double half_life = kHalfLife;
        if (bytes_ < policy_.max_bytes / 4) {
            half_life /= 4;
        } else if (bytes_ < policy_.max_bytes / 2) {
            half_life /= 2;
        }
        rolling_rate_ /= std::pow(2.0, static_cast<double>(now - rolling_since_) / half_life);
        rolling_since_ = now;
        if (rolling_rate_ < static_cast<double>(policy_.incremental.sat_per_kvb) / 2) {
            rolling_rate_ = 0;
            return FeeRate{0};
        }
    }
    return std::max(FeeRate{std::llround(rolling_rate_)}, policy_.incremental);
}

const Entry* Mempool::find(const Txid& txid) const {
    const auto found = entries_.find(txid);
    return found == entries_.end() ? nullptr : &found->second;
}
const Entry* Mempool::find(const Wtxid& wtxid) const {
    const auto found = by_wtxid_.find(wtxid);
    return found == by_wtxid_.end() ? nullptr : find(found->second);
}
std::optional<Txid> Mempool::spender(const OutPoint& outpoint) const {
    const auto found = spends_.find(outpoint);
    return found == spends_.end() ? std::nullopt : std::optional(found->second);
}

Relatives Mempool::ancestors(const Txid& txid) const {
    const Entry& entry = entries_.at(txid);
    return {closure(entry.parents, &Entry::parents), entry.above.vsize, Amount{entry.above.modified_fees}};
}
Relatives Mempool::descendants(const Txid& txid) const {
    const Entry& entry = entries_.at(txid);
    return {closure(entry.children, &Entry::children), entry.below.vsize, Amount{entry.below.modified_fees}};
}

bool Mempool::is_replaceable(const Txid& txid) const {
    return std::ranges::any_of(closure({txid}, &Entry::parents),
                               [&](const Txid& each) { return signals_replacement(entries_.at(each).tx->tx); });
}

PoolInfo Mempool::info() const {
    PoolInfo out;
    out.count = entries_.size();
    out.bytes = bytes_;
    for (const auto& [txid, entry] : entries_) {
        out.vsize += entry.vsize;
        out.fees.sat += entry.fee.sat;
    }
    out.min_rate = min_rate();
    out.sequence = events_;
    return out;
}

void Mempool::prioritise(const Txid& txid, Amount delta) {
    Amount& sum = deltas_[txid];
    const Amount before = sum;
    sum.sat = std::clamp(add(sum, delta).value_or(sum).sat, -kMostPriority, kMostPriority);
    if (const auto found = entries_.find(txid); found != entries_.end()) {
        const int64_t more = sum.sat - before.sat;
        change(found->second, [&](Entry& it) {
            it.fee_delta = sum;
            it.above.modified_fees += more;
            it.below.modified_fees += more;
        });
        for (const Txid& each : closure(found->second.parents, &Entry::parents)) {
            change(entries_.at(each), [&](Entry& it) { it.below.modified_fees += more; });
        }
        for (const Txid& each : closure(found->second.children, &Entry::children))
            entries_.at(each).above.modified_fees += more;
    }
    if (sum.sat == 0) deltas_.erase(txid);
}

}  // namespace sluice::mempool
