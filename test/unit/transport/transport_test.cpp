// Links between members over real sockets on this machine.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "federation/transport/transport.h"

using namespace sluice;
using namespace sluice::transport;

namespace {

uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    socklen_t size = sizeof(address);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
}

struct Inbox {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::pair<uint8_t, Bytes>> frames;

    Transport::OnFrame receiver() {
        return [this](uint8_t from, Bytes frame) {
            const std::lock_guard lock(mutex);
            frames.emplace_back(from, std::move(frame));
            changed.notify_all();
        };
    }
    bool wait_for(size_t count, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, limit, [&] { return frames.size() >= count; });
    }
};

struct Pair {
    uint16_t port_a = free_port();
    uint16_t port_b = free_port();
    TransportKeys a = *generate_transport_keys();
    TransportKeys b = *generate_transport_keys();
    Inbox inbox_a;
    Inbox inbox_b;

    static std::string at(uint16_t port) { return "tcp://127.0.0.1:" + std::to_string(port); }
    static TransportKeys copy(const TransportKeys& keys) { return {keys.public_key, keys.secret.clone()}; }
    std::unique_ptr<Transport> make_a() {
        TransportConfig config;
        config.bind = at(port_a);
        config.peers = {{1, b.public_key, at(port_b)}};
        return std::make_unique<Transport>(config, copy(a), inbox_a.receiver());
    }
    std::unique_ptr<Transport> make_b() {
        TransportConfig config;
        config.bind = at(port_b);
        config.peers = {{0, a.public_key, at(port_a)}};
        return std::make_unique<Transport>(config, copy(b), inbox_b.receiver());
    }
};

// Frames to a peer that is not linked yet are dropped: send until one arrives.
bool send_until_heard(Transport& from, uint8_t to, const Bytes& frame, Inbox& inbox, size_t count) {
    for (int attempt = 0; attempt < 200; ++attempt) {
        from.send(to, frame);
        if (inbox.wait_for(count, std::chrono::milliseconds(100))) return true;
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(frames_arrive_under_the_authenticated_name) {
    Pair pair;
    auto a = pair.make_a();
    auto b = pair.make_b();
    BOOST_REQUIRE(a->start());
    BOOST_REQUIRE(b->start());
    BOOST_REQUIRE(send_until_heard(*a, 1, {1, 2, 3}, pair.inbox_b, 1));
    BOOST_TEST(pair.inbox_b.frames[0].first == 0);
    BOOST_CHECK(pair.inbox_b.frames[0].second == (Bytes{1, 2, 3}));
    BOOST_REQUIRE(send_until_heard(*b, 0, Bytes(2'000'000, 7), pair.inbox_a, 1));
    BOOST_TEST(pair.inbox_a.frames[0].second.size() == 2'000'000u);
}

BOOST_AUTO_TEST_CASE(links_come_back_after_a_restart) {
    Pair pair;
    auto a = pair.make_a();
    auto b = pair.make_b();
    BOOST_REQUIRE(a->start());
    BOOST_REQUIRE(b->start());
    BOOST_REQUIRE(send_until_heard(*a, 1, {1}, pair.inbox_b, 1));
    b.reset();
    b = pair.make_b();
    BOOST_REQUIRE(b->start());
    const size_t before = pair.inbox_b.frames.size();
    BOOST_TEST(send_until_heard(*a, 1, {2}, pair.inbox_b, before + 1));
}

BOOST_AUTO_TEST_CASE(a_key_outside_the_list_is_not_heard) {
    Pair pair;
    auto a = pair.make_a();
    BOOST_REQUIRE(a->start());
    // A stranger who knows the server's key.
    TransportConfig config;
    config.bind = Pair::at(free_port());
    config.peers = {{0, pair.a.public_key, Pair::at(pair.port_a)}};
    Inbox nothing;
    Transport stranger(config, *generate_transport_keys(), nothing.receiver());
    BOOST_REQUIRE(stranger.start());
    for (int i = 0; i < 10; ++i) {
        stranger.send(0, {9, 9, 9});
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    BOOST_TEST(pair.inbox_a.frames.empty());
    // And the member is heard all the same.
    auto b = pair.make_b();
    BOOST_REQUIRE(b->start());
    BOOST_TEST(send_until_heard(*b, 0, {1}, pair.inbox_a, 1));
}

BOOST_AUTO_TEST_CASE(plain_sockets_and_garbage_are_harmless) {
    Pair pair;
    auto a = pair.make_a();
    BOOST_REQUIRE(a->start());
    // Plain ZeroMQ without CURVE.
    void* context = zmq_ctx_new();
    void* plain = zmq_socket(context, ZMQ_DEALER);
    const int linger = 0;
    zmq_setsockopt(plain, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_connect(plain, Pair::at(pair.port_a).c_str());
    zmq_send(plain, "hello", 5, ZMQ_DONTWAIT);
    // Bytes that are no ZeroMQ at all.
    for (int i = 0; i < 5; ++i) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(pair.port_a);
        BOOST_REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
        const Bytes junk(70'000, static_cast<uint8_t>(0xff - i));
        (void)!::send(fd, junk.data(), junk.size(), MSG_NOSIGNAL);
        close(fd);
    }
    auto b = pair.make_b();
    BOOST_REQUIRE(b->start());
    BOOST_TEST(send_until_heard(*b, 0, {1}, pair.inbox_a, 1));
    for (const auto& [from, frame] : pair.inbox_a.frames) BOOST_TEST(from == 1);
    zmq_close(plain);
    zmq_ctx_term(context);
}

BOOST_AUTO_TEST_CASE(a_bad_address_is_an_error_not_an_end) {
    TransportConfig config;
    config.bind = "tcp://127.0.0.1:notaport";
    Transport transport(config, *generate_transport_keys(), [](uint8_t, Bytes) {});
    BOOST_TEST(!transport.start());
}

BOOST_AUTO_TEST_CASE(peers_come_and_go_while_it_runs) {
    Pair pair;
    auto a = pair.make_a();
    TransportConfig alone;
    alone.bind = Pair::at(pair.port_b);
    Transport b(alone, Pair::copy(pair.b), pair.inbox_b.receiver());
    BOOST_REQUIRE(a->start());
    BOOST_REQUIRE(b.start());
    a->send(1, Bytes{1});
    b.send(0, Bytes{1});  // not its peer
    BOOST_TEST(!pair.inbox_b.wait_for(1, std::chrono::milliseconds(500)));
    b.set_peers({{0, pair.a.public_key, Pair::at(pair.port_a)}, {2, pair.b.public_key, "nonsense"}});
    BOOST_TEST(send_until_heard(b, 0, Bytes{2}, pair.inbox_a, 1));
    BOOST_REQUIRE(send_until_heard(*a, 1, Bytes{3}, pair.inbox_b, 1));  // refused before, it tried again
    BOOST_CHECK(pair.inbox_b.frames[0].second == Bytes{3});
    b.set_peers({});
    b.send(0, Bytes{4});
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    size_t before = 0;
    {
        const std::lock_guard lock(pair.inbox_b.mutex);
        before = pair.inbox_b.frames.size();
    }
    a->send(1, Bytes{5});  // its key was welcome once; its frames are dropped now
    BOOST_TEST(!pair.inbox_b.wait_for(before + 1, std::chrono::milliseconds(500)));
}
