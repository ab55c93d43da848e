// Transaction relay: announced by id, asked of one peer at a time, judged by the mempool, passed on after a random
// delay so that nobody learns where a transaction entered the network.
#include <algorithm>

#include "codec/hex.h"
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr std::chrono::seconds kOutboundDelay{2};     // mean time between announcements to a peer that we chose
constexpr std::chrono::seconds kInboundDelay{5};      // the same to those that chose us
constexpr std::chrono::seconds kInboundHeadStart{2};  // that peers we chose have when we ask for a transaction
constexpr std::chrono::seconds kTxidDelay{2};         // for announcements by txid while others speak wtxid
constexpr std::chrono::seconds kBusyDelay{2};         // for a peer that owes us many already
constexpr std::chrono::minutes kFeeFilterInterval{10};
constexpr size_t kAnnouncedAtOnce = 70;  // and more when the queue is long
constexpr size_t kMaxAnnouncedAtOnce = 1000;
constexpr size_t kMaxAskedAtOnce = 100;

// Rounded down to a step of a tenth, so that the exact value does not tell nodes apart.
int64_t rounded(int64_t rate) {
    int64_t step = 1;
    while (step < rate / 10) step *= 2;
    return rate / step * step;
}

}  // namespace

bool Engine::Impl::relays_to(const Peer& peer) const {
    return peer.is_ready && !peer.leaving && peer.wants_transactions &&
           peer.info.kind != net::ConnectionKind::kBlockRelay && peer.info.kind != net::ConnectionKind::kFeeler &&
           peer.info.kind != net::ConnectionKind::kAddrFetch;
}

bool Engine::Impl::has_tx(const TxName& name) const {
    if (rejected.contains(name.hash) || confirmed.contains(name.hash)) return true;
    if (name.is_wtxid) {
        const Wtxid wtxid = Wtxid::from(name.hash);
        return pool.contains(wtxid) || txs_in_check.contains(wtxid) || orphans.has(wtxid);
    }
    const Txid txid = Txid::from(name.hash);
    return pool_txids.contains(txid) || orphans.has(txid);
}

// In -blocksonly mode transactions are taken only of peers that the user lets relay.
bool Engine::Impl::refuses_transactions(const Peer& peer) const {
    using net::ConnectionKind;
    return peer.info.kind == ConnectionKind::kBlockRelay || peer.info.kind == ConnectionKind::kFeeler ||
           (options.blocks_only && !peer.info.permissions.relay);
}

void Engine::Impl::on_tx_inv(Peer& peer, const std::vector<TxName>& names) {
    if (names.empty()) return;
    if (refuses_transactions(peer)) {
        return drop(peer, "transaction (" + to_display(names.front().hash) + ") inv sent in violation of protocol");
    }
    const bool behind = needs.chain.tip().initial_download;
    const SteadyTime at = when_to_request(peer, peer.wtxid_relay);
    for (const TxName& name : names) {
        peer.known_txs.insert(name.hash);
        // Far behind, most of them spend what we have not seen yet.
        if (!behind && !has_tx(name))
            requests.announced(peer.info.id, name, is_preferred(peer), at, peer.info.permissions.relay);
    }
}

bool Engine::Impl::is_preferred(const Peer& peer) const {
    return net::is_outbound(peer.info.kind) || peer.info.permissions.no_ban;
}

// Strangers wait: whoever wants to keep a transaction from us, or to learn when we get it, is not asked first.
SteadyTime Engine::Impl::when_to_request(const Peer& peer, bool by_wtxid) const {
    SteadyTime at = now();
    if (!is_preferred(peer)) at += kInboundHeadStart;
    const bool wtxid_spoken = std::ranges::any_of(peers, [](const auto& p) { return p.second.wtxid_relay; });
    if (!by_wtxid && wtxid_spoken) at += kTxidDelay;
    if (!peer.info.permissions.relay && requests.in_flight(peer.info.id) >= kMaxAskedAtOnce) at += kBusyDelay;
    return at;
}

void Engine::Impl::request_transactions(Peer& peer) {
    if (requests.announcements(peer.info.id) == 0) return;
    wire::GetData message;
    for (const TxName& name : requests.take(peer.info.id, now(), kMaxAskedAtOnce)) {
        if (has_tx(name)) {
            requests.forget(name.hash);
            continue;
        }
        const wire::InvType by_txid =
            (peer.services & wire::kNodeWitness) != 0 ? wire::InvType::kWitnessTx : wire::InvType::kTx;
        message.items.push_back(wire::inv_item(name.is_wtxid ? wire::InvType::kWtx : by_txid, name.hash.view()));
    }
    if (!message.items.empty()) send(peer, message);
}

void Engine::Impl::on_notfound(Peer& peer, const std::vector<wire::InvItem>& items) {
    for (const wire::InvItem& item : items) {
        if (item.is_tx()) requests.refused(peer.info.id, {item.hash, item.is(wire::InvType::kWtx)});
    }
}

void Engine::Impl::on_tx(Peer& peer, const TxRef& tx) {
    if (refuses_transactions(peer)) return drop(peer, "transaction sent in violation of protocol");
    peer.known_txs.insert(Hash256::from(tx->wtxid));
    peer.known_txs.insert(Hash256::from(tx->txid));
    const TxName by_wtxid{Hash256::from(tx->wtxid), true};
    const bool known = has_tx(by_wtxid);
    requests.forget(by_wtxid.hash);
    requests.forget(Hash256::from(tx->txid));
    if (needs.chain.tip().initial_download) return;
    if (known) return force_relay(peer, tx);
    const Ticket ticket = begin_work(peer);
    check_tx(peer.info.id, tx, ticket);
    end_work(ticket);
}

// For a peer that the user makes a gateway: what is in the pool already is announced once more.
void Engine::Impl::force_relay(const Peer& peer, const TxRef& tx) {
    if (!peer.info.permissions.force_relay) return;
    const auto at = pool.find(tx->wtxid);
    const std::string name = to_display(tx->txid) + " (wtxid=" + to_display(tx->wtxid) + ")";
    if (at == pool.end()) {
        return log_info("net", "Not relaying non-mempool transaction {} from forcerelay peer={}", name, peer.info.id);
    }
    log_info("net", "Force relaying tx {} from peer={}", name, peer.info.id);
    for (auto& [id, other] : peers) {
        if (relays_to(other)) other.tx_queue.insert({at->second.sequence, tx->wtxid});
    }
}

// The ticket is of the message that led here: the transaction's own, or its parent's.
void Engine::Impl::check_tx(net::PeerId from, const TxRef& tx, const Ticket& ticket) {
    if (!txs_in_check.insert(tx->wtxid).second) return;
    if (Peer* peer = find(from)) ++peer->txs_in_check;
    share_work(ticket);
    needs.mempool.accept(tx, [this, from, tx, ticket](const TxResult& result) {
        tx_checked(from, tx, ticket, result);
        end_work(ticket);
    });
}

void Engine::Impl::tx_checked(net::PeerId from, const TxRef& tx, const Ticket& ticket, const TxResult& result) {
    txs_in_check.erase(tx->wtxid);
    Peer* peer = find(from);
    if (peer != nullptr && peer->txs_in_check > 0) --peer->txs_in_check;
    using Kind = TxResult::Kind;
    switch (result.kind) {
        case Kind::kAccepted:
            if (peer != nullptr) peer->last_tx_time = needs.clock.unix_time();
            for (const Orphanage::Orphan& orphan : orphans.take_children(tx->txid))
                check_tx(orphan.from, orphan.tx, ticket);
            break;
        case Kind::kKnown:
            if (peer != nullptr) force_relay(*peer, tx);
            break;
        case Kind::kDeferred: break;
        case Kind::kMissingInputs: {
            log_debug("mempoolrej", "{} (wtxid={}) from peer={} was not accepted: bad-txns-inputs-missingorspent",
                      to_display(tx->txid), to_display(tx->wtxid), from);
            const bool hopeless = std::ranges::any_of(
                result.missing, [this](const Txid& txid) { return rejected.contains(Hash256::from(txid)); });
            if (hopeless) {
                log_debug("mempool", "not keeping orphan with rejected parents {} (wtxid={})", to_display(tx->txid),
                          to_display(tx->wtxid));
                // No other witness helps it either.
                rejected.insert(Hash256::from(tx->wtxid));
                rejected.insert(Hash256::from(tx->txid));
                break;
            }
            if (peer == nullptr || !orphans.add(tx, from, now())) break;
            for (const Txid& parent : result.missing) {
                const TxName name{Hash256::from(parent), false};
                peer->known_txs.insert(name.hash);
                if (!has_tx(name)) requests.announced(from, name, is_preferred(*peer), when_to_request(*peer, false));
            }
            break;
        }
        case Kind::kRejected:
            // Not by its txid: with another witness it may be good. Without any, its wtxid is that txid.
            if (!result.stripped) rejected.insert(Hash256::from(tx->wtxid));
            log_debug("mempoolrej", "{} (wtxid={}) from peer={} was not accepted: {}", to_display(tx->txid),
                      to_display(tx->wtxid), from, result.reason);
            if (peer != nullptr && result.invalid) misbehaved(*peer, "invalid transaction: " + result.reason);
            break;
    }
    if (Peer* still = find(from)) hold_back(*still);
}

void Engine::transaction_added(const RelayTx& tx) {
    const uint64_t sequence = impl_->next_sequence++;
    impl_->pool[tx.tx->wtxid] = {tx, sequence};
    impl_->pool_txids[tx.tx->txid] = tx.tx->wtxid;
    for (auto& [id, peer] : impl_->peers) {
        if (impl_->relays_to(peer)) peer.tx_queue.insert({sequence, tx.tx->wtxid});
    }
}

void Engine::transaction_removed(const Wtxid& wtxid) {
    const auto at = impl_->pool.find(wtxid);
    if (at == impl_->pool.end()) return;
    impl_->pool_txids.erase(at->second.relay.tx->txid);
    impl_->pool.erase(at);
}

void Engine::Impl::announce_transactions(Peer& peer) {
    if (peer.wants_pool) {
        peer.wants_pool = false;
        announce_pool(peer);
    }
    const bool at_once = peer.info.permissions.no_ban;
    if (!at_once && now() < peer.next_announce) return;
    // The moments do not depend on what there is to say: the first after a pause waits like any other.
    // Inbound peers share their moments: many connections teach a spy no more than one.
    if (now() >= inbound_announce) inbound_announce = now() + random_delay(kInboundDelay);
    peer.next_announce = net::is_outbound(peer.info.kind) ? now() + random_delay(kOutboundDelay) : inbound_announce;
    if (peer.tx_queue.empty()) return;
    const size_t most = std::min(kMaxAnnouncedAtOnce, kAnnouncedAtOnce + peer.tx_queue.size() / 200);
    wire::Inv message;
    while (!peer.tx_queue.empty() && message.items.size() < most) {
        const auto [sequence, wtxid] = *peer.tx_queue.begin();
        peer.tx_queue.erase(peer.tx_queue.begin());
        const auto at = pool.find(wtxid);
        if (at == pool.end() || at->second.sequence != sequence) continue;
        const RelayTx& relay = at->second.relay;
        const Hash256 name = peer.wtxid_relay ? Hash256::from(wtxid) : Hash256::from(relay.tx->txid);
        if (peer.known_txs.contains(name)) continue;
        if (relay.fee < peer.fee_filter * int64_t{relay.vsize} / 1000) continue;
        peer.known_txs.insert(name);
        message.items.push_back(
            wire::inv_item(peer.wtxid_relay ? wire::InvType::kWtx : wire::InvType::kTx, name.view()));
    }
    if (!message.items.empty()) send(peer, message);
}

// BIP35: all of it, whatever was announced before.
void Engine::Impl::announce_pool(Peer& peer) {
    std::map<uint64_t, const RelayTx*> in_order;
    for (const auto& [wtxid, pooled] : pool) in_order[pooled.sequence] = &pooled.relay;
    wire::Inv message;
    const auto flush = [&] {
        if (!message.items.empty()) send(peer, message);
        message.items.clear();
    };
    for (const auto& [sequence, relay] : in_order) {
        peer.tx_queue.erase({sequence, relay->tx->wtxid});
        if (relay->fee < peer.fee_filter * int64_t{relay->vsize} / 1000) continue;
        const Hash256 name = peer.wtxid_relay ? Hash256::from(relay->tx->wtxid) : Hash256::from(relay->tx->txid);
        peer.known_txs.insert(name);
        message.items.push_back(
            wire::inv_item(peer.wtxid_relay ? wire::InvType::kWtx : wire::InvType::kTx, name.view()));
        if (message.items.size() == wire::kMaxInventory) flush();
    }
    flush();
}

// What we give to a peer that asks. Not what we are still to announce to it: it could only know of that by spying.
TxRef Engine::Impl::relayable(const Peer& peer, const wire::InvItem& item) const {
    // The last block took some out of the pool after they were announced.
    const auto mined = latest_txs.find(item.hash);
    if (mined != latest_txs.end()) return mined->second;
    Wtxid wtxid = Wtxid::from(item.hash);
    if (!item.is(wire::InvType::kWtx)) {
        const auto at = pool_txids.find(Txid::from(item.hash));
        if (at == pool_txids.end()) return nullptr;
        wtxid = at->second;
    }
    const auto at = pool.find(wtxid);
    if (at == pool.end() || peer.tx_queue.contains({at->second.sequence, wtxid})) return nullptr;
    return at->second.relay.tx;
}

void Engine::Impl::tick_fee_filter(Peer& peer) {
    using net::ConnectionKind;
    const bool none = peer.info.kind == ConnectionKind::kBlockRelay || peer.info.kind == ConnectionKind::kFeeler ||
                      peer.info.permissions.force_relay;
    if (peer.version < wire::kFeeFilterVersion || options.blocks_only || none || !peer.is_ready) return;
    const bool behind = needs.chain.tip().initial_download;
    const int64_t rate =
        behind ? kMaxMoney.sat : std::max(rounded(needs.mempool.min_fee_rate()), options.min_relay_fee);
    if (rate == peer.fee_filter_sent) return;
    // The end of the catching up is told at once; other changes wait for their turn.
    const bool caught_up = !behind && peer.fee_filter_sent == kMaxMoney.sat;
    if (!caught_up && now() < peer.next_fee_filter) return;
    peer.next_fee_filter = now() + random_delay(kFeeFilterInterval);
    peer.fee_filter_sent = rate;
    send(peer, wire::FeeFilter{rate});
}

}  // namespace sluice::sync
