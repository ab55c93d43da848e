// A pong says that everything which came before its ping has been dealt with, although blocks, transactions and disk
// reads are dealt with elsewhere: peers rely on it, and one that floods us waits for itself.
#include "p2p/sync/detail/engine_impl.h"

namespace sluice::sync {
namespace {
constexpr std::chrono::milliseconds kTickAgain{10};
}  // namespace

Ticket Engine::Impl::begin_work(Peer& peer) {
    const Ticket ticket{peer.info.id, peer.next_ticket++};
    peer.work[ticket.number] = 1;
    return ticket;
}

void Engine::Impl::share_work(const Ticket& ticket) {
    Peer* peer = find(ticket.peer);
    if (peer == nullptr) return;
    const auto at = peer->work.find(ticket.number);
    if (at != peer->work.end()) ++at->second;
}

void Engine::Impl::end_work(const Ticket& ticket) {
    Peer* peer = find(ticket.peer);
    if (peer == nullptr) return;
    const auto at = peer->work.find(ticket.number);
    if (at == peer->work.end() || --at->second > 0) return;
    peer->work.erase(at);
    answer_pings(*peer);
}

// What is due by now is sent before the pong, unless pings come faster than timers need to be looked at.
void Engine::Impl::on_ping(Peer& peer, uint64_t nonce) {
    const bool moved = now() - peer.ticked >= kTickAgain || now() < peer.ticked;
    if (moved || needs.clock.steady() - peer.ticked_steady >= kTickAgain) tick_peer(peer);
    if (peer.leaving) return;
    peer.pings.emplace_back(peer.next_ticket, nonce);
    answer_pings(peer);
}

void Engine::Impl::answer_pings(Peer& peer) {
    const uint64_t done = peer.work.empty() ? peer.next_ticket : peer.work.begin()->first;
    while (!peer.pings.empty() && peer.pings.front().first <= done) {
        const uint64_t nonce = peer.pings.front().second;
        peer.pings.pop_front();
        send(peer, wire::Pong{nonce});
    }
    hold_back(peer);
}

}  // namespace sluice::sync
