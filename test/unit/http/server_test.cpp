#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <thread>

#include "http/client.h"

using namespace sluice;
using namespace sluice::http;

namespace {

ServerOptions local_options() {
    ServerOptions options;
    options.allowed = {Subnet::parse("127.0.0.0/8").value()};
    options.refusal_delay = std::chrono::milliseconds(1);
    return options;
}

struct Echo {
    explicit Echo(ServerOptions options = local_options())
        : server(loop, std::move(options), [this](Request request, Reply reply) {
              if (request.path == "/drop") return;
              if (request.path == "/later") {
                  threads.emplace_back([reply = std::move(reply)] { reply(plain_response(200, "from a thread")); });
                  return;
              }
              Response response = plain_response(200, request.method + " " + request.path + " " + request.body);
              response.headers.emplace_back("X-Test", "yes");
              reply(response);
          }) {
        loop.start();
        port = server.bind("127.0.0.1", 0).value();
    }
    ~Echo() {
        for (std::thread& thread : threads) thread.join();
    }
    Client client() {
        ClientOptions options;
        options.port = port;
        options.timeout = std::chrono::seconds(20);
        return Client(options);
    }
    runtime::EventLoop loop{"http"};
    std::vector<std::thread> threads;
    Server server;
    uint16_t port = 0;
};

// A raw connection: sends bytes, half-closes if asked, and reads until the server closes.
std::string raw(uint16_t port, std::string_view bytes, bool half_close) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    BOOST_REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    while (!bytes.empty()) {
        const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        bytes.remove_prefix(static_cast<size_t>(sent));
    }
    if (half_close) shutdown(fd, SHUT_WR);
    std::string out;
    char chunk[4096];
    for (ssize_t got = recv(fd, chunk, sizeof(chunk), 0); got > 0; got = recv(fd, chunk, sizeof(chunk), 0)) {
        out.append(chunk, static_cast<size_t>(got));
    }
    close(fd);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(requests_are_answered_on_one_connection) {
    Echo echo;
    Client client = echo.client();
    for (int i = 0; i < 3; ++i) {
        const auto reply = client.post("/x", "body" + std::to_string(i));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body == "POST /x body" + std::to_string(i));
        BOOST_TEST(find_header(reply->headers, "x-test").value() == "yes");
    }
    BOOST_TEST(client.get("/later").value().body == "from a thread");
    BOOST_TEST(client.get("/drop").value().status == 500);
    BOOST_TEST(client.post("/big", std::string(5'000'000, 'b')).value().body.size() == 5'000'000u + 10);
}

BOOST_AUTO_TEST_CASE(pipelined_requests_and_a_half_closed_peer_get_all_answers) {
    Echo echo;
    const std::string one = "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\na";
    const std::string two = "\r\nGET /later HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n";
    for (const bool half_close : {false, true}) {
        const std::string out = raw(echo.port, one + two, half_close);
        const size_t first = out.find("POST /1 a");
        const size_t second = out.find("from a thread");
        const size_t third = out.find("GET /3 ");
        BOOST_TEST(first < second);
        BOOST_TEST(second < third);
        BOOST_TEST(third != std::string::npos);
    }
    const std::string big = "POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'z');
    BOOST_TEST(raw(echo.port, big, true).size() > 3'000'000u);
}

BOOST_AUTO_TEST_CASE(garbage_is_answered_and_closed) {
    Echo echo;
    BOOST_TEST(raw(echo.port, "\xf9\xbe\xb4\xd9version\n", false).starts_with("HTTP/1.1 400 "));
    BOOST_TEST(raw(echo.port, std::string(100'000, 'x'), false).starts_with("HTTP/1.1 400 "));
    BOOST_TEST(
        raw(echo.port, "POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\nabc", false).starts_with("HTTP/1.1 413 "));
    BOOST_TEST(raw(echo.port, "GET / HT", true) == "");
    BOOST_TEST(echo.client().get("/fine").value().status == 200);
}

BOOST_AUTO_TEST_CASE(a_refused_head_ends_before_its_body) {
    ServerOptions options = local_options();
    options.gate = [](const Request& head) -> std::optional<Response> {
        if (find_header(head.headers, "Authorization")) return std::nullopt;
        Response refusal = plain_response(401, "who?");
        refusal.headers.emplace_back("WWW-Authenticate", "Basic realm=\"jsonrpc\"");
        return refusal;
    };
    Echo echo(std::move(options));
    Client client = echo.client();
    const auto refused = client.post("/", std::string(2'000'000, 'x'));
    BOOST_TEST(refused.value().status == 401);
    client.set_authorization(make_basic("u", "p"));
    BOOST_TEST(client.post("/", "x").value().status == 200);
}

BOOST_AUTO_TEST_CASE(strangers_are_forbidden_and_crowds_are_limited) {
    ServerOptions options = local_options();
    options.allowed = {Subnet::parse("10.0.0.0/255.0.0.0").value()};
    Echo strangers(std::move(options));
    BOOST_TEST(strangers.client().get("/").value().status == 403);

    ServerOptions few = local_options();
    few.max_connections = 1;
    Echo crowded(std::move(few));
    Client first = crowded.client();
    BOOST_TEST(first.get("/").value().status == 200);
    Client second = crowded.client();
    BOOST_TEST(!second.get("/").has_value());
}

BOOST_AUTO_TEST_CASE(nobody_there_is_told_apart) {
    ClientOptions options;
    options.port = 1;
    const auto reply = Client(options).get("/");
    BOOST_REQUIRE(!reply.has_value());
    BOOST_TEST((reply.error().kind == ClientError::Kind::kConnect));
    Echo echo;
    const auto taken = echo.server.bind("127.0.0.1", echo.port);
    BOOST_REQUIRE(!taken.has_value());
    BOOST_TEST(taken.error().message.find(std::to_string(echo.port)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(subnets) {
    const auto holds = [](const char* subnet, const char* address) {
        sockaddr_storage storage{};
        auto& four = reinterpret_cast<sockaddr_in&>(storage);
        auto& six = reinterpret_cast<sockaddr_in6&>(storage);
        storage.ss_family = AF_INET;
        if (inet_pton(AF_INET, address, &four.sin_addr) != 1) {
            storage.ss_family = AF_INET6;
            BOOST_REQUIRE(inet_pton(AF_INET6, address, &six.sin6_addr) == 1);
        }
        return Subnet::parse(subnet).value().contains(reinterpret_cast<const sockaddr&>(storage));
    };
    BOOST_TEST(holds("127.0.0.0/8", "127.9.9.9"));
    BOOST_TEST(!holds("127.0.0.0/8", "128.0.0.1"));
    BOOST_TEST(holds("1.2.3.4", "1.2.3.4"));
    BOOST_TEST(!holds("1.2.3.4", "1.2.3.5"));
    BOOST_TEST(holds("192.168.0.0/255.255.0.0", "192.168.7.1"));
    BOOST_TEST(holds("0.0.0.0/0", "8.8.8.8"));
    BOOST_TEST(!holds("0.0.0.0/0", "2001::1"));
    BOOST_TEST(holds("::/0", "2001::1"));
    BOOST_TEST(holds("2001:db8::/32", "2001:db8:1::1"));
    BOOST_TEST(holds("10.0.0.0/8", "::ffff:10.1.1.1"));
    for (const char* bad :
         {"", "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/255.0.255.0", "::1/129", "1.2.3.4/", "1.2.3.4/::1"}) {
        BOOST_TEST(!Subnet::parse(bad));
    }
}

BOOST_AUTO_TEST_SUITE_END()
