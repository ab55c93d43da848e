// Version, verack, and the ping that tells whether a peer is alive.
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr std::chrono::minutes kPingInterval{2};
constexpr std::chrono::minutes kPingTimeout{20};
}  // namespace

void Engine::Impl::send_version(Peer& peer) {
    wire::Version version;
    version.services = kLocalServices;
    version.time = needs.clock.unix_time();
    version.receiver = peer.info.address;
    version.nonce = peer.nonce;
    version.user_agent = options.user_agent;
    version.start_height = static_cast<int32_t>(needs.chain.tip().height);
    version.relay = !options.blocks_only && peer.info.kind != net::ConnectionKind::kBlockRelay &&
                    peer.info.kind != net::ConnectionKind::kFeeler;
    peer.version_sent = true;
    send(peer, version);
}

void Engine::Impl::on_version(Peer& peer, const wire::Version& message) {
    if (peer.has_version) return;
    if (peer.info.kind == net::ConnectionKind::kInbound) {
        // Our own version coming back: we dialled ourselves.
        for (const auto& [id, other] : peers) {
            if (net::is_outbound(other.info.kind) && other.version_sent && !other.is_ready &&
                other.nonce == message.nonce) {
                return drop(peer, "connected to ourselves");
            }
        }
    }
    if (message.version < wire::kMinProtocolVersion) return drop(peer, "obsolete protocol version");
    const bool chosen =
        peer.info.kind == net::ConnectionKind::kOutbound || peer.info.kind == net::ConnectionKind::kBlockRelay;
    const bool has_blocks = (message.services & (wire::kNodeNetwork | wire::kNodeNetworkLimited)) != 0;
    if (chosen && (!has_blocks || (message.services & wire::kNodeWitness) == 0)) {
        return drop(peer, "does not offer the services that we need");
    }
    peer.has_version = true;
    peer.version = std::min(message.version, wire::kProtocolVersion);
    peer.services = message.services;
    for (const char c : message.user_agent) {
        const bool printable = c >= 0x20 && c < 0x7f;
        if (printable) peer.user_agent.push_back(c);
    }
    peer.starting_height = message.start_height;
    peer.time_offset = message.time - needs.clock.unix_time();
    peer.wants_transactions = message.relay && peer.info.kind != net::ConnectionKind::kBlockRelay;
    if (!peer.version_sent) send_version(peer);
    if (peer.version >= wire::kWtxidRelayVersion) {
        send(peer, wire::WtxidRelay{});
        send(peer, wire::SendAddrV2{});
    }
    send(peer, wire::Verack{});
}

void Engine::Impl::on_verack(Peer& peer) {
    if (peer.is_ready) return;
    peer.is_ready = true;
    log_info("sync", "peer {}: {} {} version {} height {}", peer.info.id, net::to_string(peer.info.kind),
             peer.user_agent, peer.version, peer.starting_height);
    needs.transport.established(peer.info.id, peer.services);
    if (peer.info.kind == net::ConnectionKind::kFeeler) return drop(peer, "is alive, which is what we wanted to know");
    if (peer.version >= wire::kSendHeadersVersion) send(peer, wire::SendHeaders{});
    if (peer.version >= wire::kCompactBlocksVersion) send(peer, wire::SendCmpct{false, 2});
    peer.next_ping = now();
    peer.next_announce = now() + random_delay(std::chrono::seconds(2));
    begin_address_relay(peer);
    tick_ping(peer);
    tick_fee_filter(peer);
    // The transactions of the pool, unless we are about to learn which of them are confirmed.
    if (relays_to(peer)) {
        for (const auto& [wtxid, pooled] : pool) peer.tx_queue.insert({pooled.sequence, wtxid});
    }
    start_header_sync();
}

void Engine::Impl::send_ping(Peer& peer) {
    peer.ping_nonce = needs.random(UINT64_MAX);
    peer.ping_sent = now();
    peer.next_ping = now() + kPingInterval;
    send(peer, wire::Ping{*peer.ping_nonce});
}

void Engine::Impl::on_pong(Peer& peer, uint64_t nonce) {
    if (peer.ping_nonce != nonce) return;
    peer.ping_nonce.reset();
    peer.ping_time = now() - peer.ping_sent;
    peer.min_ping = peer.min_ping ? std::min(*peer.min_ping, *peer.ping_time) : *peer.ping_time;
}

void Engine::Impl::tick_ping(Peer& peer) {
    if (peer.ping_nonce && now() - peer.ping_sent > kPingTimeout) return drop(peer, "does not answer pings");
    if (!peer.ping_nonce && now() >= peer.next_ping) send_ping(peer);
}

}  // namespace sluice::sync
