#include "p2p/net/connections.h"

#include "p2p/net/detail/connections_impl.h"
#include "util/check.h"
#include "util/log.h"
#include "util/random.h"

namespace sluice::net {

using detail::Connection;
using detail::ConnectionState;

namespace {
constexpr std::chrono::milliseconds kTick{250};
constexpr size_t kReadStep = 64 * 1024;  // bytes of one peer before the others have their turn
constexpr std::chrono::minutes kSaveInterval{15};
}  // namespace

const char* to_string(ConnectionKind kind) {
    switch (kind) {
        case ConnectionKind::kInbound: return "inbound";
        case ConnectionKind::kOutbound: return "outbound-full-relay";
        case ConnectionKind::kBlockRelay: return "block-relay-only";
        case ConnectionKind::kManual: return "manual";
        case ConnectionKind::kFeeler: return "feeler";
        case ConnectionKind::kAddrFetch: return "addr-fetch";
    }
    return "inbound";
}

Connections::Impl::Impl(runtime::EventLoop& event_loop, NetOptions net_options, const Clock& wall_clock,
                        storage::Db* database)
    : loop(event_loop), options(std::move(net_options)), clock(wall_clock), db(database) {
    active = options.network_active;
    book = std::make_unique<AddressBook>(AddressBook::Key{random_u64(), random_u64()}, random_below);
}

Connections::Impl::~Impl() { stop_listening(); }

Connection* Connections::Impl::find(PeerId id) const {
    const auto at = connections.find(id);
    return at == connections.end() ? nullptr : at->second.get();
}

void Connections::Impl::later(std::function<void()> task) {
    loop.post([weak = std::weak_ptr<int>(alive), task = std::move(task)] {
        if (!weak.expired()) task();
    });
}

void Connections::Impl::announce(Connection& connection) {
    connection.was_announced = true;
    connection.last_activity = clock.timer();
    log_debug("net", "Added connection peer={}: {} {}", connection.stats.info.id, to_string(connection.stats.info.kind),
              connection.stats.info.address.to_string());
    handler->connected(connection.stats.info);
}

void Connections::Impl::on_open(Connection& connection) { announce(connection); }

void Connections::Impl::on_bytes(Connection& connection) {
    const PeerId id = connection.stats.info.id;
    connection.last_activity = clock.timer();
    connection.stats.last_received = clock.unix_time();
    auto frames = connection.read(kReadStep);
    for (const std::string& complaint : connection.complaints()) log_debug("net", "{}, peer={}", complaint, id);
    if (!frames) return close(connection, wire::to_string(frames.error()));
    for (wire::Frame& frame : *frames) {
        if (connection.state != ConnectionState::kOpen) return;
        connection.stats.received_per_command[frame.command] += wire::kFrameHeaderSize + frame.payload.size();
        handler->received(id, std::move(frame));
    }
    if (connection.state == ConnectionState::kOpen && connection.is_reading && connection.unread() > 0) {
        later([this, id] {
            Connection* again = find(id);
            if (again != nullptr && again->state == ConnectionState::kOpen && again->is_reading) on_bytes(*again);
        });
    }
}

void Connections::Impl::on_drained(Connection& connection) {
    connection.last_activity = clock.timer();
    if (!connection.was_full) return;
    connection.was_full = false;
    handler->writable(connection.stats.info.id);
}

void Connections::Impl::on_closed(Connection& connection, std::string_view why) { close(connection, why); }

void Connections::Impl::close(Connection& connection, std::string_view why) {
    if (connection.state != ConnectionState::kClosing) {
        log_debug("net", "{}, disconnecting peer={}", why, connection.stats.info.id);
    }
    connection.close();
    if (reap_posted) return;
    reap_posted = true;
    later([this] { reap(); });
}

void Connections::Impl::reap() {
    reap_posted = false;
    for (auto at = connections.begin(); at != connections.end();) {
        if (at->second->state != ConnectionState::kClosing) {
            ++at;
            continue;
        }
        const std::unique_ptr<Connection> gone = std::move(at->second);
        at = connections.erase(at);
        closed_totals.bytes_sent += gone->stats.bytes_sent;
        closed_totals.bytes_received += gone->stats.bytes_received;
        if (gone->stats.info.kind == ConnectionKind::kManual) dialer.ended(gone->stats.info.name, clock.steady());
        if (gone->is_established) book->seen(gone->stats.info.address, clock.unix_time());
        if (gone->was_announced) handler->disconnected(gone->stats.info.id);
    }
}

std::string Connections::Impl::unfinished_handshake(const ConnectionStats& stats) const {
    if (stats.last_received != 0 && stats.last_send != 0) return "version handshake timeout";
    std::string out = "socket no message in first " + std::to_string(options.handshake_timeout.count()) + " seconds";
    if (stats.last_received == 0) out += ", never received from peer";
    if (stats.last_send == 0) out += ", never sent to peer";
    return out;
}

void Connections::Impl::check_timeouts() {
    const SteadyTime now = clock.timer();
    for (const auto& [id, connection] : connections) {
        if (connection->state == ConnectionState::kClosing) {
            close(*connection, "");
        } else if (connection->state == ConnectionState::kConnecting) {
            if (clock.steady() - connection->dialled > options.connect_timeout) close(*connection, "no answer");
        } else if (!connection->is_established) {
            if (now - connection->opened > options.handshake_timeout)
                close(*connection, unfinished_handshake(connection->stats));
        } else if (now - connection->opened > options.handshake_timeout &&
                   now - connection->last_activity > options.inactivity_timeout) {
            close(*connection, "silent for too long");
        }
    }
}

void Connections::Impl::close_where(const std::function<bool(const Connection&)>& matches, std::string_view why) {
    for (const auto& [id, connection] : connections) {
        if (connection->state != ConnectionState::kClosing && matches(*connection)) close(*connection, why);
    }
}

Permissions Connections::Impl::granted(const wire::NetAddress& address, bool inbound) const {
    Permissions out;
    for (const TrustedSubnet& trusted : options.whitelist) {
        if ((inbound ? trusted.inbound : trusted.outbound) && trusted.subnet.contains(address))
            out |= trusted.permissions;
    }
    return out;
}

void Connections::Impl::load() {
    if (db == nullptr) return;
    const auto kept_book = db->get(as_bytes("addresses"));
    if (kept_book && *kept_book) {
        if (auto loaded = AddressBook::load(**kept_book, random_below)) {
            *book = std::move(*loaded);  // others hold a reference to the book
        } else {
            log_warning("net", "the address book is damaged and was dropped");
        }
    }
    if (keep_bans) return;
    const auto kept_bans = db->get(as_bytes("bans"));
    if (kept_bans && *kept_bans && !bans.load(**kept_bans, clock.unix_time())) {
        log_warning("net", "the list of bans is damaged and was dropped");
    }
}

void Connections::Impl::save(storage::Sync sync) {
    if (db == nullptr) return;
    storage::Batch batch;
    batch.put(as_bytes("addresses"), book->save());
    if (!keep_bans) batch.put(as_bytes("bans"), bans.save());
    if (const Status written = db->write(batch, sync); !written) {
        log_warning("net", "cannot keep the address book: {}", written.error().message);
    }
}

void Connections::Impl::bans_changed() {
    if (keep_bans) return keep_bans(bans.list(clock.unix_time()));
    save(storage::Sync::kSynced);
}

void Connections::keep_bans(const std::vector<Ban>& kept, KeepBans keep) {
    CHECK(!impl_->running);
    impl_->bans.restore(kept, impl_->clock.unix_time());
    impl_->keep_bans = std::move(keep);
}

Connections::Connections(runtime::EventLoop& loop, NetOptions options, const Clock& clock, storage::Db* db)
    : impl_(std::make_unique<Impl>(loop, std::move(options), clock, db)) {}

Connections::~Connections() { stop(); }

Status Connections::start(PeerHandler& handler) {
    CHECK(!impl_->running);
    impl_->handler = &handler;
    impl_->load();
    TRY_VOID(impl_->listen_all());
    for (const std::string& name : impl_->options.connect) impl_->dialer.add(name);
    for (const std::string& name : impl_->options.add_nodes) impl_->dialer.add(name);
    impl_->running = true;
    impl_->next_save = impl_->clock.steady() + kSaveInterval;
    impl_->tick = impl_->loop.every(kTick, [this] {
        impl_->check_timeouts();
        impl_->dial_due();
        if (impl_->clock.steady() < impl_->next_save) return;
        impl_->next_save = impl_->clock.steady() + kSaveInterval;
        impl_->save(storage::Sync::kBuffered);
    });
    impl_->later([this] { impl_->dial_due(); });
    return {};
}

void Connections::stop() {
    if (!impl_->running) return;
    impl_->running = false;
    impl_->alive.reset();
    impl_->tick.reset();
    impl_->stop_listening();
    impl_->resolver.reset();
    impl_->connections.clear();
    impl_->save(storage::Sync::kSynced);
}

void Connections::send(PeerId peer, std::string_view command, ByteView payload) {
    Connection* connection = impl_->find(peer);
    if (connection == nullptr || connection->state != ConnectionState::kOpen) return;
    connection->write(command, payload);
    connection->stats.last_send = impl_->clock.unix_time();
    const size_t unsent = connection->unsent();
    if (unsent > impl_->options.send_soft_limit) connection->was_full = true;
    if (unsent > impl_->options.send_hard_limit) impl_->close(*connection, "does not read what it asked for");
}

void Connections::disconnect(PeerId peer, std::string_view why) {
    if (Connection* connection = impl_->find(peer)) impl_->close(*connection, why);
}

void Connections::discourage(PeerId peer, std::string_view why) {
    Connection* connection = impl_->find(peer);
    if (connection == nullptr) return;
    const PeerInfo& info = connection->stats.info;
    log_info("net", "peer {} ({}) misbehaves: {}", info.id, info.address.to_string(), why);
    if (info.protected_from_bans) return;
    // A host of our own may carry many peers: the connection ends, the address stays welcome.
    if (!info.address.is_local()) impl_->bans.discourage(info.address);
    impl_->close(*connection, why);
}

void Connections::established(PeerId peer, uint64_t services) {
    Connection* connection = impl_->find(peer);
    if (connection == nullptr) return;
    connection->is_established = true;
    const PeerInfo& info = connection->stats.info;
    if (info.kind == ConnectionKind::kManual) impl_->dialer.succeeded(info.name);
    if (is_outbound(info.kind)) impl_->book->proven(info.address, services, impl_->clock.unix_time());
}

bool Connections::send_full(PeerId peer) const {
    const Connection* connection = impl_->find(peer);
    return connection != nullptr && connection->was_full;
}

void Connections::set_reading(PeerId peer, bool on) {
    if (Connection* connection = impl_->find(peer)) connection->set_reading(on);
}

bool Connections::add_node(const std::string& name) {
    const bool added = impl_->dialer.add(name);
    if (added) impl_->later([impl = impl_.get()] { impl->dial_due(); });
    return added;
}
bool Connections::remove_node(const std::string& name) { return impl_->dialer.remove(name); }
void Connections::try_once(const std::string& name) { impl_->dial_named(name, ConnectionKind::kManual); }

bool Connections::open(const std::string& name, ConnectionKind kind) {
    const size_t most = kind == ConnectionKind::kOutbound     ? kMaxFullOutbound
                        : kind == ConnectionKind::kBlockRelay ? kMaxBlockRelay
                                                              : SIZE_MAX;
    if (impl_->count_of(kind) >= std::min(most, impl_->options.max_connections)) return false;
    impl_->dial_named(name, kind);
    return true;
}

bool Connections::is_open(PeerId peer) const {
    const Connection* connection = impl_->find(peer);
    return connection != nullptr && connection->state == ConnectionState::kOpen;
}

std::vector<AddedNode> Connections::added_nodes() const {
    std::vector<AddedNode> out;
    for (const std::string& name : impl_->dialer.names()) {
        AddedNode node{name, std::nullopt, false};
        for (const auto& [id, connection] : impl_->connections) {
            const PeerInfo& info = connection->stats.info;
            if (connection->state != ConnectionState::kOpen || (info.name != name && info.address.to_string() != name))
                continue;
            node.connected_to = info.address;
            node.inbound = info.kind == ConnectionKind::kInbound;
        }
        out.push_back(std::move(node));
    }
    return out;
}

bool Connections::disconnect_by_address(std::string_view address) {
    bool found = false;
    for (const auto& [id, connection] : impl_->connections) {
        const PeerInfo& info = connection->stats.info;
        if (info.name != address && info.address.to_string() != address) continue;
        impl_->close(*connection, "asked to disconnect");
        found = true;
    }
    return found;
}

bool Connections::disconnect_by_id(PeerId peer) {
    Connection* connection = impl_->find(peer);
    if (connection == nullptr) return false;
    impl_->close(*connection, "asked to disconnect");
    return true;
}

void Connections::ban(const Subnet& subnet, int64_t until) {
    impl_->bans.ban(subnet, impl_->clock.unix_time(), until);
    impl_->close_where([&](const Connection& c) { return subnet.contains(c.stats.info.address); }, "banned");
    impl_->bans_changed();
}

bool Connections::unban(const Subnet& subnet) {
    const bool was = impl_->bans.unban(subnet);
    impl_->bans_changed();
    return was;
}

void Connections::clear_bans() {
    impl_->bans.clear();
    impl_->bans_changed();
}

const BanList& Connections::bans() const { return impl_->bans; }

void Connections::set_network_active(bool active) {
    impl_->active = active;
    if (!active) impl_->close_where([](const Connection&) { return true; }, "network switched off");
}
bool Connections::network_active() const { return impl_->active; }

AddressBook& Connections::addresses() { return *impl_->book; }

std::vector<ConnectionStats> Connections::stats() const {
    std::vector<ConnectionStats> out;
    for (const auto& [id, connection] : impl_->connections) {
        if (!connection->was_announced || connection->state != ConnectionState::kOpen) continue;
        ConnectionStats stats = connection->stats;
        uint64_t named = 0;
        for (const auto& [command, bytes] : stats.received_per_command) named += bytes;
        if (stats.bytes_received > named) stats.received_per_command["*other*"] = stats.bytes_received - named;
        out.push_back(std::move(stats));
    }
    return out;
}

size_t Connections::count() const {
    return static_cast<size_t>(std::ranges::count_if(impl_->connections, [](const auto& c) {
        return c.second->was_announced && c.second->state == ConnectionState::kOpen;
    }));
}

NetTotals Connections::totals() const {
    NetTotals out = impl_->closed_totals;
    for (const auto& [id, connection] : impl_->connections) {
        out.bytes_sent += connection->stats.bytes_sent;
        out.bytes_received += connection->stats.bytes_received;
    }
    return out;
}

const std::vector<wire::NetAddress>& Connections::external() const { return impl_->options.external; }
const std::vector<wire::NetAddress>& Connections::listening() const { return impl_->listening; }
const NetOptions& Connections::options() const { return impl_->options; }

}  // namespace sluice::net
