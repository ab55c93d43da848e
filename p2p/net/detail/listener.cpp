// Listening, and who is let in.
#include <event2/event.h>
#include <unistd.h>

#include "p2p/net/detail/connections_impl.h"
#include "p2p/net/detail/socket_address.h"
#include "util/log.h"

namespace sluice::net {

using detail::Connection;
using detail::ConnectionState;

namespace {
constexpr size_t kHandshakesPerHost = 8;  // of a host that is not this machine
constexpr size_t kProtectedByAge = 8;     // inbound peers that stay because they have been here longest
}  // namespace

Status Connections::Impl::listen_on(const wire::NetAddress& address) {
    const auto socket = detail::to_socket(address);
    if (!socket) return fail("Cannot listen on " + address.to_string());
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
    if (address.network == wire::Network::kIpv6) flags |= LEV_OPT_BIND_IPV6ONLY;
    evconnlistener* listener = evconnlistener_new_bind(
        loop.base(),
        [](evconnlistener*, evutil_socket_t fd, sockaddr* from, int, void* self) {
            static_cast<Impl*>(self)->accept(fd, detail::from_socket(from));
        },
        this, flags, 128, socket->get(), static_cast<int>(socket->size));
    if (listener == nullptr) {
        return fail("Unable to bind to " + address.to_string() +
                    " on this computer. Sluice is probably already running.");
    }
    listeners.push_back(listener);
    listening.push_back(detail::local_address(evconnlistener_get_fd(listener)));
    return {};
}

Status Connections::Impl::listen_all() {
    if (!options.listen) return {};
    for (const wire::NetAddress& address : options.binds) TRY_VOID(listen_on(address));
    for (const TrustedBind& bind : options.trusted_binds) TRY_VOID(listen_on(bind.address));
    if (options.binds.empty() && options.trusted_binds.empty()) {
        TRY_VOID(listen_on(*wire::parse_ip("0.0.0.0", options.default_port)));
        const Status v6 = listen_on(*wire::parse_ip("::", options.default_port));
        if (!v6) log_debug("net", "no IPv6: {}", v6.error().message);
    }
    for (const wire::NetAddress& address : listening) log_info("net", "listening on {}", address.to_string());
    return {};
}

void Connections::Impl::stop_listening() {
    for (evconnlistener* listener : listeners) evconnlistener_free(listener);
    listeners.clear();
    listening.clear();
}

void Connections::Impl::accept(int fd, const wire::NetAddress& from) {
    const wire::NetAddress local = detail::local_address(fd);
    Permissions permissions = granted(from, true);
    for (const TrustedBind& bind : options.trusted_binds) {
        if (bind.address == local) permissions |= bind.permissions;
    }
    const bool trusted = permissions.no_ban;
    const auto refuse = [&](const char* why) {
        log_debug("net", "connection from {} dropped ({})", from.to_string(), why);
        ::close(fd);
    };
    if (!running || !active) return refuse("not running");
    if (!trusted && bans.is_banned(from, clock.unix_time())) return refuse("banned");
    size_t inbound = 0;
    size_t handshakes = 0;
    for (const auto& [id, connection] : connections) {
        if (connection->stats.info.kind != ConnectionKind::kInbound || connection->state != ConnectionState::kOpen)
            continue;
        ++inbound;
        if (!connection->is_established && connection->stats.info.address.same_host(from)) ++handshakes;
    }
    if (handshakes >= kHandshakesPerHost && !from.is_local() && !trusted)
        return refuse("too many unfinished handshakes");
    const size_t most = options.max_connections > kReservedOutbound ? options.max_connections - kReservedOutbound : 0;
    if (bans.is_discouraged(from) && !trusted && inbound + 1 >= most) return refuse("discouraged");
    if (inbound >= most && !make_room_for_inbound()) return refuse("full");

    evutil_make_socket_nonblocking(fd);
    PeerInfo info;
    info.id = next_id++;
    info.kind = ConnectionKind::kInbound;
    info.address = from;
    info.local = local;
    info.name = from.to_string();
    info.connected_at = clock.unix_time();
    info.permissions = permissions;
    info.protected_from_bans = trusted;
    auto connection = std::make_unique<Connection>(*this, loop.base(), options, std::move(info), fd);
    connection->opened = clock.timer();
    Connection& placed = *connection;
    connections[placed.stats.info.id] = std::move(connection);
    announce(placed);
}

// The youngest of the neighbourhood with the most connections goes: an attacker competes with itself. The oldest are
// safe.
bool Connections::Impl::make_room_for_inbound() {
    std::vector<Connection*> candidates;
    for (const auto& [id, connection] : connections) {
        const PeerInfo& info = connection->stats.info;
        if (info.kind != ConnectionKind::kInbound || connection->state != ConnectionState::kOpen ||
            info.protected_from_bans)
            continue;
        candidates.push_back(connection.get());  // ascending id: oldest first
    }
    if (candidates.size() <= kProtectedByAge) return false;
    candidates.erase(candidates.begin(), candidates.begin() + kProtectedByAge);
    std::map<Bytes, size_t> crowd;
    for (const Connection* candidate : candidates) ++crowd[candidate->stats.info.address.group()];
    Connection* worst = nullptr;
    size_t worst_crowd = 0;
    for (Connection* candidate : candidates) {
        const size_t size = crowd[candidate->stats.info.address.group()];
        if (size < worst_crowd) continue;
        worst = candidate;
        worst_crowd = size;
    }
    close(*worst, "evicted for another");
    return true;
}

}  // namespace sluice::net
