// Connection: one socket with its parser, buffers and counters. Owned by Connections; net loop only.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "p2p/net/connections.h"

struct bufferevent;

namespace sluice::net::detail {

class Connection;

// What a connection tells its owner. Called from the loop, never from inside a call to the connection.
class ConnectionOwner {
public:
    virtual ~ConnectionOwner() = default;
    virtual void on_open(Connection& connection) = 0;  // an outgoing connection was made
    virtual void on_bytes(Connection& connection) = 0;
    virtual void on_drained(Connection& connection) = 0;
    virtual void on_closed(Connection& connection, std::string_view why) = 0;
};

enum class ConnectionState { kConnecting, kOpen, kClosing };

class Connection {
public:
    // An accepted socket: takes `fd`.
    Connection(ConnectionOwner& owner, event_base* base, const NetOptions& options, PeerInfo info, int fd);
    // An outgoing one: begins to connect. state() is kClosing at once if the system refuses.
    Connection(ConnectionOwner& owner, event_base* base, const NetOptions& options, PeerInfo info);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void write(std::string_view command, ByteView payload);
    // Takes what arrived, at most `most` bytes, through the parser.
    Result<std::vector<wire::Frame>, wire::FrameError> read(size_t most);
    // What was wrong with what read() took.
    std::vector<std::string> complaints() { return parser_.take_complaints(); }
    void set_reading(bool on);
    void close() { state = ConnectionState::kClosing; }
    [[nodiscard]] size_t unsent() const;
    [[nodiscard]] size_t unread() const;

    ConnectionStats stats;
    ConnectionState state;
    SteadyTime dialled{};        // steady time
    SteadyTime opened{};         // timer time: began to connect, or was accepted
    SteadyTime last_activity{};  // timer time: bytes in or out
    bool is_established = false;
    bool was_announced = false;  // the handler knows it
    bool was_full = false;       // the handler waits for writable()
    bool is_reading = true;

private:
    static void readable(bufferevent*, void* self);
    static void drained(bufferevent*, void* self);
    static void happened(bufferevent*, short what, void* self);
    void watch(const NetOptions& options);

    ConnectionOwner& owner_;
    wire::Magic magic_;
    wire::FrameParser parser_;
    bufferevent* buffer_ = nullptr;
};

}  // namespace sluice::net::detail
