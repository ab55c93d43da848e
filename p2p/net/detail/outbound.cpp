// Whom to dial: the nodes that the user named, and peers of our own choice from the address book.
#include "p2p/net/detail/connections_impl.h"
#include "p2p/net/detail/socket_address.h"
#include "p2p/wire/messages.h"
#include "util/log.h"
#include "util/random.h"

namespace sluice::net {

using detail::Connection;
using detail::ConnectionState;

namespace {
constexpr std::chrono::minutes kFeelerInterval{2};
constexpr uint64_t kDesired = wire::kNodeWitness;  // with kNodeNetwork or kNodeNetworkLimited
constexpr int64_t kSeedAge = 3 * 24 * 3600;        // seconds: how old we take a seed's answers to be
}  // namespace

bool Connections::Impl::is_connected(const std::string& name) const {
    return std::ranges::any_of(connections, [&](const auto& c) {
        const PeerInfo& info = c.second->stats.info;
        return c.second->state != ConnectionState::kClosing && is_outbound(info.kind) &&
               (info.name == name || info.address.to_string() == name);
    });
}

size_t Connections::Impl::count_of(ConnectionKind kind) const {
    return static_cast<size_t>(std::ranges::count_if(connections, [kind](const auto& c) {
        return c.second->stats.info.kind == kind && c.second->state != ConnectionState::kClosing;
    }));
}

void Connections::Impl::dial_due() {
    if (!running || !active) return;
    for (const std::string& name :
         dialer.due(clock.steady(), [this](const std::string& n) { return is_connected(n); })) {
        dial_named(name, ConnectionKind::kManual);
    }
    if (options.connect_only) return;
    if (!seeds_asked && (book->size() == 0 || options.force_dns_seed)) ask_seeds();
    dial_from_book();
}

void Connections::Impl::ask_seeds() {
    seeds_asked = true;
    for (const std::string& name : options.seed_nodes) dial_named(name, ConnectionKind::kAddrFetch);
    if (!options.fixed_seeds.empty() && !options.dns_seed && options.seed_nodes.empty()) {
        std::vector<wire::PeerAddress> peers;
        for (const wire::NetAddress& address : options.fixed_seeds) {
            const auto time = static_cast<uint32_t>(clock.unix_time() - kSeedAge);
            peers.push_back({time, wire::kNodeNetwork | wire::kNodeWitness, address});
        }
        // Each as its own source: they are meant to be far apart.
        for (const wire::PeerAddress& peer : peers) book->add({peer}, peer.address, clock.unix_time(), 0);
    }
    if (!options.dns_seed) return;
    if (!resolver) {
        resolver = std::make_unique<runtime::EventLoop>("resolver");
        resolver->start();
    }
    for (const std::string& seed : options.dns_seeds) {
        resolver->post([this, seed, weak = std::weak_ptr<int>(alive), port = options.default_port, &net = loop] {
            const std::vector<wire::NetAddress> found = detail::resolve_blocking(seed, port);
            net.post([this, weak, found] {
                if (weak.expired() || found.empty()) return;
                std::vector<wire::PeerAddress> peers;
                for (const wire::NetAddress& address : found) {
                    const auto time = static_cast<uint32_t>(clock.unix_time() - kSeedAge);
                    peers.push_back({time, wire::kNodeNetwork | wire::kNodeWitness, address});
                }
                book->add(peers, found.front(), clock.unix_time(), 0);
            });
        });
    }
}

void Connections::Impl::dial_named(const std::string& name, ConnectionKind kind) {
    const auto target = wire::split_host_port(name, options.default_port);
    if (!target) return dial_failed(name);
    if (const auto address = wire::parse_ip(target->host, target->port)) return dial(name, *address, kind);
    if (!options.dns_lookup) return dial_failed(name);
    if (!resolver) {
        resolver = std::make_unique<runtime::EventLoop>("resolver");
        resolver->start();
    }
    // The reference to the loop outlives the resolver, which stop() joins first.
    resolver->post(
        [this, name, kind, host = target->host, port = target->port, weak = std::weak_ptr<int>(alive), &net = loop] {
            const std::vector<wire::NetAddress> found = detail::resolve_blocking(host, port);
            net.post([this, name, kind, weak, found] {
                if (weak.expired()) return;
                if (found.empty()) return dial_failed(name);
                dial(name, found[random_below(found.size())], kind);
            });
        });
}

void Connections::Impl::dial_failed(const std::string& name) {
    log_debug("net", "cannot resolve {}", name);
    dialer.ended(name, clock.steady());
}

void Connections::Impl::dial(const std::string& name, const wire::NetAddress& address, ConnectionKind kind) {
    if (!running || !active) return;
    book->attempted(address, clock.unix_time());
    PeerInfo info;
    info.id = next_id++;
    info.kind = kind;
    info.address = address;
    info.name = name;
    info.connected_at = clock.unix_time();
    info.permissions = granted(address, false);
    info.protected_from_bans = kind == ConnectionKind::kManual || info.permissions.no_ban;
    auto connection = std::make_unique<Connection>(*this, loop.base(), options, std::move(info));
    connection->opened = clock.timer();
    connection->dialled = clock.steady();
    Connection& placed = *connection;
    connections[placed.stats.info.id] = std::move(connection);
    if (placed.state == ConnectionState::kClosing) close(placed, "cannot connect");
}

void Connections::Impl::dial_from_book() {
    if (book->size() == 0) return;
    const bool busy = std::ranges::any_of(connections, [](const auto& c) {
        return c.second->state == ConnectionState::kConnecting && c.second->stats.info.kind != ConnectionKind::kManual;
    });
    if (busy) return;
    ConnectionKind kind = ConnectionKind::kFeeler;
    if (count_of(ConnectionKind::kOutbound) < std::min(kMaxFullOutbound, options.max_connections)) {
        kind = ConnectionKind::kOutbound;
    } else if (count_of(ConnectionKind::kBlockRelay) < kMaxBlockRelay && options.max_connections > kReservedOutbound) {
        kind = ConnectionKind::kBlockRelay;
    } else if (clock.steady() < next_feeler) {
        return;
    }
    if (kind == ConnectionKind::kFeeler) next_feeler = clock.steady() + kFeelerInterval;

    std::set<Bytes> groups;
    for (const auto& [id, connection] : connections) {
        if (is_outbound(connection->stats.info.kind)) groups.insert(connection->stats.info.address.group());
    }
    const int64_t now = clock.unix_time();
    const auto acceptable = [&](const wire::PeerAddress& peer) {
        const bool has_blocks = (peer.services & (wire::kNodeNetwork | wire::kNodeNetworkLimited)) != 0;
        if (!detail::to_socket(peer.address) || !has_blocks || (peer.services & kDesired) != kDesired) return false;
        if (!options.only.empty() && !options.only.contains(peer.address.network)) return false;
        if (bans.is_banned(peer.address, now) || bans.is_discouraged(peer.address)) return false;
        if (std::ranges::find(listening, peer.address) != listening.end()) return false;
        return kind == ConnectionKind::kFeeler || !groups.contains(peer.address.group());
    };
    const auto chosen = book->pick(now, acceptable, kind == ConnectionKind::kFeeler);
    if (!chosen) return;
    if (std::ranges::any_of(connections,
                            [&](const auto& c) { return c.second->stats.info.address.same_host(chosen->address); }))
        return;
    dial(chosen->address.to_string(), chosen->address, kind);
}

}  // namespace sluice::net
