// The inside of Connections, shared by the files that implement it. Net loop only.
#pragma once

#include <event2/listener.h>

#include <set>

#include "p2p/net/detail/connection.h"
#include "p2p/net/detail/dialer.h"

namespace sluice::net {

inline constexpr size_t kMaxFullOutbound = 8;
inline constexpr size_t kMaxBlockRelay = 2;
inline constexpr size_t kReservedOutbound = kMaxFullOutbound + kMaxBlockRelay + 1;  // and a feeler

struct Connections::Impl final : detail::ConnectionOwner {
    Impl(runtime::EventLoop& event_loop, NetOptions net_options, const Clock& wall_clock, storage::Db* database);
    ~Impl() override;

    // connections.cpp: life of connections
    void on_open(detail::Connection& connection) override;
    void on_bytes(detail::Connection& connection) override;
    void on_drained(detail::Connection& connection) override;
    void on_closed(detail::Connection& connection, std::string_view why) override;
    void announce(detail::Connection& connection);
    void close(detail::Connection& connection, std::string_view why);
    void reap();
    void check_timeouts();
    [[nodiscard]] std::string unfinished_handshake(const ConnectionStats& stats) const;
    [[nodiscard]] detail::Connection* find(PeerId id) const;
    void close_where(const std::function<bool(const detail::Connection&)>& matches, std::string_view why);

    // listener.cpp
    Status listen_all();
    Status listen_on(const wire::NetAddress& address);
    void accept(int fd, const wire::NetAddress& from);
    bool make_room_for_inbound();
    void stop_listening();

    // outbound.cpp
    void dial_due();
    void dial_named(const std::string& name, ConnectionKind kind);
    void dial(const std::string& name, const wire::NetAddress& address, ConnectionKind kind);
    void dial_from_book();
    void dial_failed(const std::string& name);
    void ask_seeds();
    [[nodiscard]] bool is_connected(const std::string& name) const;
    [[nodiscard]] size_t count_of(ConnectionKind kind) const;

    // What outlives a connection or this object only as a task: checked through `alive`.
    void later(std::function<void()> task);
    void load();
    void save(storage::Sync sync);
    void bans_changed();
    [[nodiscard]] Permissions granted(const wire::NetAddress& address, bool inbound) const;

    runtime::EventLoop& loop;
    NetOptions options;
    const Clock& clock;
    storage::Db* db;
    PeerHandler* handler = nullptr;
    bool running = false;
    bool active = true;
    bool reap_posted = false;
    bool seeds_asked = false;
    PeerId next_id = 0;
    std::map<PeerId, std::unique_ptr<detail::Connection>> connections;
    std::vector<evconnlistener*> listeners;
    std::vector<wire::NetAddress> listening;
    detail::Dialer dialer;
    std::unique_ptr<AddressBook> book;
    BanList bans;
    KeepBans keep_bans;  // null: the database keeps them
    NetTotals closed_totals;
    SteadyTime next_feeler{};
    SteadyTime next_save{};
    std::unique_ptr<runtime::Timer> tick;
    std::unique_ptr<runtime::EventLoop> resolver;  // made when the first name must be resolved
    std::shared_ptr<int> alive = std::make_shared<int>(0);
};

}  // namespace sluice::net
