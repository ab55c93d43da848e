// What a transaction may have above and below it in the pool: limits of chains, pairs of version 3, dust that a child
// must spend.
#include <algorithm>

#include "codec/hex.h"
#include "mempool/mempool.h"
#include "mempool/refuse.h"
#include "mempool/truc.h"

namespace sluice::mempool {
namespace {

constexpr int64_t kCarveOutVsize = 10'000;  // one small child more than the limits allow

std::string limit(int64_t of) { return " [limit: " + std::to_string(of) + "]"; }

// Dust in the policy asset.
std::set<OutPoint> dust_of(const ParsedTx& tx, const ChainParams& params, FeeRate rate) {
    std::set<OutPoint> out;
    for (const size_t index : dust_outputs(tx.tx, params, rate)) out.insert({tx.txid, static_cast<uint32_t>(index)});
    return out;
}

}  // namespace

// `parents`: in the pool, of `count` transactions of `vsize` together that are to enter. From the nearest up, so that
// the first limit that breaks is the one that clients are told of elsewhere too.
std::optional<std::string> Mempool::relatives_over(const std::set<Txid>& parents, size_t count, int64_t vsize,
                                                   const PolicyOptions& limits) const {
    const auto most = static_cast<int64_t>(limits.ancestor_count);
    if (parents.size() + count > limits.ancestor_count) return "too many unconfirmed parents" + limit(most);
    std::set<Txid> open = parents;
    std::set<Txid> seen;
    int64_t sum = vsize;
    while (!open.empty()) {
        const Txid txid = *open.begin();
        open.erase(open.begin());
        seen.insert(txid);
        const Entry& ancestor = entries_.at(txid);
        sum += ancestor.vsize;
        if (ancestor.below.vsize + vsize > limits.descendant_vsize)
            return "exceeds descendant size limit for tx " + to_display(txid) + limit(limits.descendant_vsize);
        if (ancestor.below.count + count > limits.descendant_count) {
            return "too many descendants for tx " + to_display(txid) +
                   limit(static_cast<int64_t>(limits.descendant_count));
        }
        if (sum > limits.ancestor_vsize) return "exceeds ancestor size limit" + limit(limits.ancestor_vsize);
        for (const Txid& parent : ancestor.parents) {
            if (!seen.contains(parent)) open.insert(parent);
            if (open.size() + seen.size() + count > limits.ancestor_count)
                return "too many unconfirmed ancestors" + limit(most);
        }
    }
    return std::nullopt;
}

std::optional<Refusal> Mempool::check_relatives(Candidate& candidate, const AcceptMode& mode) const {
    const Entry& entry = candidate.entry;
    PolicyOptions limits = policy_;
    if (mode.origin != Origin::kFresh) {
        // Blocks that were taken back bring together what was never in the pool at once: what stands below a
        // transaction is no reason for another to go.
        limits.descendant_count = SIZE_MAX;
        limits.descendant_vsize = INT64_MAX / 2;
    }
    if (candidate.direct_conflicts.size() == 1 && mode.carve_outs && mode.origin == Origin::kFresh) {
        // What goes makes room for what comes.
        limits.descendant_count += 1;
        limits.descendant_vsize += entries_.at(*candidate.direct_conflicts.begin()).below.vsize;
    }
    const auto reason = relatives_over(entry.parents, 1, entry.vsize, limits);
    if (!reason) return std::nullopt;
    // One small transaction with a single parent may still be added, so that either party of a contract can raise the
    // fee.
    if (mode.carve_outs && entry.vsize <= kCarveOutVsize && !is_restricted(*entry.tx)) {
        limits.ancestor_count = 2;
        limits.descendant_count += 1;
        limits.descendant_vsize += kCarveOutVsize;
        if (!relatives_over(entry.parents, 1, entry.vsize, limits)) return std::nullopt;
    }
    return refuse(RefusalKind::kPolicy, "too-long-mempool-chain", *reason);
}

// The whole package counts for each ancestor, wherever in it the child is: simple, and never too few.
std::optional<Refusal> Mempool::check_package_relatives(const std::vector<Candidate>& package) const {
    const auto too_much = [&]() -> std::optional<std::string> {
        int64_t vsize = 0;
        std::set<Txid> parents;
        for (const Candidate& each : package) {
            vsize += each.entry.vsize;
            parents.insert(each.entry.parents.begin(), each.entry.parents.end());
        }
        const size_t count = package.size();
        const std::string counted = "package count " + std::to_string(count);
        const std::string sized = "package size " + std::to_string(vsize);
        const auto most = static_cast<int64_t>(policy_.ancestor_count);
        if (count > policy_.ancestor_count) return counted + " exceeds ancestor count limit" + limit(most);
        if (count > policy_.descendant_count) {
            return counted + " exceeds descendant count limit" + limit(static_cast<int64_t>(policy_.descendant_count));
        }
        if (vsize > policy_.ancestor_vsize)
            return sized + " exceeds ancestor size limit" + limit(policy_.ancestor_vsize);
        if (vsize > policy_.descendant_vsize)
            return sized + " exceeds descendant size limit" + limit(policy_.descendant_vsize);
        if (parents.size() + count > policy_.ancestor_count) return "too many unconfirmed parents" + limit(most);
        const auto reason = relatives_over(parents, count, vsize, policy_);
        return reason ? std::optional("possibly " + *reason) : std::nullopt;
    }();
    if (!too_much) return std::nullopt;
    return refuse(RefusalKind::kPolicy, "package-mempool-limits", *too_much);
}

// BIP431 for one transaction by itself. A sibling that may be pushed out becomes a conflict.
std::optional<Refusal> Mempool::check_pairs(Candidate& candidate, const AcceptMode& mode) const {
    // What a reorganisation gives back was together before.
    if (mode.origin != Origin::kFresh) return std::nullopt;
    const Entry& entry = candidate.entry;
    const ParsedTx& tx = *entry.tx;
    const auto violation = [](std::string detail) {
        return refuse(RefusalKind::kPolicy, "TRUC-violation", std::move(detail));
    };
    const std::set<Txid> above = closure(entry.parents, &Entry::parents);
    for (const Txid& txid : above) {
        const ParsedTx& ancestor = *entries_.at(txid).tx;
        if (is_restricted(tx) != is_restricted(ancestor)) return violation(truc_versions_text(tx, ancestor));
    }
    if (!is_restricted(tx)) return std::nullopt;
    if (entry.vsize > kMaxRestrictedVsize) return violation(truc_size_text(tx, entry.vsize, false));
    if (above.size() > 1) return violation(truc_ancestors_text(tx));
    if (above.empty()) return std::nullopt;
    if (entry.vsize > kMaxRestrictedChildVsize) return violation(truc_size_text(tx, entry.vsize, true));
    const Entry& parent = entries_.at(*above.begin());
    const bool replaces_child = std::ranges::any_of(
        parent.children, [&](const Txid& child) { return candidate.direct_conflicts.contains(child); });
    if (parent.below.count < 2 || replaces_child) return std::nullopt;
    // A reorganisation may have left more than a pair: then nobody says which of them is to go.
    const Txid sibling = *parent.children.begin();
    const bool one_sibling = parent.below.count == 2 && entries_.at(sibling).above.count == 2;
    if (!mode.evicts_siblings || !one_sibling) return violation(truc_descendants_text(*parent.tx));
    candidate.direct_conflicts.insert(sibling);
    candidate.evicts_sibling = true;
    return std::nullopt;
}

std::optional<std::string> Mempool::check_package_pairs(const std::vector<Candidate>& package) const {
    for (const Candidate& candidate : package) {
        const Entry& entry = candidate.entry;
        const ParsedTx& tx = *entry.tx;
        const std::set<Txid> above = closure(entry.parents, &Entry::parents);
        const auto spends_of = [](const ParsedTx& child, const Txid& txid) {
            return std::ranges::any_of(child.tx.inputs,
                                       [&](const TxIn& in) { return !in.is_pegin && in.prevout.txid == txid; });
        };
        std::vector<const ParsedTx*> with;  // parents in the package
        for (const Candidate& other : package) {
            if (&other == &candidate) break;
            if (spends_of(tx, other.entry.tx->txid)) with.push_back(other.entry.tx.get());
        }
        if (!is_restricted(tx)) {
            for (const ParsedTx* parent : with) {
                if (is_restricted(*parent)) return truc_versions_text(tx, *parent);
            }
            continue;
        }
        if (above.size() + with.size() > 1) return truc_ancestors_text(tx);
        if (above.empty() && with.empty()) continue;
        if (entry.vsize > kMaxRestrictedChildVsize) return truc_size_text(tx, entry.vsize, true);
        const ParsedTx& parent = above.empty() ? *with.front() : *entries_.at(*above.begin()).tx;
        if (!is_restricted(parent)) return truc_versions_text(tx, parent);
        for (const Candidate& other : package) {
            if (&other == &candidate) continue;
            if (spends_of(*other.entry.tx, parent.txid)) return truc_descendants_text(parent);
            if (spends_of(*other.entry.tx, tx.txid)) return truc_ancestors_text(*other.entry.tx);
        }
        if (!above.empty() && entries_.at(*above.begin()).below.count > 1) return truc_descendants_text(parent);
    }
    return std::nullopt;
}

// Who spends of a transaction with dust spends the dust too, so that it never stays behind.
std::optional<Refusal> Mempool::check_dust_spent(const ParsedTx& tx, const Staged& staged) const {
    std::set<OutPoint> left;
    for (const TxIn& in : tx.tx.inputs) {
        if (in.is_pegin) continue;
        const Entry* const entry = find(in.prevout.txid);
        const auto found = staged.find(in.prevout.txid);
        if (entry == nullptr && found == staged.end()) continue;
        left.merge(dust_of(found != staged.end() ? *found->second : *entry->tx, params_, policy_.dust_relay));
    }
    for (const TxIn& in : tx.tx.inputs) left.erase(in.prevout);
    if (left.empty()) return std::nullopt;
    return refuse(
        RefusalKind::kPolicy, "missing-ephemeral-spends",
        "tx " + to_display(tx.txid) + " (wtxid=" + to_display(tx.wtxid) + ") did not spend parent's ephemeral dust");
}

}  // namespace sluice::mempool
