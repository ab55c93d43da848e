#include "http/client.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sluice::http {
namespace {

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;
using Kind = ClientError::Kind;

class Socket {
public:
    explicit Socket(int fd = -1) : fd_(fd) {}
    ~Socket() {
        if (fd_ >= 0) close(fd_);
    }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool open() const { return fd_ >= 0; }

private:
    int fd_;
};

tl::unexpected<ClientError> problem(Kind kind, std::string message) {
    return tl::unexpected<ClientError>(ClientError{kind, std::move(message)});
}

Result<void, ClientError> wait_for(int fd, short events, const Deadline& deadline) {
    while (true) {
        int wait = -1;
        if (deadline) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
            if (left <= 0) return problem(Kind::kTimeout, "timeout");
            wait = static_cast<int>(std::min<long>(left, 1'000'000));
        }
        pollfd entry{fd, events, 0};
        const int ready = poll(&entry, 1, wait);
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return problem(Kind::kBroken, std::strerror(errno));
    }
}

Result<Socket, ClientError> connect_one(const addrinfo& address, const Deadline& deadline) {
    Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.open()) return problem(Kind::kConnect, std::strerror(errno));
    const int on = 1;
    setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) {
        if (errno != EINPROGRESS) return problem(Kind::kConnect, std::strerror(errno));
        if (auto ready = wait_for(socket.fd(), POLLOUT, deadline); !ready)
            return problem(Kind::kConnect, ready.error().message);
        int error = 0;
        socklen_t size = sizeof(error);
        getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return problem(Kind::kConnect, std::strerror(error));
    }
    return socket;
}

Result<Socket, ClientError> connect_to(const ClientOptions& options, const Deadline& deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(options.port);
    if (const int error = getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found); error != 0) {
        return problem(Kind::kConnect, gai_strerror(error));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard(found, freeaddrinfo);
    Result<Socket, ClientError> last = problem(Kind::kConnect, "no address");
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        last = connect_one(*at, deadline);
        if (last) return last;
    }
    return last;
}

// Between requests nothing may arrive; what does is the end of the connection or garbage.
bool readable_or_closed(const Socket& socket) {
    pollfd entry{socket.fd(), POLLIN, 0};
    return poll(&entry, 1, 0) != 0;
}

Result<void, ClientError> send_all(const Socket& socket, std::string_view bytes, const Deadline& deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            TRY_VOID(wait_for(socket.fd(), POLLOUT, deadline));
        } else if (errno != EINTR) {
            return problem(Kind::kBroken, std::strerror(errno));
        }
    }
    return {};
}

}  // namespace

struct Client::Impl {
    explicit Impl(ClientOptions with) : options(std::move(with)) {}

    Result<Response, ClientError> request(const std::string& method, const std::string& target, const std::string& body,
                                          const std::string& content_type);
    Result<Response, ClientError> receive(const Deadline& deadline, bool& answered);

    ClientOptions options;
    Socket socket;
};

Result<Response, ClientError> Client::Impl::receive(const Deadline& deadline, bool& answered) {
    Parser parser(Parser::Kind::kResponse, options.limits);
    std::array<char, 65536> chunk{};
    while (true) {
        const ssize_t got = recv(socket.fd(), chunk.data(), chunk.size(), 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN && errno != EWOULDBLOCK) return problem(Kind::kBroken, std::strerror(errno));
            TRY_VOID(wait_for(socket.fd(), POLLIN, deadline));
            continue;
        }
        if (got == 0) parser.end_of_input();
        if (got > 0) answered = true;
        std::string_view bytes(chunk.data(), static_cast<size_t>(got));
        while (true) {
            bytes.remove_prefix(parser.feed(bytes));
            if (parser.state() == Parser::State::kDone && parser.status() / 100 == 1) {
                parser = Parser(Parser::Kind::kResponse, options.limits);  // 100 Continue: the real reply follows
            } else if (parser.state() != Parser::State::kHeadDone) {
                break;
            }
        }
        if (parser.state() == Parser::State::kError) {
            return problem(Kind::kBroken,
                           got == 0 ? "the connection was closed before the reply was complete" : "not an HTTP reply");
        }
        if (parser.state() != Parser::State::kDone) continue;
        if (!parser.keep_alive() || got == 0 || !bytes.empty()) socket = Socket();
        Request message = parser.take();
        Response response;
        response.status = parser.status();
        if (const auto type = find_header(message.headers, "Content-Type")) response.content_type = *type;
        response.headers = std::move(message.headers);
        response.body = std::move(message.body);
        return response;
    }
}

Result<Response, ClientError> Client::Impl::request(const std::string& method, const std::string& target,
                                                    const std::string& body, const std::string& content_type) {
    std::string bytes = method + " " + target + " HTTP/1.1\r\nHost: " + options.host + "\r\nAccept: */*\r\n";
    if (!options.authorization.empty()) bytes += "Authorization: " + options.authorization + "\r\n";
    if (method != "GET") {
        bytes += "Content-Type: " + content_type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    }
    bytes += "\r\n" + body;
    Deadline deadline;
    if (options.timeout.count() > 0) deadline = Clock::now() + options.timeout;
    while (true) {
        if (socket.open() && readable_or_closed(socket)) socket = Socket();
        const bool reused = socket.open();
        if (!reused) socket = TRY(connect_to(options, deadline));
        bool answered = false;
        Result<Response, ClientError> reply = problem(Kind::kBroken, "");
        if (auto sent = send_all(socket, bytes, deadline); sent) {
            reply = receive(deadline, answered);
        } else {
            reply = tl::unexpected<ClientError>(sent.error());
        }
        if (reply) return reply;
        socket = Socket();
        // The server closes idle connections; that race is no failure of the request. Nothing was answered, so ask
        // again.
        if (!(reused && !answered && reply.error().kind == Kind::kBroken)) return reply;
    }
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Response, ClientError> Client::get(const std::string& target) { return impl_->request("GET", target, "", ""); }

Result<Response, ClientError> Client::post(const std::string& target, const std::string& body,
                                           const std::string& content_type) {
    return impl_->request("POST", target, body, content_type);
}

void Client::set_authorization(std::string value) { impl_->options.authorization = std::move(value); }

}  // namespace sluice::http
