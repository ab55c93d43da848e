// Orphanage: transactions whose inputs are not known yet, kept for a while in case their parents come. Bounded in
// number, in bytes and per peer. One thread; time and randomness are handed in.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "consensus/primitives/block.h"
#include "p2p/net/peer.h"
#include "p2p/sync/reports.h"
#include "util/clock.h"

namespace sluice::sync {

class Orphanage {
public:
    Orphanage(size_t most, std::function<uint64_t(uint64_t)> random_below)
        : most_(most), random_(std::move(random_below)) {}

    // False if it is known, or too large to keep.
    bool add(const TxRef& tx, net::PeerId from, SteadyTime now);
    struct Orphan {
        TxRef tx;
        net::PeerId from = 0;
    };
    // Takes out those that spend an output of `parent`.
    std::vector<Orphan> take_children(const Txid& parent);
    // Drops what a new block has confirmed or made impossible: those that spend the same outputs.
    void block_connected(const Block& block);
    void peer_gone(net::PeerId peer);
    void expire(SteadyTime now);

    [[nodiscard]] std::vector<OrphanReport> reports(SteadyTime now) const;
    [[nodiscard]] bool has(const Wtxid& wtxid) const { return orphans_.contains(wtxid); }
    [[nodiscard]] bool has(const Txid& txid) const;
    [[nodiscard]] size_t size() const { return orphans_.size(); }

private:
    struct Entry {
        TxRef tx;
        net::PeerId from = 0;
        SteadyTime until{};
    };
    void erase(const Wtxid& wtxid);

    size_t most_;
    std::function<uint64_t(uint64_t)> random_;
    std::map<Wtxid, Entry> orphans_;
    std::multimap<OutPoint, Wtxid> spenders_;
};

}  // namespace sluice::sync
