#include "federation/transport/transport.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <optional>
#include <thread>

#include "util/check.h"
#include "util/log.h"
#include "util/mutex.h"

namespace sluice::transport {
namespace {

constexpr const char* kLog = "federation";
constexpr const char* kZapEndpoint = "inproc://zeromq.zap.01";
constexpr const char* kDomain = "sluice";

class Socket {
public:
    Socket(void* context, int type) : socket_(zmq_socket(context, type)) { CHECK(socket_ != nullptr); }
    ~Socket() { zmq_close(socket_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    void set(int option, int value) { CHECK(zmq_setsockopt(socket_, option, &value, sizeof(value)) == 0); }
    void set_limit(int option, int64_t value) { CHECK(zmq_setsockopt(socket_, option, &value, sizeof(value)) == 0); }
    void set_bytes(int option, ByteView value) {
        CHECK(zmq_setsockopt(socket_, option, value.data(), value.size()) == 0);
    }
    [[nodiscard]] void* get() const { return socket_; }

private:
    void* socket_;
};

struct Part {
    Bytes bytes;
    std::string user;  // authenticated, set by the ZAP answer
};

// All parts of the next message, or nothing if there is none now.
std::vector<Part> receive(void* socket) {
    std::vector<Part> parts;
    for (bool more = true; more;) {
        zmq_msg_t message;
        zmq_msg_init(&message);
        if (zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&message);
            break;
        }
        const auto* data = static_cast<const uint8_t*>(zmq_msg_data(&message));
        Part part{Bytes(data, data + zmq_msg_size(&message)), {}};
        if (const char* user = zmq_msg_gets(&message, "User-Id")) part.user = user;
        more = zmq_msg_more(&message) != 0;
        zmq_msg_close(&message);
        if (parts.size() < 16) parts.push_back(std::move(part));
    }
    return parts;
}

void common_options(Socket& socket, const TransportConfig& config, const TransportKeys& keys) {
    socket.set(ZMQ_LINGER, 0);
    socket.set_limit(ZMQ_MAXMSGSIZE, static_cast<int64_t>(config.max_frame));
    socket.set(ZMQ_HANDSHAKE_IVL, 5'000);
    socket.set(ZMQ_HEARTBEAT_IVL, 2'000);
    socket.set(ZMQ_HEARTBEAT_TIMEOUT, 6'000);
    socket.set(ZMQ_IPV6, 1);
    socket.set_bytes(ZMQ_CURVE_SECRETKEY, keys.secret.view());
}

}  // namespace

struct Transport::Impl {
    struct Link {
        Peer peer;
        std::unique_ptr<Socket> socket;
        std::deque<Bytes> queue;  // guarded by mutex
        size_t queued = 0;        // bytes, guarded by mutex
    };

    TransportConfig config;
    TransportKeys keys;
    OnFrame on_frame;
    void* context = nullptr;
    std::unique_ptr<Socket> router;
    std::unique_ptr<Socket> zap;
    std::vector<Link>
        links;  // changed by the transport's thread under the mutex; read there without it, elsewhere under it
    Mutex mutex;
    std::optional<std::vector<Peer>> wanted;  // guarded by mutex
    int wake = -1;
    std::atomic<bool> stopping{false};
    std::thread thread;

    Impl(TransportConfig c, TransportKeys k, OnFrame f)
        : config(std::move(c)), keys(std::move(k)), on_frame(std::move(f)) {}

    Status open();
    Status connect(const Peer& peer);
    void change_peers();
    void run();
    void answer_zap();
    void take_frames();
    void flush();
    void signal() {
        const uint64_t one = 1;
        if (write(wake, &one, sizeof(one)) < 0) return;  // already signalled
    }
};

Status Transport::Impl::open() {
    context = zmq_ctx_new();
    zmq_ctx_set(context, ZMQ_IO_THREADS, 1);
    zmq_ctx_set(context, ZMQ_BLOCKY, 0);
    wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(wake >= 0);
    // The gatekeeper first: without one, ZeroMQ would let every key in.
    zap = std::make_unique<Socket>(context, ZMQ_ROUTER);
    zap->set(ZMQ_LINGER, 0);
    if (zmq_bind(zap->get(), kZapEndpoint) != 0) return fail(std::string("federation link: ") + zmq_strerror(errno));

    router = std::make_unique<Socket>(context, ZMQ_ROUTER);
    common_options(*router, config, keys);
    router->set(ZMQ_CURVE_SERVER, 1);
    router->set_bytes(ZMQ_ZAP_DOMAIN, as_bytes(kDomain));
    router->set(ZMQ_RCVHWM, 1'000);
    if (zmq_bind(router->get(), config.bind.c_str()) != 0) {
        return fail("federation link: cannot listen on " + config.bind + ": " + zmq_strerror(errno));
    }
    for (const Peer& peer : config.peers) TRY_VOID(connect(peer));
    return {};
}

Status Transport::Impl::connect(const Peer& peer) {
    Link link;
    link.peer = peer;
    link.socket = std::make_unique<Socket>(context, ZMQ_DEALER);
    common_options(*link.socket, config, keys);
    link.socket->set_bytes(ZMQ_CURVE_PUBLICKEY, keys.public_key.view());
    link.socket->set_bytes(ZMQ_CURVE_SERVERKEY, peer.key.view());
    link.socket->set(ZMQ_IMMEDIATE, 1);  // nothing waits for a peer that is away
    link.socket->set(ZMQ_SNDHWM, 200);
    link.socket->set(ZMQ_RECONNECT_IVL, 200);
    link.socket->set(ZMQ_RECONNECT_IVL_MAX, 2'000);
    if (zmq_connect(link.socket->get(), peer.address.c_str()) != 0) {
        return fail("federation link: bad address " + peer.address + ": " + zmq_strerror(errno));
    }
    MutexLock lock(mutex);
    links.push_back(std::move(link));
    return {};
}

void Transport::Impl::change_peers() {
    std::vector<Peer> peers;
    {
        MutexLock lock(mutex);
        if (!wanted) return;
        peers = *std::exchange(wanted, std::nullopt);
        std::erase_if(
            links, [&](const Link& link) { return std::find(peers.begin(), peers.end(), link.peer) == peers.end(); });
    }
    for (const Peer& peer : peers) {
        const bool linked =
            std::any_of(links.begin(), links.end(), [&](const Link& link) { return link.peer == peer; });
        if (linked) continue;
        if (const Status done = connect(peer); !done) log_error(kLog, "{}", done.error().message);
    }
}

// RFC 27 (ZAP): may this key in, and under which name?
void Transport::Impl::answer_zap() {
    for (;;) {
        const std::vector<Part> request = receive(zap->get());
        if (request.empty()) return;
        // envelope, empty, version, request id, domain, address, identity, mechanism, credentials
        const bool shaped = request.size() == 9 && as_text(request[2].bytes) == "1.0";
        std::string user;
        if (shaped && as_text(request[4].bytes) == kDomain && as_text(request[7].bytes) == "CURVE") {
            for (const Link& link : links) {
                if (equal(link.peer.key.view(), request[8].bytes)) user = std::to_string(link.peer.index);
            }
        }
        if (request.size() < 4) continue;
        const bool welcome = !user.empty();
        if (!welcome) log_debug(kLog, "refused a link: its key is not in the manifest");
        // 300, not 400: a client that is refused for good never tries again, and a key that no manifest lists yet may
        // be of a member that is to join.
        const std::string status = welcome ? "200" : "300";
        const std::array<ByteView, 8> reply = {request[0].bytes, {},
                                               as_bytes("1.0"),  request[3].bytes,
                                               as_bytes(status), as_bytes(welcome ? "OK" : "unknown key"),
                                               as_bytes(user),   {}};
        for (size_t i = 0; i < reply.size(); ++i) {
            const int flags = ZMQ_DONTWAIT | (i + 1 < reply.size() ? ZMQ_SNDMORE : 0);
            if (zmq_send(zap->get(), reply[i].data(), reply[i].size(), flags) < 0) break;
        }
    }
}

void Transport::Impl::take_frames() {
    // A bounded turn, so that one busy peer does not keep the gate shut for others.
    for (int turn = 0; turn < 256; ++turn) {
        std::vector<Part> parts = receive(router->get());
        if (parts.empty()) return;
        if (parts.size() != 2 || parts[1].user.empty()) continue;
        for (const Link& link : links) {
            if (parts[1].user == std::to_string(link.peer.index)) on_frame(link.peer.index, std::move(parts[1].bytes));
        }
    }
}

void Transport::Impl::flush() {
    for (Link& link : links) {
        std::deque<Bytes> queue;
        {
            MutexLock lock(mutex);
            std::swap(queue, link.queue);
            link.queued = 0;
        }
        for (const Bytes& frame : queue) {
            if (zmq_send(link.socket->get(), frame.data(), frame.size(), ZMQ_DONTWAIT) < 0) break;  // away or too slow
        }
    }
}

void Transport::Impl::run() {
    while (!stopping.load()) {
        std::array<zmq_pollitem_t, 3> items = {zmq_pollitem_t{zap->get(), 0, ZMQ_POLLIN, 0},
                                               zmq_pollitem_t{router->get(), 0, ZMQ_POLLIN, 0},
                                               zmq_pollitem_t{nullptr, wake, ZMQ_POLLIN, 0}};
        zmq_poll(items.data(), static_cast<int>(items.size()), 1'000);
        uint64_t ignored = 0;
        if ((items[2].revents & ZMQ_POLLIN) != 0 && read(wake, &ignored, sizeof(ignored)) < 0) ignored = 0;
        change_peers();
        answer_zap();
        flush();
        take_frames();
    }
}

Transport::Transport(TransportConfig config, TransportKeys keys, OnFrame on_frame)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(keys), std::move(on_frame))) {}

Transport::~Transport() {
    stop();
    impl_->links.clear();
    impl_->router.reset();
    impl_->zap.reset();
    if (impl_->context != nullptr) zmq_ctx_term(impl_->context);
    if (impl_->wake >= 0) close(impl_->wake);
}

Status Transport::start() {
    TRY_VOID(impl_->open());
    impl_->thread = std::thread([this] { impl_->run(); });
    return {};
}

void Transport::stop() {
    impl_->stopping.store(true);
    if (impl_->wake >= 0) impl_->signal();
    if (impl_->thread.joinable()) impl_->thread.join();
}

void Transport::set_peers(std::vector<Peer> peers) {
    {
        MutexLock lock(impl_->mutex);
        impl_->wanted = std::move(peers);
    }
    if (impl_->wake >= 0) impl_->signal();
}

void Transport::send(uint8_t to, Bytes frame) {
    {
        MutexLock lock(impl_->mutex);
        for (Impl::Link& link : impl_->links) {
            if (link.peer.index != to) continue;
            if (link.queued + frame.size() > impl_->config.max_queue_bytes) return;
            link.queued += frame.size();
            link.queue.push_back(std::move(frame));
            break;
        }
    }
    if (impl_->wake >= 0) impl_->signal();
}

}  // namespace sluice::transport
