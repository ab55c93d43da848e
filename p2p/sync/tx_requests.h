// TxRequests: which announced transaction to ask whom for, and when. Each transaction is asked of one peer at a time;
// peers that we chose come first, peers that are slow or lie only delay. Bounded per peer. One thread; time is handed
// in. An announcement names a wtxid (BIP339) or, from older peers and for parents of orphans, a txid.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "crypto/hash.h"
#include "p2p/net/peer.h"
#include "util/clock.h"

namespace sluice::sync {

struct TxName {
    Hash256 hash;
    bool is_wtxid = false;
    auto operator<=>(const TxName&) const = default;
};

class TxRequests {
public:
    // `at` is when it may be asked for first. Ignored when the peer has announced too many, unless it is `unlimited`
    // (the user's word).
    void announced(net::PeerId peer, const TxName& name, bool preferred, SteadyTime at, bool unlimited = false);
    // Those to ask this peer for now; they count as asked until answered, forgotten or timed out.
    std::vector<TxName> take(net::PeerId peer, SteadyTime now, size_t most);
    // The peer answered that it has no such transaction, or sent something else.
    void refused(net::PeerId peer, const TxName& name);
    // It is here, or is not wanted any more: nobody is asked.
    void forget(const Hash256& hash);
    void peer_gone(net::PeerId peer);

    [[nodiscard]] size_t size() const { return count_; }
    [[nodiscard]] size_t in_flight(net::PeerId peer) const;
    [[nodiscard]] size_t announcements(net::PeerId peer) const;

private:
    struct Offer {
        bool preferred = false;
        SteadyTime at{};
    };
    struct Wanted {
        std::map<net::PeerId, Offer> offers;  // peers that may still be asked
        std::optional<net::PeerId> asked;
        SteadyTime asked_at{};
    };
    struct PeerCount {
        std::set<TxName> names;  // offered or asked
        size_t in_flight = 0;
    };

    void expire(Wanted& wanted, const TxName& name, SteadyTime now);
    bool asked_in_other_form(const TxName& name, SteadyTime now);
    void drop(net::PeerId peer, const TxName& name);

    std::map<TxName, Wanted> wanted_;
    std::map<net::PeerId, PeerCount> peers_;
    size_t count_ = 0;
};

}  // namespace sluice::sync
