// Version, verack, and the ping that tells whether a peer is alive.
#include <cstdio>

#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr std::chrono::minutes kPingInterval{2};
constexpr std::chrono::minutes kPingTimeout{20};
}  // namespace

// A node with the last blocks only will do while we are close to the tip ourselves.
uint64_t Engine::Impl::desirable_services(uint64_t offered) const {
    constexpr uint32_t kLimitedSpacings = 144;
    const bool limited =
        (offered & wire::kNodeNetworkLimited) != 0 &&
        int64_t{needs.chain.tip().time} > needs.clock.unix_time() - int64_t{options.block_spacing} * kLimitedSpacings;
    return wire::kNodeWitness | (limited ? wire::kNodeNetworkLimited : wire::kNodeNetwork);
}

void Engine::Impl::send_version(Peer& peer) {
    wire::Version version;
    version.services = kLocalServices;
    version.time = needs.clock.unix_time();
    version.receiver = peer.info.address;
    version.nonce = peer.nonce;
    version.user_agent = options.user_agent;
    version.start_height = static_cast<int32_t>(needs.chain.tip().height);
    version.relay = !refuses_transactions(peer);
    peer.version_sent = true;
    send(peer, version);
}

void Engine::Impl::on_version(Peer& peer, const wire::Version& message) {
    if (peer.has_version) return log_debug("net", "redundant version message from peer={}", peer.info.id);
    if (peer.info.kind == net::ConnectionKind::kInbound) {
        // Our own version coming back: we dialled ourselves.
        for (const auto& [id, other] : peers) {
            if (net::is_outbound(other.info.kind) && other.version_sent && !other.is_ready &&
                other.nonce == message.nonce) {
                return drop(peer, "connected to self");
            }
        }
    }
    if (message.version < wire::kMinProtocolVersion)
        return drop(peer, "using obsolete version " + std::to_string(message.version));
    const bool chosen = peer.info.kind == net::ConnectionKind::kOutbound ||
                        peer.info.kind == net::ConnectionKind::kBlockRelay ||
                        peer.info.kind == net::ConnectionKind::kAddrFetch;
    const uint64_t expected = desirable_services(message.services);
    if (chosen && (message.services & expected) != expected) {
        char text[96];
        std::snprintf(text, sizeof(text), "does not offer the expected services (%08llx offered, %08llx expected)",
                      static_cast<unsigned long long>(message.services), static_cast<unsigned long long>(expected));
        return drop(peer, text);
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
    if (peer.info.kind == net::ConnectionKind::kFeeler) {
        // It is alive, which is all that we wanted to know.
        needs.transport.established(peer.info.id, peer.services);
        drop(peer, "feeler connection completed");
    }
}

void Engine::Impl::on_verack(Peer& peer) {
    if (peer.is_ready) return;
    peer.is_ready = true;
    log_info("sync", "peer {}: {} {} version {} height {}", peer.info.id, net::to_string(peer.info.kind),
             peer.user_agent, peer.version, peer.starting_height);
    needs.transport.established(peer.info.id, peer.services);
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

void Engine::Impl::on_pong(Peer& peer, std::optional<uint64_t> nonce) {
    const char* problem = !nonce                       ? "Short payload"
                          : !peer.ping_nonce           ? "Unsolicited pong without ping"
                          : *nonce == *peer.ping_nonce ? nullptr
                          : *nonce == 0                ? "Nonce zero"
                                                       : "Nonce mismatch";
    if (problem != nullptr) {
        log_debug("net", "pong peer={}: {}, {:x} expected, {:x} received, {} bytes", peer.info.id, problem,
                  peer.ping_nonce.value_or(0), nonce.value_or(0), nonce ? 8 : 0);
        // Another implementation's mistake: that ping will not be answered better.
        if (!nonce || *nonce == 0) peer.ping_nonce.reset();
        return;
    }
    peer.ping_nonce.reset();
    peer.ping_time = now() - peer.ping_sent;
    peer.min_ping = peer.min_ping ? std::min(*peer.min_ping, *peer.ping_time) : *peer.ping_time;
}

void Engine::Impl::tick_ping(Peer& peer) {
    const bool is_new = needs.clock.unix_time() - peer.info.connected_at < options.peer_timeout;
    if (!is_new && peer.ping_nonce && now() - peer.ping_sent > kPingTimeout) {
        const std::chrono::duration<double> waited = now() - peer.ping_sent;
        return drop(peer, "ping timeout: " + std::to_string(waited.count()) + "s");
    }
    if (!peer.ping_nonce && now() >= peer.next_ping) send_ping(peer);
}

}  // namespace sluice::sync
