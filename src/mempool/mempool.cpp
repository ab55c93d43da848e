#include "mempool/mempool.h"

#include <algorithm>
#include <cmath>

#include "consensus/rules/pak.h"
#include "consensus/rules/tx_inputs.h"
#include "federation/rules/dynafed.h"
#include "mempool/next_block.h"

namespace sluice::mempool {
namespace {

constexpr double kHalfLife = 12 * 60 * 60;  // seconds, of the rate below which nothing enters a full pool
constexpr int64_t kDecayStep = 10;          // seconds
constexpr size_t kEntryOverhead = 700;      // bytes, about, of an entry's bookkeeping

size_t footprint(const Entry& entry) { return size_t{entry.tx->size} * 2 + kEntryOverhead; }

}  // namespace

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

Result<Acceptance, Refusal> Mempool::accept(const TxRef& tx) {
    follow();
    Candidate candidate = TRY(judge(tx, {}));
    Acceptance out{tx->txid,
                   candidate.entry.fee,
                   candidate.entry.vsize,
                   candidate.entry.discount_vsize,
                   {candidate.conflicts.begin(), candidate.conflicts.end()}};
    insert(std::move(candidate));
    trim();
    if (!entries_.contains(tx->txid)) {
        return tl::unexpected<Refusal>(
            Refusal{RefusalKind::kPolicy,
                    "mempool full",
                    {},
                    Breach{{}, at_transaction(), {{"max_bytes", policy_.max_bytes}}, nullptr}});
    }
    return out;
}

Result<Acceptance, Refusal> Mempool::test_accept(const TxRef& tx) {
    follow();
    const Candidate candidate = TRY(judge(tx, {}));
    return Acceptance{tx->txid,
                      candidate.entry.fee,
                      candidate.entry.vsize,
                      candidate.entry.discount_vsize,
                      {candidate.conflicts.begin(), candidate.conflicts.end()}};
}

void Mempool::insert(Candidate candidate) {
    for (const Txid& txid : candidate.conflicts) {
        if (entries_.contains(txid)) remove_with_descendants(txid, RemovalReason::kReplaced);
    }
    Entry& entry = candidate.entry;
    const Txid txid = entry.tx->txid;
    entry.sequence = next_entry_++;
    if (!flags_) flags_ = entry.flags;
    for (const Txid& parent : entry.parents) entries_.at(parent).children.insert(txid);
    for (const TxIn& in : entry.tx->tx.inputs) spends_.emplace(in.prevout, txid);
    by_wtxid_.emplace(entry.tx->wtxid, txid);
    bytes_ += footprint(entry);
    const TxRef tx = entry.tx;
    entries_.emplace(txid, std::move(entry));
    tell(true, RemovalReason::kBlock, tx);
}

void Mempool::remove(const Txid& txid, RemovalReason reason) {
    const auto found = entries_.find(txid);
    if (found == entries_.end()) return;
    const Entry entry = std::move(found->second);
    entries_.erase(found);
    for (const Txid& parent : entry.parents) {
        if (const auto at = entries_.find(parent); at != entries_.end()) at->second.children.erase(txid);
    }
    for (const Txid& child : entry.children) {
        if (const auto at = entries_.find(child); at != entries_.end()) at->second.parents.erase(txid);
    }
    for (const TxIn& in : entry.tx->tx.inputs) spends_.erase(in.prevout);
    by_wtxid_.erase(entry.tx->wtxid);
    bytes_ -= footprint(entry);
    tell(false, reason, entry.tx);
}

void Mempool::remove_with_descendants(const Txid& txid, RemovalReason reason) {
    for (const Txid& each : closure({txid}, &Entry::children)) remove(each, reason);
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
                remove_with_descendants(Txid(other->second), RemovalReason::kConflict);
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
    }
}

void Mempool::rebuild(const std::vector<TxRef>& returned) {
    struct Known {
        TxRef tx;
        uint64_t sequence;
        int64_t time;
        script::Flags flags;
    };
    std::vector<Known> known;
    for (const auto& [txid, entry] : entries_) known.push_back({entry.tx, entry.sequence, entry.time, entry.flags});
    std::ranges::sort(known, {}, &Known::sequence);
    entries_.clear();
    by_wtxid_.clear();
    spends_.clear();
    bytes_ = 0;
    flags_.reset();

    // Listeners hear of the difference only.
    const auto listeners = std::exchange(listeners_, {});
    const uint64_t events = events_;
    for (const TxRef& tx : returned) {
        if (auto candidate = judge(tx, {false, std::nullopt})) insert(std::move(*candidate));
    }
    std::set<Txid> before;
    for (const Known& each : known) {
        before.insert(each.tx->txid);
        if (entries_.contains(each.tx->txid)) continue;
        auto candidate = judge(each.tx, {false, each.flags});
        if (!candidate) continue;
        candidate->entry.time = each.time;
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
    std::vector<Txid> old;
    for (const auto& [txid, entry] : entries_) {
        if (entry.time < limit) old.push_back(txid);
    }
    for (const Txid& txid : old) {
        if (entries_.contains(txid)) remove_with_descendants(txid, RemovalReason::kExpired);
    }
}

void Mempool::trim() {
    if (bytes_ <= policy_.max_bytes) return;
    // What pays least, each together with all that hangs on it. A twentieth goes at once, so that a full pool is not
    // ordered anew for each transaction that enters.
    std::vector<std::pair<FeeRate, Txid>> order;
    for (const auto& [txid, entry] : entries_) {
        const Relatives under = descendants(txid);
        order.emplace_back(std::max(entry.rate(), FeeRate::of(under.modified_fees, under.vsize)), txid);
    }
    std::ranges::sort(order);
    const size_t target = policy_.max_bytes - policy_.max_bytes / 20;
    for (const auto& [rate, txid] : order) {
        if (bytes_ <= target) break;
        if (!entries_.contains(txid)) continue;
        const auto bar = static_cast<double>(rate.sat_per_kvb + policy_.incremental.sat_per_kvb);
        if (bar > rolling_rate_) {
            rolling_rate_ = bar;
            block_since_trim_ = false;
        }
        remove_with_descendants(txid, RemovalReason::kSizeLimit);
    }
}

FeeRate Mempool::min_rate() const {
    if (rolling_rate_ == 0) return policy_.min_relay;
    const int64_t now = clock_.unix_time();
    if (block_since_trim_ && now > rolling_since_ + kDecayStep) {
        double half_life = kHalfLife;
        if (bytes_ < policy_.max_bytes / 4) {
            half_life /= 4;
        } else if (bytes_ < policy_.max_bytes / 2) {
            half_life /= 2;
        }
        rolling_rate_ /= std::pow(2.0, static_cast<double>(now - rolling_since_) / half_life);
        rolling_since_ = now;
        if (rolling_rate_ < static_cast<double>(policy_.incremental.sat_per_kvb) / 2) rolling_rate_ = 0;
    }
    return std::max(policy_.min_relay, FeeRate{static_cast<int64_t>(rolling_rate_)});
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
    Relatives out;
    out.txids = closure({txid}, &Entry::parents);
    for (const Txid& each : out.txids) {
        out.vsize += entries_.at(each).vsize;
        out.modified_fees.sat += entries_.at(each).modified_fee().sat;
    }
    out.txids.erase(txid);
    return out;
}
Relatives Mempool::descendants(const Txid& txid) const {
    Relatives out;
    out.txids = closure({txid}, &Entry::children);
    for (const Txid& each : out.txids) {
        out.vsize += entries_.at(each).vsize;
        out.modified_fees.sat += entries_.at(each).modified_fee().sat;
    }
    out.txids.erase(txid);
    return out;
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
    sum = add(sum, delta).value_or(sum);
    if (const auto found = entries_.find(txid); found != entries_.end()) found->second.fee_delta = sum;
    if (sum.sat == 0) deltas_.erase(txid);
}

}  // namespace sluice::mempool
