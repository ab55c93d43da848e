// Replacement (BIP125, and for a parent with its child by fee diagrams): more for each byte than what goes, more in
// sum, and enough more for its own relay.
#include <algorithm>

#include "codec/hex.h"
#include "mempool/fee_diagram.h"
#include "mempool/mempool.h"
#include "mempool/refuse.h"

namespace sluice::mempool {
namespace {

constexpr size_t kMaxReplaced = 100;  // transactions that one replacement may push out

std::optional<std::string> pays_too_little(const Txid& txid, int64_t fees, int64_t replaced_fees, Amount for_relay) {
    const auto rejecting = [&](const std::string& why, int64_t is, int64_t least) {
        return "rejecting replacement " + to_display(txid) + ", " + why + "; " + short_coins_text(Amount{is}) + " < " +
               short_coins_text(Amount{least});
    };
    if (fees < replaced_fees) return rejecting("less fees than conflicting txs", fees, replaced_fees);
    const int64_t more = fees - replaced_fees;
    if (more < for_relay.sat) return rejecting("not enough additional fees to relay", more, for_relay.sat);
    return std::nullopt;
}

std::string too_many(const Txid& txid, size_t count) {
    return "rejecting replacement " + to_display(txid) + "; too many potential replacements (" + std::to_string(count) +
           " > " + std::to_string(kMaxReplaced) + ")";
}

using Entries = std::map<Txid, Entry>;

size_t count_replaced(const Entries& entries, const std::set<Txid>& direct) {
    size_t count = 0;  // what hangs on several of them counts for each
    for (const Txid& txid : direct) {
        count += entries.at(txid).below.count;
        if (count > kMaxReplaced) break;
    }
    return count;
}

// Fee diagrams are worked out for pairs only. Why this entry is not alone or of a pair, or nothing.
std::optional<std::string> beyond_pair(const Entries& entries, const Entry& entry) {
    const std::string name = to_display(entry.tx->txid);
    const Family& above = entry.above;
    const Family& below = entry.below;
    if (above.count > 2) return name + " has " + std::to_string(above.count - 1) + " ancestors, max 1 allowed";
    if (below.count > 2) return name + " has " + std::to_string(below.count - 1) + " descendants, max 1 allowed";
    if (above.count > 1 && below.count > 1)
        return name + " has both ancestor and descendant, exceeding cluster limit of 2";
    if (below.count > 1 && entries.at(*entry.children.begin()).above.count > 2)
        return name + " is not the only parent of child " + to_display(*entry.children.begin());
    if (above.count > 1 && entries.at(*entry.parents.begin()).below.count > 2)
        return name + " is not the only child of parent " + to_display(*entry.parents.begin());
    return std::nullopt;
}

FeeChunk alone(const Entry& entry) { return {entry.modified_fee().sat, entry.vsize}; }

// Preconditions: each of `replaced` is alone or of a pair.
bool improves_diagram(const Entries& entries, const std::set<Txid>& replaced, const FeeChunk& replacement) {
    std::vector<FeeChunk> before;
    std::vector<FeeChunk> after{replacement};
    for (const Txid& txid : replaced) {
        const Entry& entry = entries.at(txid);
        if (entry.below.count > 1) continue;  // with its child
        const FeeChunk own = alone(entry);
        if (entry.parents.empty()) {
            before.push_back(own);
            continue;
        }
        const Entry& parent = entries.at(*entry.parents.begin());
        const FeeChunk both{entry.above.modified_fees, entry.above.vsize};
        if (static_cast<__int128>(own.fees) * both.vsize > static_cast<__int128>(both.fees) * own.vsize) {
            before.push_back(both);
        } else {
            before.push_back(alone(parent));
            before.push_back(own);
        }
        if (!replaced.contains(parent.tx->txid)) after.push_back(alone(parent));
    }
    return improves(std::move(after), std::move(before));
}

}  // namespace

std::optional<Refusal> Mempool::check_replacement(Candidate& candidate) const {
    const Entry& entry = candidate.entry;
    const Txid& txid = entry.tx->txid;
    const std::string sibling = candidate.evicts_sibling ? " (including sibling eviction)" : "";
    const FeeRate rate = FeeRate::of(entry.modified_fee(), entry.vsize);
    for (const Txid& each : candidate.direct_conflicts) {
        const Entry& other = entries_.at(each);
        const FeeRate old = FeeRate::of(other.modified_fee(), other.vsize);
        if (rate > old) continue;
        return refuse(RefusalKind::kFee, "insufficient fee" + sibling,
                      "rejecting replacement " + to_display(txid) + "; new feerate " + rate.to_string() +
                          " <= old feerate " + old.to_string(),
                      {{"replaces", to_display(each)},
                       {"sat_per_kvb", rate.sat_per_kvb},
                       {"replaced_sat_per_kvb", old.sat_per_kvb}});
    }
    if (const size_t count = count_replaced(entries_, candidate.direct_conflicts); count > kMaxReplaced)
        return refuse(RefusalKind::kPolicy, "too many potential replacements" + sibling, too_many(txid, count),
                      {{"transactions", count}, {"limit", kMaxReplaced}});
    std::set<Txid> spent_already;
    int64_t replaced_fees = 0;
    for (const Txid& each : candidate.conflicts) {
        const Entry& other = entries_.at(each);
        replaced_fees += other.modified_fee().sat;
        for (const TxIn& in : other.tx->tx.inputs) spent_already.insert(in.prevout.txid);
    }
    for (size_t i = 0; i < entry.tx->tx.inputs.size(); ++i) {
        const TxIn& in = entry.tx->tx.inputs[i];
        if (in.is_pegin || spent_already.contains(in.prevout.txid) || !entries_.contains(in.prevout.txid)) continue;
        return refuse(RefusalKind::kPolicy, "replacement-adds-unconfirmed",
                      "replacement " + to_display(txid) + " adds unconfirmed input, idx " + std::to_string(i),
                      at_input(i));
    }
    const Amount for_relay = policy_.incremental.fee(entry.vsize);
    if (auto little = pays_too_little(txid, entry.modified_fee().sat, replaced_fees, for_relay))
        return refuse(RefusalKind::kFee, "insufficient fee" + sibling, std::move(*little),
                      {{"fee", entry.modified_fee().sat}, {"minimum", replaced_fees + for_relay.sat}});
    return std::nullopt;
}

// Sets what goes in the first, which enters first.
std::optional<Refusal> Mempool::check_package_replacement(std::vector<Candidate>& package) const {
    std::set<Txid> direct;
    FeeChunk sum;
    for (const Candidate& each : package) {
        direct.insert(each.direct_conflicts.begin(), each.direct_conflicts.end());
        sum.fees += each.entry.modified_fee().sat;
        sum.vsize += each.entry.vsize;
    }
    if (direct.empty()) return std::nullopt;
    const auto failed = [](const std::string& why, std::string detail = {}) {
        return Refusal{RefusalKind::kPolicy, "package RBF failed: " + why, std::move(detail), {}};
    };
    std::vector<TxRef> txs;
    for (const Candidate& each : package) txs.push_back(each.entry.tx);
    if (txs.size() != 2 || !is_child_with_parents(txs)) return failed("package must be 1-parent-1-child");
    if (std::ranges::any_of(package, [](const Candidate& each) { return !each.entry.parents.empty(); }))
        return failed("new transaction cannot have mempool ancestors");
    const Txid& child = txs[1]->txid;
    if (const size_t count = count_replaced(entries_, direct); count > kMaxReplaced)
        return failed("too many potential replacements", too_many(child, count));
    const std::set<Txid> replaced = closure(direct, &Entry::children);
    int64_t replaced_fees = 0;
    for (const Txid& each : replaced) replaced_fees += entries_.at(each).modified_fee().sat;
    if (auto little = pays_too_little(child, sum.fees, replaced_fees, policy_.incremental.fee(sum.vsize)))
        return failed("insufficient anti-DoS fees", std::move(*little));
    // The child pays for its parent, not only for what goes.
    const FeeRate parent_rate = FeeRate::of(package[0].entry.modified_fee(), package[0].entry.vsize);
    const FeeRate rate = FeeRate::of(Amount{sum.fees}, sum.vsize);
    if (rate <= parent_rate) {
        return failed("package feerate is less than or equal to parent feerate",
                      "package feerate " + rate.to_string() + " <= parent feerate is " + parent_rate.to_string());
    }
    for (const Txid& each : replaced) {
        if (auto why = beyond_pair(entries_, entries_.at(each))) return failed(*why);
    }
    if (!improves_diagram(entries_, replaced, sum))
        return failed("insufficient feerate: does not improve feerate diagram");
    package[0].conflicts = replaced;
    package[1].conflicts.clear();
    return std::nullopt;
}

}  // namespace sluice::mempool
