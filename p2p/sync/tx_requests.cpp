#include "p2p/sync/tx_requests.h"

#include <algorithm>

namespace sluice::sync {
namespace {
constexpr size_t kMaxAnnouncements = 5000;  // of one peer
constexpr std::chrono::seconds kAnswerTime{60};
}  // namespace

void TxRequests::announced(net::PeerId peer, const TxName& name, bool preferred, SteadyTime at, bool unlimited) {
    PeerCount& count = peers_[peer];
    if ((!unlimited && count.names.size() >= kMaxAnnouncements) || !count.names.insert(name).second) return;
    ++count_;
    wanted_[name].offers[peer] = {preferred, at};
}

// An asked peer that did not answer in time is out; somebody else is asked.
void TxRequests::expire(Wanted& wanted, const TxName& name, SteadyTime now) {
    if (!wanted.asked || now - wanted.asked_at < kAnswerTime) return;
    const net::PeerId late = *wanted.asked;
    wanted.asked.reset();
    --peers_[late].in_flight;
    if (peers_[late].names.erase(name) > 0) --count_;
}

// A transaction without witness has one hash for both of its names.
bool TxRequests::asked_in_other_form(const TxName& name, SteadyTime now) {
    const TxName other{name.hash, !name.is_wtxid};
    const auto at = wanted_.find(other);
    if (at == wanted_.end()) return false;
    expire(at->second, other, now);
    if (at->second.asked) return true;
    if (at->second.offers.empty()) wanted_.erase(at);
    return false;
}

std::vector<TxName> TxRequests::take(net::PeerId peer, SteadyTime now, size_t most) {
    std::vector<TxName> out;
    const auto at = peers_.find(peer);
    if (at == peers_.end()) return out;
    PeerCount& count = at->second;
    const std::vector<TxName> names(count.names.begin(), count.names.end());
    for (const TxName& name : names) {
        if (out.size() >= most) break;
        Wanted& wanted = wanted_[name];
        expire(wanted, name, now);
        if (wanted.offers.empty() && !wanted.asked) {
            wanted_.erase(name);
            continue;
        }
        const auto offer = wanted.offers.find(peer);
        if (wanted.asked || offer == wanted.offers.end() || offer->second.at > now) continue;
        // A peer of our own choice that is ready goes first.
        const bool better = !offer->second.preferred && std::ranges::any_of(wanted.offers, [&](const auto& o) {
            return o.first != peer && o.second.preferred && o.second.at <= now;
        });
        if (better) continue;
        if (asked_in_other_form(name, now)) continue;
        wanted.offers.erase(offer);
        wanted.asked = peer;
        wanted.asked_at = now;
        ++count.in_flight;
        out.push_back(name);
    }
    return out;
}

void TxRequests::drop(net::PeerId peer, const TxName& name) {
    const auto at = wanted_.find(name);
    if (at == wanted_.end()) return;
    Wanted& wanted = at->second;
    wanted.offers.erase(peer);
    if (wanted.asked == peer) {
        wanted.asked.reset();
        --peers_[peer].in_flight;
    }
    if (peers_[peer].names.erase(name) > 0) --count_;
    if (wanted.offers.empty() && !wanted.asked) wanted_.erase(at);
}

void TxRequests::refused(net::PeerId peer, const TxName& name) {
    if (peers_.contains(peer)) drop(peer, name);
}

void TxRequests::forget(const Hash256& hash) {
    for (const bool is_wtxid : {false, true}) {
        const TxName name{hash, is_wtxid};
        const auto at = wanted_.find(name);
        if (at == wanted_.end()) continue;
        if (at->second.asked) --peers_[*at->second.asked].in_flight;
        for (auto& [peer, count] : peers_) count_ -= count.names.erase(name);
        wanted_.erase(at);
    }
}

void TxRequests::peer_gone(net::PeerId peer) {
    const auto at = peers_.find(peer);
    if (at == peers_.end()) return;
    const std::set<TxName> names = at->second.names;
    for (const TxName& name : names) drop(peer, name);
    // Asked and timed out ones are no longer among the names, nor in flight.
    peers_.erase(peer);
}

size_t TxRequests::in_flight(net::PeerId peer) const {
    const auto at = peers_.find(peer);
    return at == peers_.end() ? 0 : at->second.in_flight;
}

size_t TxRequests::announcements(net::PeerId peer) const {
    const auto at = peers_.find(peer);
    return at == peers_.end() ? 0 : at->second.names.size();
}

}  // namespace sluice::sync
