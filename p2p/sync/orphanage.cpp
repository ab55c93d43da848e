#include "p2p/sync/orphanage.h"

#include <algorithm>
#include <set>

#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr uint32_t kMaxWeight = 400'000;  // of a standard transaction
constexpr std::chrono::minutes kLifetime{20};
}  // namespace

bool Orphanage::add(const TxRef& tx, net::PeerId from, SteadyTime now) {
    if (orphans_.contains(tx->wtxid) || tx->weight() > kMaxWeight || most_ == 0) return false;
    if (orphans_.size() >= most_)
        log_debug("txpackages", "orphanage overflow, removed {} tx", orphans_.size() + 1 - most_);
    while (orphans_.size() >= most_) {
        auto victim = orphans_.begin();
        std::advance(victim, static_cast<ptrdiff_t>(random_(orphans_.size())));
        erase(Wtxid(victim->first));
    }
    orphans_[tx->wtxid] = {tx, from, now + kLifetime};
    for (const TxIn& in : tx->tx.inputs) {
        if (!in.is_pegin) spenders_.emplace(in.prevout, tx->wtxid);
    }
    return true;
}

void Orphanage::erase(const Wtxid& wtxid) {
    const auto at = orphans_.find(wtxid);
    if (at == orphans_.end()) return;
    for (const TxIn& in : at->second.tx->tx.inputs) {
        const auto [first, last] = spenders_.equal_range(in.prevout);
        const auto mine = std::find_if(first, last, [&](const auto& s) { return s.second == wtxid; });
        if (mine != last) spenders_.erase(mine);
    }
    orphans_.erase(at);
}

std::vector<Orphanage::Orphan> Orphanage::take_children(const Txid& parent) {
    std::set<Wtxid> children;
    for (auto at = spenders_.lower_bound({parent, 0}); at != spenders_.end() && at->first.txid == parent; ++at) {
        children.insert(at->second);
    }
    std::vector<Orphan> out;
    for (const Wtxid& child : children) {
        const Entry& entry = orphans_.at(child);
        out.push_back({entry.tx, entry.from});
    }
    for (const Wtxid& child : children) erase(child);
    return out;
}

void Orphanage::block_connected(const Block& block) {
    std::set<Wtxid> gone;
    for (const TxRef& tx : block.transactions) {
        for (const TxIn& in : tx->tx.inputs) {
            const auto [first, last] = spenders_.equal_range(in.prevout);
            for (auto at = first; at != last; ++at) gone.insert(at->second);
        }
    }
    if (!gone.empty())
        log_debug("txpackages", "Erased {} orphan transaction(s) included or conflicted by block", gone.size());
    for (const Wtxid& wtxid : gone) erase(wtxid);
}

void Orphanage::peer_gone(net::PeerId peer) {
    std::vector<Wtxid> gone;
    for (const auto& [wtxid, entry] : orphans_) {
        if (entry.from == peer) gone.push_back(wtxid);
    }
    if (!gone.empty()) log_debug("txpackages", "Erased {} orphan transaction(s) from peer={}", gone.size(), peer);
    for (const Wtxid& wtxid : gone) erase(wtxid);
}

void Orphanage::expire(SteadyTime now) {
    std::vector<Wtxid> gone;
    for (const auto& [wtxid, entry] : orphans_) {
        if (entry.until <= now) gone.push_back(wtxid);
    }
    for (const Wtxid& wtxid : gone) erase(wtxid);
}

std::vector<OrphanReport> Orphanage::reports(SteadyTime now) const {
    std::vector<OrphanReport> out;
    for (const auto& [wtxid, entry] : orphans_) {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(entry.until - now);
        out.push_back({entry.tx, {entry.from}, left.count() - std::chrono::seconds(kLifetime).count(), left.count()});
    }
    return out;
}

bool Orphanage::has(const Txid& txid) const {
    return std::ranges::any_of(orphans_, [&](const auto& o) { return o.second.tx->txid == txid; });
}

}  // namespace sluice::sync
