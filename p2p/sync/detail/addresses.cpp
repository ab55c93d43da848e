// Addresses of peers: what strangers tell us goes into the address book at a limited rate; fresh ones are passed on to
// two peers.
#include <algorithm>

#include "crypto/hash.h"
#include "p2p/sync/detail/engine_impl.h"
#include "util/log.h"

namespace sluice::sync {
namespace {
constexpr double kTokensPerSecond = 0.1;
constexpr double kMaxTokens = 1000;
constexpr int64_t kPenalty = 2 * 60 * 60;  // seconds taken off what a stranger claims
constexpr int64_t kFresh = 10 * 60;        // seconds: younger ones are passed on
constexpr size_t kPassedOnFrom = 10;       // entries: larger messages answer a getaddr and are not passed on
constexpr size_t kSamplePercent = 23;
constexpr std::chrono::seconds kSendInterval{30};
constexpr std::chrono::hours kSelfInterval{24};
constexpr std::chrono::hours kCacheLife{24};
constexpr std::chrono::minutes kYoungCacheLife{1};  // while the book is nearly empty
constexpr size_t kWorthCaching = 100;
// The first few, for the log.
std::string listed(const std::vector<wire::PeerAddress>& addresses) {
    std::string out;
    for (size_t i = 0; i < addresses.size() && i < 3; ++i) {
        if (i > 0) out += ", ";
        out += addresses[i].address.to_string();
    }
    if (addresses.size() > 3) out += ", ...";
    return out;
}

}  // namespace

void Engine::Impl::begin_address_relay(Peer& peer) {
    using net::ConnectionKind;
    // A block-relay connection is to stay hidden. Inbound peers take part once they show that they want to.
    if (peer.info.kind == ConnectionKind::kBlockRelay || peer.info.kind == ConnectionKind::kInbound) return;
    peer.relays_addresses = true;
    peer.getaddr_sent = true;
    peer.address_tokens += kMaxTokens;
    send(peer, wire::GetAddr{});
    peer.next_addresses = now() + random_delay(kSendInterval);
    peer.next_self_announcement = now();
}

void Engine::Impl::on_addresses(Peer& peer, const std::vector<wire::PeerAddress>& addresses) {
    if (peer.info.kind == net::ConnectionKind::kBlockRelay) return;
    peer.relays_addresses = true;
    const double elapsed = std::chrono::duration<double>(now() - peer.address_tokens_at).count();
    if (peer.address_tokens < kMaxTokens)
        peer.address_tokens = std::min(kMaxTokens, peer.address_tokens + elapsed * kTokensPerSecond);
    peer.address_tokens_at = now();
    const int64_t unix_now = needs.clock.unix_time();
    std::vector<wire::PeerAddress> accepted;
    for (wire::PeerAddress address : addresses) {
        if (!peer.info.permissions.address && peer.address_tokens < 1) {
            ++peer.addresses_limited;
            continue;
        }
        peer.address_tokens = std::max(0.0, peer.address_tokens - 1);
        if (address.address.network == wire::Network::kNone) continue;
        ++peer.addresses_processed;
        if (address.time <= 100'000'000 || address.time > unix_now + 600)
            address.time = static_cast<uint32_t>(unix_now - 5 * 24 * 3600);
        peer.known_addresses.insert(address.address);
        const bool fresh = address.time > unix_now - kFresh;
        if (fresh && !peer.getaddr_sent && addresses.size() <= kPassedOnFrom && address.address.is_routable()) {
            relay_address(address, peer.info.id);
        }
        // We pass on what we cannot dial ourselves, but do not keep it.
        if (address.address.network != wire::Network::kI2p) accepted.push_back(address);
    }
    const size_t added = needs.addresses.add(accepted, peer.info.address, unix_now, kPenalty);
    if (added > 0) {
        log_debug("addrman", "Added {} addresses (of {}) from {}: {}", added, accepted.size(),
                  peer.info.address.to_string(), listed(accepted));
    }
    if (addresses.size() < wire::kMaxAddresses) peer.getaddr_sent = false;
    if (peer.info.kind == net::ConnectionKind::kAddrFetch && addresses.size() > 1)
        drop(peer, "gave the addresses that it was asked for");
}

// To two peers, the same two for a day: repeating an announcement does not spread it further.
void Engine::Impl::relay_address(const wire::PeerAddress& address, net::PeerId from) {
    const auto day = static_cast<uint64_t>(needs.clock.unix_time() / (24 * 3600));
    ByteWriter name;
    wire::describe_bip155(name, address.address);
    std::vector<std::pair<uint64_t, Peer*>> candidates;
    for (auto& [id, peer] : peers) {
        if (id == from || !peer.is_ready || peer.leaving || !peer.relays_addresses) continue;
        candidates.emplace_back(siphash24(peer.nonce, day, name.bytes()), &peer);
    }
    std::ranges::sort(candidates, {}, &std::pair<uint64_t, Peer*>::first);
    for (size_t i = 0; i < candidates.size() && i < 2; ++i) queue_address(*candidates[i].second, address);
}

void Engine::Impl::queue_address(Peer& peer, const wire::PeerAddress& address) {
    using wire::Network;
    const bool legacy = address.address.network == Network::kIpv4 || address.address.network == Network::kIpv6;
    if (!peer.wants_addrv2 && !legacy) return;
    if (!peer.known_addresses.insert(address.address)) return;
    if (peer.addresses_to_send.size() < wire::kMaxAddresses) peer.addresses_to_send.push_back(address);
}

void Engine::Impl::on_getaddr(Peer& peer) {
    // Outbound peers could use the answer to recognise us by our book.
    if (peer.info.kind != net::ConnectionKind::kInbound) {
        return log_debug("net", "Ignoring \"getaddr\" from {} connection. peer={}", net::to_string(peer.info.kind),
                         peer.info.id);
    }
    if (peer.getaddr_answered) return log_debug("net", "Ignoring repeated \"getaddr\". peer={}", peer.info.id);
    peer.getaddr_answered = true;
    peer.relays_addresses = true;
    if (peer.info.permissions.address) {
        peer.addresses_to_send.clear();
        for (const wire::PeerAddress& address :
             needs.addresses.sample(wire::kMaxAddresses, kSamplePercent, needs.clock.unix_time()))
            queue_address(peer, address);
        peer.next_addresses = now();
        return;
    }
    if (now() >= getaddr_cache_until) {
        // One answer for a day: many questions do not reveal when we learnt what.
        getaddr_cache = needs.addresses.sample(wire::kMaxAddresses, kSamplePercent, needs.clock.unix_time());
        getaddr_cache_until =
            now() + (getaddr_cache.size() >= kWorthCaching ? std::chrono::minutes(kCacheLife) : kYoungCacheLife);
    }
    peer.addresses_to_send.clear();
    for (const wire::PeerAddress& address : getaddr_cache) queue_address(peer, address);
    peer.next_addresses = now();
}

void Engine::Impl::tick_addresses(Peer& peer) {
    if (!peer.relays_addresses) return;
    const SteadyTime t = now();
    if (t >= peer.next_self_announcement && options.port != 0 && !needs.chain.tip().initial_download) {
        peer.next_self_announcement = t + random_delay(kSelfInterval);
        for (const wire::NetAddress& own : options.external) {
            queue_address(peer, {static_cast<uint32_t>(needs.clock.unix_time()), kLocalServices, own});
        }
    }
    if (peer.addresses_to_send.empty() || t < peer.next_addresses) return;
    peer.next_addresses = t + random_delay(kSendInterval);
    std::vector<wire::PeerAddress> batch = std::move(peer.addresses_to_send);
    peer.addresses_to_send.clear();
    if (peer.wants_addrv2) {
        send(peer, wire::AddrV2{std::move(batch)});
    } else {
        send(peer, wire::Addr{std::move(batch)});
    }
}

}  // namespace sluice::sync
