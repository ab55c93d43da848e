#include "p2p/net/detail/connection.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "p2p/net/detail/socket_address.h"
#include "util/check.h"

namespace sluice::net::detail {
namespace {
constexpr int kBufferOptions = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
}  // namespace

Connection::Connection(ConnectionOwner& owner, event_base* base, const NetOptions& options, PeerInfo info, int fd)
    : state(ConnectionState::kOpen), owner_(owner), magic_(options.magic), parser_(options.magic) {
    stats.info = std::move(info);
    buffer_ = bufferevent_socket_new(base, fd, kBufferOptions);
    CHECK(buffer_ != nullptr);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    watch(options);
}

Connection::Connection(ConnectionOwner& owner, event_base* base, const NetOptions& options, PeerInfo info)
    : state(ConnectionState::kConnecting), owner_(owner), magic_(options.magic), parser_(options.magic) {
    stats.info = std::move(info);
    buffer_ = bufferevent_socket_new(base, -1, kBufferOptions);
    CHECK(buffer_ != nullptr);
    watch(options);
    const auto socket = to_socket(stats.info.address);
    if (!socket || bufferevent_socket_connect(buffer_, socket->get(), static_cast<int>(socket->size)) != 0) close();
}

Connection::~Connection() { bufferevent_free(buffer_); }

void Connection::watch(const NetOptions& options) {
    bufferevent_setcb(buffer_, &Connection::readable, &Connection::drained, &Connection::happened, this);
    bufferevent_setwatermark(buffer_, EV_READ, 0, options.receive_limit);
    bufferevent_setwatermark(buffer_, EV_WRITE, options.send_soft_limit / 2, 0);
    bufferevent_enable(buffer_, EV_READ | EV_WRITE);
}

void Connection::write(std::string_view command, ByteView payload) {
    const Bytes bytes = wire::frame(magic_, command, payload);
    bufferevent_write(buffer_, bytes.data(), bytes.size());
    stats.bytes_sent += bytes.size();
    stats.sent_per_command[std::string(command)] += bytes.size();
}

Result<std::vector<wire::Frame>, wire::FrameError> Connection::read(size_t most) {
    evbuffer* input = bufferevent_get_input(buffer_);
    const size_t size = std::min(most, evbuffer_get_length(input));
    Bytes bytes(size);
    if (size > 0) evbuffer_remove(input, bytes.data(), size);
    stats.bytes_received += size;
    return parser_.push(bytes);
}

void Connection::set_reading(bool on) {
    if (is_reading == on) return;
    is_reading = on;
    if (on) {
        bufferevent_enable(buffer_, EV_READ);
        // What already waits in the buffer raises no event of its own.
        bufferevent_trigger(buffer_, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
    } else {
        bufferevent_disable(buffer_, EV_READ);
    }
}

size_t Connection::unsent() const { return evbuffer_get_length(bufferevent_get_output(buffer_)); }
size_t Connection::unread() const { return evbuffer_get_length(bufferevent_get_input(buffer_)); }

void Connection::readable(bufferevent*, void* self) {
    auto* connection = static_cast<Connection*>(self);
    if (connection->state == ConnectionState::kOpen && connection->is_reading) connection->owner_.on_bytes(*connection);
}

void Connection::drained(bufferevent*, void* self) {
    auto* connection = static_cast<Connection*>(self);
    if (connection->state == ConnectionState::kOpen) connection->owner_.on_drained(*connection);
}

void Connection::happened(bufferevent* buffer, short what, void* self) {
    auto* connection = static_cast<Connection*>(self);
    if (connection->state == ConnectionState::kClosing) return;
    if ((what & BEV_EVENT_CONNECTED) != 0) {
        const int fd = bufferevent_getfd(buffer);
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        connection->state = ConnectionState::kOpen;
        connection->stats.info.local = local_address(fd);
        connection->owner_.on_open(*connection);
    } else if ((what & BEV_EVENT_EOF) != 0) {
        connection->owner_.on_closed(*connection, "closed by the peer");
    } else {
        connection->owner_.on_closed(*connection, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
    }
}

}  // namespace sluice::net::detail
