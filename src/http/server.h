// Server: HTTP/1.x over libevent. Its sockets live on one EventLoop; requests are handed out there, and answered from
// any thread. One request of a connection is out at a time; while it is, nothing more is read from that connection.
// Connections, heads, bodies and idle time are limited, and a peer that sends garbage gets an error reply and is
// closed.
//
// Life: construct, bind() once an address, ... destroy, before or after its loop stops (not on the loop). Requests not
// yet answered are dropped then; their Reply may be called later and does nothing.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "http/parser.h"
#include "http/subnet.h"
#include "runtime/event_loop.h"
#include "util/result.h"

namespace sluice::http {

// Answers one request; any thread, at most once. If every copy is destroyed unused, the peer gets a 500.
using Reply = std::function<void(Response)>;

struct ServerOptions {
    std::vector<Subnet> allowed;  // who may connect; others get 403. Loopback has to be listed too.
    Limits limits;
    size_t max_connections = 256;                  // further ones are closed at once
    std::chrono::seconds idle_timeout{30};         // without a byte, in either direction
    std::chrono::milliseconds refusal_delay{250};  // before a 401, against guessing
    // Looks at a request's head before its body is read; a Response refuses it and ends the connection. On the loop's
    // thread.
    std::function<std::optional<Response>(const Request& head)> gate;
};

class Server {
public:
    using Handler = std::function<void(Request, Reply)>;  // on the loop's thread; must not block

    Server(runtime::EventLoop& loop, ServerOptions options, Handler handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Listens on a numeric address ("127.0.0.1", "::1", "0.0.0.0") and returns the port (port 0 takes a free one). The
    // error names address and port.
    Result<uint16_t> bind(const std::string& address, uint16_t port);
    // Stops listening; open connections go on. Any thread.
    void stop_listening();
    // Waits until every reply has gone out, at most `limit`; before destruction, so that the last answers arrive. Not
    // on the loop.
    void drain(std::chrono::milliseconds limit);

    struct Impl;

private:
    runtime::EventLoop& loop_;
    std::shared_ptr<Impl> impl_;
};

}  // namespace sluice::http
