// RpcServer: JSON-RPC over HTTP. The http EventLoop owns the sockets, a few threads of its own run one request each,
// and the dispatcher answers. This header is the module's face for the composition of the node: it names no JSON.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/subnet.h"
#include "runtime/event_loop.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::rpc {

class Dispatcher;

struct RpcServerOptions {
    struct Endpoint {
        std::string address;
        uint16_t port;
        bool required = true;  // false: the IPv6 half of the default, which a machine may lack
    };
    std::vector<Endpoint> endpoints;
    std::vector<http::Subnet> allowed;
    size_t threads = 4;
    size_t queue = 64;
    std::chrono::seconds idle_timeout{30};
    std::vector<std::string> warnings;  // for the log

    // Reads -rpcbind, -rpcallowip, -rpcport, -rpcthreads, -rpcworkqueue, -rpcservertimeout. As the reference: -rpcbind
    // counts only together with -rpcallowip, otherwise it listens on loopback.
    static Result<RpcServerOptions> from(const Options& options, uint16_t default_port);
};

class RpcServer {
public:
    // Borrows all but the options; they outlive it.
    RpcServer(runtime::EventLoop& http_loop, const Dispatcher& dispatcher);
    ~RpcServer();  // stop()

    // Makes credentials (cookie), binds and starts to serve. The error names what is wrong.
    Status start(const RpcServerOptions& server, const Options& options, const std::filesystem::path& chain_dir);
    // Refuses new requests, finishes those begun and their replies, joins the threads. Not on a thread of its own.
    void stop();
    // The port of the first endpoint.
    [[nodiscard]] uint16_t port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A dispatcher without methods, in warm-up (every call fails with -28), that heeds -rpcwhitelist and
// -rpcwhitelistdefault.
struct DispatcherDeleter {
    void operator()(Dispatcher* dispatcher) const;
};
using DispatcherPtr = std::unique_ptr<Dispatcher, DispatcherDeleter>;
DispatcherPtr make_dispatcher(const Options& options);
// What -28 says while the node starts; nullopt: ready. Any thread.
void set_warm_up(Dispatcher& dispatcher, std::optional<std::string> text);

}  // namespace sluice::rpc
