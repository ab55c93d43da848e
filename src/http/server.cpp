#include "http/server.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <thread>
#include <unordered_map>

#include "util/check.h"
#include "util/log.h"

namespace sluice::http {
namespace {

constexpr std::chrono::seconds kLinger{2};

std::string show_address(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (address.sa_family == AF_INET) {
        const auto& four = reinterpret_cast<const sockaddr_in&>(address);
        inet_ntop(AF_INET, &four.sin_addr, text, sizeof(text));
        return std::string(text) + ":" + std::to_string(ntohs(four.sin_port));
    }
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof(text));
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(six.sin6_port));
}

std::string http_date() {
    const time_t now = time(nullptr);
    tm parts{};
    gmtime_r(&now, &parts);
    char text[64];
    return {text, strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
    struct Connection {
        Connection(Impl& of, uint64_t number, const Limits& limits)
            : owner(of), id(number), parser(Parser::Kind::kRequest, limits) {}
        ~Connection() {
            if (socket != nullptr) bufferevent_free(socket);
        }
        Connection(const Connection&) = delete;
        Connection& operator=(const Connection&) = delete;

        Impl& owner;
        const uint64_t id;
        bufferevent* socket = nullptr;
        std::string peer;
        bool allowed = true;
        Parser parser;
        bool waiting_for_reply = false;
        bool head_only = false;      // the request was HEAD
        bool keep_alive = false;     // of the request being answered
        bool peer_finished = false;  // it closed its sending half
        bool finishing = false;      // the last reply is being written
        bool lingering = false;      // it is written; we only wait for the peer to close
        std::unique_ptr<runtime::Timer> timer;
    };

    Impl(runtime::EventLoop& on, ServerOptions with, Handler to)
        : loop(on), options(std::move(with)), handler(std::move(to)) {}

    // Everything below runs on the loop's thread, or on the destroying thread after the loop has stopped.
    Result<uint16_t> listen(const std::string& address, uint16_t port);
    void close_all();
    void accepted(evutil_socket_t fd, const sockaddr& address);
    void drop(Connection& connection) { connections.erase(connection.id); }
    void read(Connection& connection);
    void head_arrived(Connection& connection);
    void dispatch(Connection& connection);
    void answer(uint64_t id, Response response);
    void send(Connection& connection, Response response);
    void written(Connection& connection);
    void linger(Connection& connection);

    runtime::EventLoop& loop;
    const ServerOptions options;
    const Handler handler;
    bool closed = false;
    uint64_t next_id = 1;
    std::vector<evconnlistener*> listeners;
    std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections;
};

namespace {

Server::Impl::Connection& connection_of(void* self) { return *static_cast<Server::Impl::Connection*>(self); }

// Answers 500 when a handler forgot: a peer must never wait for ever because of us.
struct Ticket {
    Ticket(runtime::EventLoop& on, std::weak_ptr<Server::Impl> of, uint64_t number)
        : loop(on), server(std::move(of)), connection(number) {}
    ~Ticket() {
        if (!used) reply(plain_response(500, "Request dropped"));
    }
    void reply(Response response) {
        if (used.exchange(true)) return;
        // The server may be gone, and its loop with it: only a live server has a live loop.
        const std::shared_ptr<Server::Impl> alive = server.lock();
        if (!alive) return;
        loop.post([weak = server, id = connection, response = std::move(response)]() mutable {
            if (const std::shared_ptr<Server::Impl> impl = weak.lock()) impl->answer(id, std::move(response));
        });
    }
    runtime::EventLoop& loop;
    std::weak_ptr<Server::Impl> server;
    uint64_t connection;
    std::atomic<bool> used{false};
};

}  // namespace

Result<uint16_t> Server::Impl::listen(const std::string& address, uint16_t port) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    auto& six = reinterpret_cast<sockaddr_in6&>(storage);
    if (inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        size = sizeof(four);
    } else if (inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        size = sizeof(six);
    } else {
        return fail("cannot listen on \"" + address + "\": not a numeric address");
    }
    const auto on_accept = [](evconnlistener*, evutil_socket_t fd, sockaddr* peer, int, void* self) {
        static_cast<Impl*>(self)->accepted(fd, *peer);
    };
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC;
    if (storage.ss_family == AF_INET6) flags |= LEV_OPT_BIND_IPV6ONLY;
    evconnlistener* listener = evconnlistener_new_bind(loop.base(), on_accept, this, flags, -1,
                                                       reinterpret_cast<sockaddr*>(&storage), static_cast<int>(size));
    if (listener == nullptr) {
        return fail("cannot listen on " + address + " port " + std::to_string(port) + ": " + std::strerror(errno));
    }
    listeners.push_back(listener);
    getsockname(evconnlistener_get_fd(listener), reinterpret_cast<sockaddr*>(&storage), &size);
    return ntohs(storage.ss_family == AF_INET ? four.sin_port : six.sin6_port);
}

void Server::Impl::close_all() {
    closed = true;
    for (evconnlistener* listener : listeners) evconnlistener_free(listener);
    listeners.clear();
    connections.clear();
}

void Server::Impl::accepted(evutil_socket_t fd, const sockaddr& address) {
    if (connections.size() >= options.max_connections) {
        log_debug("http", "connection refused: {} are open", connections.size());
        evutil_closesocket(fd);
        return;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    auto connection = std::make_unique<Connection>(*this, next_id++, options.limits);
    connection->socket = bufferevent_socket_new(loop.base(), fd, BEV_OPT_CLOSE_ON_FREE);
    if (connection->socket == nullptr) {
        evutil_closesocket(fd);
        return;
    }
    connection->peer = show_address(address);
    connection->allowed =
        std::ranges::any_of(options.allowed, [&](const Subnet& subnet) { return subnet.contains(address); });
    bufferevent_setcb(
        connection->socket, [](bufferevent*, void* self) { connection_of(self).owner.read(connection_of(self)); },
        [](bufferevent*, void* self) { connection_of(self).owner.written(connection_of(self)); },
        [](bufferevent*, short what, void* self) {
            Connection& at = connection_of(self);
            const bool half_closed = (what & BEV_EVENT_EOF) != 0 && (what & BEV_EVENT_READING) != 0;
            const bool unsent = evbuffer_get_length(bufferevent_get_output(at.socket)) > 0;
            if (half_closed && (at.waiting_for_reply || unsent) && !at.lingering) {
                at.peer_finished = true;  // it may still read our answer
                at.finishing = at.finishing || !at.waiting_for_reply;
            } else {
                at.owner.drop(at);
            }
        },
        connection.get());
    const timeval idle{options.idle_timeout.count(), 0};
    bufferevent_set_timeouts(connection->socket, &idle, &idle);
    bufferevent_enable(connection->socket, EV_READ | EV_WRITE);
    connections.emplace(connection->id, std::move(connection));
}

void Server::Impl::read(Connection& connection) {
    evbuffer* input = bufferevent_get_input(connection.socket);
    if (connection.lingering || connection.finishing) {
        evbuffer_drain(input, evbuffer_get_length(input));
        return;
    }
    using State = Parser::State;
    while (!connection.waiting_for_reply && !connection.finishing) {
        evbuffer_iovec piece{};
        const bool any = evbuffer_peek(input, -1, nullptr, &piece, 1) > 0 && piece.iov_len > 0;
        const std::string_view bytes =
            any ? std::string_view(static_cast<const char*>(piece.iov_base), piece.iov_len) : "";
        const bool had_head = connection.parser.state() == State::kHeadDone;
        evbuffer_drain(input, connection.parser.feed(bytes));
        const State state = connection.parser.state();
        if (state == State::kError) {
            connection.keep_alive = false;
            send(connection, plain_response(connection.parser.error_status()));
        } else if (state == State::kHeadDone && !had_head) {
            head_arrived(connection);
        } else if (state == State::kDone) {
            dispatch(connection);
        } else if (!any) {
            return;
        }
    }
}

void Server::Impl::head_arrived(Connection& connection) {
    std::optional<Response> refusal;
    if (!connection.allowed) {
        refusal = plain_response(403);
    } else if (options.gate) {
        refusal = options.gate(connection.parser.message());
    }
    connection.head_only = connection.parser.message().method == "HEAD";
    if (!refusal) {
        if (connection.parser.expects_continue()) {
            constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
            bufferevent_write(connection.socket, kContinue.data(), kContinue.size());
        }
        return;
    }
    refusal->close = true;
    if (refusal->status != 401) return send(connection, std::move(*refusal));
    connection.waiting_for_reply = true;
    bufferevent_disable(connection.socket, EV_READ);
    auto later = std::make_shared<Response>(std::move(*refusal));
    connection.timer =
        loop.after(options.refusal_delay, [this, id = connection.id, later] { answer(id, std::move(*later)); });
}

void Server::Impl::dispatch(Connection& connection) {
    connection.keep_alive = connection.parser.keep_alive();
    connection.waiting_for_reply = true;
    // Not reading is what holds a peer back that sends faster than we answer; its end of stream is seen when we go on.
    bufferevent_disable(connection.socket, EV_READ);
    Request request = connection.parser.take();
    request.peer = connection.peer;
    connection.parser = Parser(Parser::Kind::kRequest, options.limits);
    auto ticket = std::make_shared<Ticket>(loop, weak_from_this(), connection.id);
    handler(std::move(request), [ticket](Response response) { ticket->reply(std::move(response)); });
}

void Server::Impl::answer(uint64_t id, Response response) {
    const auto found = connections.find(id);
    if (found == connections.end() || !found->second->waiting_for_reply) return;
    Connection& connection = *found->second;
    connection.waiting_for_reply = false;
    connection.timer.reset();
    send(connection, std::move(response));
    if (!connection.finishing) {
        bufferevent_enable(connection.socket, EV_READ);
        read(connection);  // a request that was sent right behind
    }
}

void Server::Impl::send(Connection& connection, Response response) {
    connection.finishing = response.close || !connection.keep_alive || connection.peer_finished;
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + reason_phrase(response.status) + "\r\n";
    for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
    head += "Content-Type: " + response.content_type + "\r\n";
    head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    head += "Date: " + http_date() + "\r\n";
    head += connection.finishing ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
    bufferevent_write(connection.socket, head.data(), head.size());
    if (!response.body.empty() && !connection.head_only) {
        // The body may be large: hand it over without a copy.
        auto* body = new std::string(std::move(response.body));
        const auto free_body = [](const void*, size_t, void* owned) { delete static_cast<std::string*>(owned); };
        evbuffer* output = bufferevent_get_output(connection.socket);
        if (evbuffer_add_reference(output, body->data(), body->size(), free_body, body) != 0) delete body;
    }
}

void Server::Impl::written(Connection& connection) {
    if (connection.finishing && !connection.lingering) linger(connection);
}

// Closing with unread input would reset the connection and could destroy the reply on its way: say that we are done,
// then read away what still comes, for a moment.
void Server::Impl::linger(Connection& connection) {
    if (connection.peer_finished) return drop(connection);
    connection.lingering = true;
    shutdown(bufferevent_getfd(connection.socket), SHUT_WR);
    connection.timer = loop.after(kLinger, [this, id = connection.id] { connections.erase(id); });
    bufferevent_enable(connection.socket, EV_READ);
}

Server::Server(runtime::EventLoop& loop, ServerOptions options, Handler handler)
    : loop_(loop), impl_(std::make_shared<Impl>(loop, std::move(options), std::move(handler))) {}

Server::~Server() {
    CHECK(!loop_.in_loop());
    if (!loop_.call([impl = impl_.get()] { impl->close_all(); })) impl_->close_all();
}

Result<uint16_t> Server::bind(const std::string& address, uint16_t port) {
    Result<Result<uint16_t>> answer = loop_.call([impl = impl_, address, port] { return impl->listen(address, port); });
    if (!answer) return fail(answer.error().message);
    return *answer;
}

void Server::drain(std::chrono::milliseconds limit) {
    const auto busy = [impl = impl_] {
        return std::ranges::any_of(impl->connections, [](const auto& entry) {
            const Impl::Connection& connection = *entry.second;
            const bool unsent = evbuffer_get_length(bufferevent_get_output(connection.socket)) > 0;
            return connection.waiting_for_reply || unsent;
        });
    };
    const auto end = std::chrono::steady_clock::now() + limit;
    while (loop_.call(busy).value_or(false) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void Server::stop_listening() {
    loop_.post([weak = std::weak_ptr<Impl>(impl_)] {
        const std::shared_ptr<Impl> impl = weak.lock();
        if (!impl) return;
        for (evconnlistener* listener : impl->listeners) evconnlistener_free(listener);
        impl->listeners.clear();
    });
}

}  // namespace sluice::http
