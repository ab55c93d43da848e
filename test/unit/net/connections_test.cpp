#include "p2p/net/connections.h"

#include <event2/bufferevent.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <thread>

#include "p2p/net/detail/socket_address.h"
#include "storage/memory_disk.h"

using namespace sluice;
using namespace sluice::net;
using namespace std::chrono_literals;

namespace {

constexpr wire::Magic kMagic = {1, 2, 3, 4};

// Answers every "ping" with a "pong" and remembers what happened.
class Echo final : public PeerHandler {
public:
    void connected(const PeerInfo& peer) override {
        peers[peer.id] = peer;
        if (establish) transport->established(peer.id, 9);
    }
    void received(PeerId peer, wire::Frame frame) override {
        ++frames[frame.command];
        if (frame.command == "ping") transport->send(peer, "pong", frame.payload);
    }
    void writable(PeerId) override { ++drained; }
    void disconnected(PeerId peer) override {
        peers.erase(peer);
        ++gone;
    }

    PeerTransport* transport = nullptr;
    bool establish = true;
    std::map<PeerId, PeerInfo> peers;
    std::map<std::string, int> frames;
    int gone = 0;
    int drained = 0;
};

struct Host {
    Host(runtime::EventLoop& event_loop, const Clock& clock, NetOptions options, storage::Db* db = nullptr)
        : loop(event_loop), net(event_loop, std::move(options), clock, db) {
        handler.transport = &net;
    }
    ~Host() {
        (void)loop.call([this] { net.stop(); });
    }
    Status start() {
        return *loop.call([this] { return net.start(handler); });
    }
    [[nodiscard]] std::string address() {
        return *loop.call([this] { return net.listening().at(0).to_string(); });
    }
    // Waits until the condition holds on the loop; false after five seconds.
    bool until(std::function<bool()> condition) {
        for (int i = 0; i < 500; ++i) {
            if (*loop.call([&] { return condition(); })) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    runtime::EventLoop& loop;
    Connections net;
    Echo handler;
};

NetOptions local() {
    NetOptions options;
    options.magic = kMagic;
    options.default_port = 1;
    options.binds = {*wire::parse_ip("127.0.0.1", 0)};
    return options;
}
NetOptions dialling(const std::string& target) {
    NetOptions options = local();
    options.listen = false;
    options.binds.clear();
    options.add_nodes = {target};
    return options;
}

struct Loop {
    Loop() : loop("net") { loop.start(); }
    ~Loop() { loop.stop(); }
    runtime::EventLoop loop;
    SystemClock clock;
};

class RawClient {
public:
    explicit RawClient(const wire::NetAddress& to) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
        const auto address = net::detail::to_socket(to);
        connected_ = connect(fd_, address->get(), address->size) == 0;
    }
    ~RawClient() { ::close(fd_); }
    void write(ByteView bytes) {
        connected_ = connected_ && ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
    }
    // True if the other side closes within five seconds.
    bool closed() {
        timeval wait{5, 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
        char byte;
        const ssize_t got = ::recv(fd_, &byte, 1, 0);
        return got == 0 || (got < 0 && errno != EAGAIN);
    }

private:
    int fd_;
    bool connected_ = false;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connections, Loop)

BOOST_AUTO_TEST_CASE(two_nodes_exchange_messages) {
    Host server(loop, clock, local());
    BOOST_REQUIRE(server.start().has_value());
    Host client(loop, clock, dialling(server.address()));
    BOOST_REQUIRE(client.start().has_value());
    BOOST_REQUIRE(client.until([&] { return client.handler.peers.size() == 1 && server.handler.peers.size() == 1; }));
    (void)loop.call([&] { client.net.send(client.handler.peers.begin()->first, "ping", Bytes(8, 7)); });
    BOOST_CHECK(client.until([&] { return client.handler.frames["pong"] == 1; }));
    const auto stats = *loop.call([&] { return client.net.stats(); });
    BOOST_REQUIRE_EQUAL(stats.size(), 1u);
    BOOST_CHECK_EQUAL(stats[0].sent_per_command.at("ping"), 32u);
    BOOST_CHECK_EQUAL(stats[0].received_per_command.at("pong"), 32u);
    BOOST_CHECK(stats[0].info.kind == ConnectionKind::kManual);
    const auto added = *loop.call([&] { return client.net.added_nodes(); });
    BOOST_CHECK_EQUAL(added.at(0).connected_to->to_string(), server.address());
}

BOOST_AUTO_TEST_CASE(a_named_node_is_dialled_again_until_it_is_there) {
    std::string address;
    {
        Host first(loop, clock, local());
        BOOST_REQUIRE(first.start().has_value());
        address = first.address();
    }
    Host client(loop, clock, dialling(address));
    BOOST_REQUIRE(client.start().has_value());
    std::this_thread::sleep_for(300ms);
    NetOptions again = local();
    again.binds = {*wire::parse_ip("127.0.0.1", wire::split_host_port(address, 1)->port)};
    {
        Host server(loop, clock, again);
        BOOST_REQUIRE(server.start().has_value());
        BOOST_CHECK(client.until([&] { return client.handler.peers.size() == 1; }));
    }
    BOOST_CHECK(client.until([&] { return client.handler.peers.empty(); }));
    Host server(loop, clock, again);
    BOOST_REQUIRE(server.start().has_value());
    BOOST_CHECK(client.until([&] { return client.handler.peers.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(garbage_closes_only_its_own_connection) {
    Host server(loop, clock, local());
    BOOST_REQUIRE(server.start().has_value());
    Host client(loop, clock, dialling(server.address()));
    BOOST_REQUIRE(client.start().has_value());
    BOOST_REQUIRE(client.until([&] { return client.handler.peers.size() == 1; }));
    const wire::NetAddress target = *loop.call([&] { return server.net.listening().at(0); });
    RawClient http(target);
    http.write(as_bytes("GET / HTTP/1.1\r\n\r\n"));
    BOOST_CHECK(http.closed());
    RawClient huge(target);
    Bytes header = wire::frame(kMagic, "block", {});
    header[16] = header[17] = header[18] = header[19] = 0xff;
    huge.write(header);
    BOOST_CHECK(huge.closed());
    BOOST_CHECK(server.until([&] { return server.handler.peers.size() == 1; }));
    BOOST_CHECK_EQUAL(client.handler.gone, 0);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_said_so) {
    Host server(loop, clock, local());
    BOOST_REQUIRE(server.start().has_value());
    NetOptions same = local();
    same.binds = {*loop.call([&] { return server.net.listening().at(0); })};
    Host second(loop, clock, same);
    const Status status = second.start();
    BOOST_REQUIRE(!status.has_value());
    BOOST_CHECK(status.error().message.starts_with("Unable to bind to 127.0.0.1:"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_shakes_hands_is_dropped) {
    NetOptions options = local();
    options.handshake_timeout = 1s;
    Host server(loop, clock, options);
    server.handler.establish = false;
    BOOST_REQUIRE(server.start().has_value());
    RawClient silent(*loop.call([&] { return server.net.listening().at(0); }));
    BOOST_CHECK(silent.closed());
}

BOOST_AUTO_TEST_CASE(banned_hosts_are_closed_and_stay_out) {
    Host server(loop, clock, local());
    BOOST_REQUIRE(server.start().has_value());
    Host client(loop, clock, dialling(server.address()));
    BOOST_REQUIRE(client.start().has_value());
    BOOST_REQUIRE(server.until([&] { return server.handler.peers.size() == 1; }));
    (void)loop.call([&] { server.net.ban(*parse_subnet("127.0.0.0/8"), clock.unix_time() + 1000); });
    BOOST_CHECK(server.until([&] { return server.handler.peers.empty() && server.handler.gone == 1; }));
    RawClient banned(*loop.call([&] { return server.net.listening().at(0); }));
    BOOST_CHECK(banned.closed());
    (void)loop.call([&] { server.net.unban(*parse_subnet("127.0.0.0/8")); });
    BOOST_CHECK(server.until([&] { return server.handler.peers.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_fills_up_and_drains) {
    NetOptions options = local();
    options.send_soft_limit = 100'000;
    Host server(loop, clock, options);
    BOOST_REQUIRE(server.start().has_value());
    Host client(loop, clock, dialling(server.address()));
    BOOST_REQUIRE(client.start().has_value());
    BOOST_REQUIRE(server.until([&] { return server.handler.peers.size() == 1 && client.handler.peers.size() == 1; }));
    const PeerId to = server.handler.peers.begin()->first;
    const PeerId from = client.handler.peers.begin()->first;
    (void)loop.call([&] {
        client.net.set_reading(from, false);
        for (int i = 0; i < 10; ++i) server.net.send(to, "block", Bytes(1'000'000, 1));
    });
    BOOST_CHECK(*loop.call([&] { return server.net.send_full(to); }));
    BOOST_CHECK_EQUAL(*loop.call([&] { return client.handler.frames["block"]; }), 0);
    (void)loop.call([&] { client.net.set_reading(from, true); });
    BOOST_CHECK(server.until([&] { return client.handler.frames["block"] == 10 && !server.net.send_full(to); }));
    BOOST_CHECK_GE(server.handler.drained, 1);
}

BOOST_AUTO_TEST_CASE(the_address_book_and_the_bans_survive_a_restart) {
    storage::MemoryDisk disk;
    const auto db = *disk.open_db("peers", {});
    const wire::NetAddress known = *wire::parse_ip("8.8.8.8", 7042);
    NetOptions options = local();
    options.network_active = false;
    {
        Host host(loop, clock, options, db.get());
        BOOST_REQUIRE(host.start().has_value());
        (void)loop.call([&] {
            host.net.addresses().add({{static_cast<uint32_t>(clock.unix_time()), 9, known}}, known, clock.unix_time(),
                                     0);
            host.net.ban(*parse_subnet("9.9.0.0/16"), clock.unix_time() + 1000);
        });
    }
    Host host(loop, clock, options, db.get());
    BOOST_REQUIRE(host.start().has_value());
    BOOST_CHECK_EQUAL(*loop.call([&] { return host.net.addresses().size(); }), 1u);
    BOOST_CHECK_EQUAL(*loop.call([&] { return host.net.bans().list(clock.unix_time()).size(); }), 1u);
}

BOOST_AUTO_TEST_SUITE_END()
