#include "rpc/server.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "http/server.h"
#include "rpc/auth.h"
#include "rpc/dispatcher.h"
#include "rpc/rest.h"
#include "runtime/bounded_queue.h"
#include "util/log.h"

namespace sluice::rpc {
namespace {

constexpr std::string_view kWalletPath = "/wallet/";
constexpr std::chrono::milliseconds kDrain{3000};

struct Job {
    http::Request request;
    http::Reply reply;
};

// "host", "host:port", "[v6]:port", "v6"; nullopt if the port is no port.
std::optional<RpcServerOptions::Endpoint> parse_endpoint(std::string_view text, uint16_t default_port) {
    RpcServerOptions::Endpoint out{std::string(text), default_port};
    const size_t colon = text.rfind(':');
    const bool bracketed = text.starts_with('[');
    const size_t close = text.find(']');
    const bool has_port =
        colon != text.npos && (bracketed ? close != text.npos && colon == close + 1 : text.find(':') == colon);
    if (has_port) {
        const std::string_view digits = text.substr(colon + 1);
        uint16_t port = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || port == 0)
            return std::nullopt;
        out.port = port;
        out.address = std::string(text.substr(0, colon));
    }
    if (bracketed) {
        if (close == text.npos) return std::nullopt;
        out.address = std::string(text.substr(1, close - 1));
    }
    if (out.address == "localhost") out.address = "127.0.0.1";
    return out;
}

http::Response unauthorized() {
    http::Response out;
    out.status = 401;
    out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"jsonrpc\"");
    return out;
}

}  // namespace

Result<RpcServerOptions> RpcServerOptions::from(const Options& options, uint16_t default_port) {
    RpcServerOptions out;
    const auto bounded = [&](const char* name, int64_t otherwise, int64_t low, int64_t high) -> Result<int64_t> {
        const int64_t value = TRY(options.get_int(name, otherwise));
        return std::clamp(value, low, high);
    };
    const int64_t port = TRY(options.get_int("rpcport", default_port));
    if (port < 1 || port > 65535)
        return fail("Invalid port specified in -rpcport: '" + options.get_or("rpcport", "") + "'");
    out.threads = static_cast<size_t>(TRY(bounded("rpcthreads", 4, 1, 256)));
    out.queue = static_cast<size_t>(TRY(bounded("rpcworkqueue", 64, 1, 100'000)));
    out.idle_timeout = std::chrono::seconds(TRY(bounded("rpcservertimeout", 30, 1, 1'000'000)));

    out.allowed = {http::Subnet::parse("127.0.0.0/8").value(), http::Subnet::parse("::1").value()};
    const std::vector<std::string> allow = options.get_all("rpcallowip");
    for (const std::string& text : allow) {
        const std::optional<http::Subnet> subnet = http::Subnet::parse(text);
        if (!subnet) {
            return fail("Invalid -rpcallowip subnet specification: " + text +
                        ". Valid are a single IP (e.g. 1.2.3.4), a network/netmask (e.g. 1.2.3.4/255.255.255.0) or a "
                        "network/CIDR "
                        "(e.g. 1.2.3.4/24).");
        }
        out.allowed.push_back(*subnet);
    }
    const std::vector<std::string> bind = options.get_all("rpcbind");
    if (allow.empty() || bind.empty()) {
        out.endpoints = {{"127.0.0.1", static_cast<uint16_t>(port)}, {"::1", static_cast<uint16_t>(port), false}};
        if (!allow.empty()) out.warnings.emplace_back("-rpcallowip without -rpcbind: RPC listens on loopback only");
        if (!bind.empty()) out.warnings.emplace_back("-rpcbind is ignored because -rpcallowip is not given");
        return out;
    }
    for (const std::string& text : bind) {
        const std::optional<Endpoint> endpoint = parse_endpoint(text, static_cast<uint16_t>(port));
        if (!endpoint) return fail("Invalid port specified in -rpcbind: '" + text + "'");
        out.endpoints.push_back(*endpoint);
    }
    return out;
}

struct RpcServer::Impl {
    Impl(runtime::EventLoop& on, const Dispatcher& to) : loop(on), dispatcher(to) {}

    void serve() {
        pthread_setname_np(pthread_self(), "rpc");
        while (std::optional<Job> job = queue->pop()) job->reply(answer(job->request));
    }
    http::Response answer(const http::Request& request) const {
        if (rest && request.path.starts_with(kRestPath)) return answer_rest(dispatcher, request);
        Caller caller;
        if (const auto auth = http::find_header(request.headers, "Authorization")) {
            if (const auto pair = http::parse_basic(*auth)) caller.user = pair->first;
        }
        if (request.path.starts_with(kWalletPath)) {
            caller.wallet = http::percent_decode(std::string_view(request.path).substr(kWalletPath.size()));
            if (!caller.wallet) return http::plain_response(400);
        }
        return dispatcher.handle(request.body, caller);
    }
    // Before the body is read: wrong paths, methods and passwords cost nothing.
    std::optional<http::Response> gate(const http::Request& head) const {
        // What anybody may ask who may connect.
        if (rest && head.path.starts_with(kRestPath)) return std::nullopt;
        if (head.path != "/" && !head.path.starts_with(kWalletPath)) return http::plain_response(404);
        if (head.method != "POST") return http::plain_response(405, "JSONRPC server handles only POST requests");
        const auto auth = http::find_header(head.headers, "Authorization");
        const auto pair = auth ? http::parse_basic(*auth) : std::nullopt;
        if (pair && credentials->accepts(pair->first, pair->second)) return std::nullopt;
        if (auth) log_warning("rpc", "incorrect password attempt");
        return unauthorized();
    }

    runtime::EventLoop& loop;
    const Dispatcher& dispatcher;
    std::optional<Credentials> credentials;
    std::unique_ptr<runtime::BoundedQueue<Job>> queue;
    std::unique_ptr<http::Server> server;
    std::vector<std::thread> threads;
    uint16_t port = 0;
    bool rest = false;
};

RpcServer::RpcServer(runtime::EventLoop& http_loop, const Dispatcher& dispatcher)
    : impl_(std::make_unique<Impl>(http_loop, dispatcher)) {}
RpcServer::~RpcServer() { stop(); }
uint16_t RpcServer::port() const { return impl_->port; }

Status RpcServer::start(const RpcServerOptions& server, const Options& options,
                        const std::filesystem::path& chain_dir) {
    Impl& impl = *impl_;
    impl.rest = options.get_bool("rest", false);
    http::ServerOptions http_options;
    http_options.allowed = server.allowed;
    http_options.idle_timeout = server.idle_timeout;
    http_options.gate = [&impl](const http::Request& head) { return impl.gate(head); };
    impl.queue = std::make_unique<runtime::BoundedQueue<Job>>(server.queue);
    impl.server = std::make_unique<http::Server>(
        impl.loop, std::move(http_options), [&impl](http::Request request, http::Reply reply) {
            if (!impl.queue->try_push(Job{std::move(request), reply})) {
                log_warning("rpc", "request refused: the work queue is full (-rpcworkqueue)");
                reply(http::plain_response(503, "Work queue depth exceeded"));
            }
        });
    for (const std::string& warning : server.warnings) log_warning("rpc", "{}", warning);
    // Before the first socket: the gate asks them.
    Result<Credentials> credentials = Credentials::load(options, chain_dir);
    if (!credentials) {
        log_error("rpc", "{}", credentials.error().message);
        return fail("Unable to start HTTP server. See debug log for details.");
    }
    impl.credentials.emplace(std::move(*credentials));
    for (const RpcServerOptions::Endpoint& endpoint : server.endpoints) {
        Result<uint16_t> port = impl.server->bind(endpoint.address, endpoint.port);
        if (!port) {
            if (!endpoint.required) continue;
            log_error("rpc", "Unable to bind RPC: {}", port.error().message);
            return fail("Unable to start HTTP server. See debug log for details.");
        }
        if (impl.port == 0) impl.port = *port;
        log_info("rpc", "listening on {} port {}", endpoint.address, *port);
    }
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < server.threads; ++i) impl.threads.emplace_back([&impl] { impl.serve(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return {};
}

void RpcServer::stop() {
    if (impl_->server) impl_->server->stop_listening();
    if (impl_->queue) impl_->queue->close();
    for (std::thread& thread : impl_->threads) thread.join();
    impl_->threads.clear();
    if (impl_->server) impl_->server->drain(kDrain);
    impl_->server.reset();
    impl_->credentials.reset();
}

void DispatcherDeleter::operator()(Dispatcher* dispatcher) const { delete dispatcher; }

void set_warm_up(Dispatcher& dispatcher, std::optional<std::string> text) { dispatcher.set_warm_up(std::move(text)); }

DispatcherPtr make_dispatcher(const Options& options) {
    std::map<std::string, std::set<std::string>> lists;
    for (const std::string& entry : options.get_all("rpcwhitelist")) {
        const size_t colon = entry.find(':');
        std::set<std::string> methods;
        std::string_view rest = colon == entry.npos ? std::string_view() : std::string_view(entry).substr(colon + 1);
        while (!rest.empty()) {
            const size_t end = rest.find_first_of(", ");
            if (end != 0) methods.emplace(rest.substr(0, end));
            rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        }
        // Several lists of one user: what all of them allow.
        const auto [at, fresh] = lists.emplace(entry.substr(0, colon), methods);
        if (!fresh) std::erase_if(at->second, [&](const std::string& method) { return !methods.contains(method); });
    }
    const bool by_default_none = options.get_bool("rpcwhitelistdefault", !lists.empty());
    Whitelist whitelist;
    if (by_default_none || !lists.empty()) {
        whitelist = [lists, by_default_none](const std::string& user) -> std::optional<std::set<std::string>> {
            if (const auto found = lists.find(user); found != lists.end()) return found->second;
            if (by_default_none) return std::set<std::string>();
            return std::nullopt;
        };
    }
    return DispatcherPtr(new Dispatcher(std::move(whitelist)));
}

}  // namespace sluice::rpc
