#include "rpc/server.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "codec/hex.h"
#include "crypto/hash.h"
#include "http/client.h"
#include "rpc/auth.h"
#include "rpc/control.h"
#include "rpc/dispatcher.h"

using namespace sluice;
using namespace sluice::rpc;
namespace fs = std::filesystem;

namespace {

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "sluice-rpc-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
};

struct Node {
    explicit Node(Options with = {})
        : options(std::move(with)), dispatcher(make_dispatcher(options)), server(loop, *dispatcher) {
        loop.start();
        add_control_methods(*dispatcher, ControlPorts{[] {}, &clock, ""});
        dispatcher->add("getblockcount", [this](const Args&, const Caller&) -> RpcResult {
            gate.get_future().wait();
            return Json(1);
        });
        set_warm_up(*dispatcher, std::nullopt);
        RpcServerOptions serve = RpcServerOptions::from(options, 1).value();
        for (auto& endpoint : serve.endpoints) endpoint.port = 0;
        serve.endpoints.resize(1);
        const Status started = server.start(serve, options, folder.path);
        BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? std::string() : started.error().message));
    }
    int status(const std::string& user, const std::string& password, const std::string& target = "/") {
        http::ClientOptions to;
        to.port = server.port();
        if (!user.empty()) to.authorization = http::make_basic(user, password);
        return http::Client(to).post(target, R"({"id":1,"method":"uptime"})").value().status;
    }
    Folder folder;
    SystemClock clock;
    std::promise<void> gate;
    Options options;
    runtime::EventLoop loop{"http"};
    DispatcherPtr dispatcher;
    RpcServer server;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(a_cookie_opens_the_door_and_goes_away) {
    fs::path cookie;
    {
        Node node;
        cookie = node.folder.path / ".cookie";
        const std::string pair = read_cookie(cookie).value();
        struct stat info {};
        BOOST_REQUIRE(stat(cookie.c_str(), &info) == 0);
        BOOST_TEST((info.st_mode & 0777) == 0600u);
        const size_t colon = pair.find(':');
        BOOST_TEST(pair.substr(0, colon) == "__cookie__");
        BOOST_TEST(node.status("__cookie__", pair.substr(colon + 1)) == 200);
        BOOST_TEST(node.status("__cookie__", "wrong") == 401);
        BOOST_TEST(node.status("", "") == 401);
        BOOST_TEST(node.status("__cookie__", pair.substr(colon + 1), "/elsewhere") == 404);
        BOOST_TEST(node.status("__cookie__", pair.substr(colon + 1), "/wallet/w") == 200);
        http::ClientOptions to;
        to.port = node.server.port();
        BOOST_TEST(http::Client(to).get("/").value().status == 405);
        node.server.stop();
        BOOST_TEST(!fs::exists(cookie));
    }
}

BOOST_AUTO_TEST_CASE(passwords_and_salted_passwords) {
    Options options;
    options.add("rpcuser", "u");
    options.add("rpcpassword", "p:x");
    const std::string salt = "abcdef";
    options.add("rpcauth", "alice:" + salt + "$" + to_hex(hmac_sha256(as_bytes(salt), as_bytes("secret")).view()));
    Node node(std::move(options));
    BOOST_TEST(!fs::exists(node.folder.path / ".cookie"));
    BOOST_TEST(node.status("u", "p:x") == 200);
    BOOST_TEST(node.status("u", "p") == 401);
    BOOST_TEST(node.status("alice", "secret") == 200);
    BOOST_TEST(node.status("alice", "p:x") == 401);
    BOOST_TEST(node.status("bob", "secret") == 401);
    Options bad;
    bad.add("rpcauth", "alice");
    BOOST_TEST(Credentials::load(bad, node.folder.path).error().message == "Invalid -rpcauth argument.");
}

BOOST_AUTO_TEST_CASE(stopping_finishes_what_has_begun) {
    Options options;
    options.add("rpcpassword", "p");
    Node node(std::move(options));
    std::string reply;
    std::thread client([&] {
        http::ClientOptions to;
        to.port = node.server.port();
        to.authorization = http::make_basic("", "p");
        reply = http::Client(to).post("/", R"({"id":1,"method":"getblockcount"})").value().body;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::thread release([&] { node.gate.set_value(); });
    node.server.stop();
    client.join();
    release.join();
    BOOST_TEST((reply.empty() || reply == "{\"result\":1,\"error\":null,\"id\":1}\n"));
}

BOOST_AUTO_TEST_CASE(endpoints_follow_the_options) {
    const auto from = [](std::vector<std::pair<std::string, std::string>> values) {
        Options options;
        for (auto& [name, value] : values) options.add(name, value);
        return RpcServerOptions::from(options, 7040);
    };
    BOOST_TEST(from({})->endpoints[0].address == "127.0.0.1");
    BOOST_TEST(from({})->endpoints[0].port == 7040);
    BOOST_TEST(from({{"rpcbind", "0.0.0.0"}})->endpoints[0].address == "127.0.0.1");
    BOOST_TEST(from({{"rpcbind", "0.0.0.0"}})->warnings.size() == 1u);
    const auto both =
        from({{"rpcbind", "[::1]:5"}, {"rpcbind", "1.2.3.4"}, {"rpcallowip", "10.0.0.0/8"}, {"rpcport", "9"}}).value();
    BOOST_TEST(both.endpoints[0].address == "::1");
    BOOST_TEST(both.endpoints[0].port == 5);
    BOOST_TEST(both.endpoints[1].port == 9);
    BOOST_TEST(both.allowed.size() == 3u);
    BOOST_TEST(!from({{"rpcallowip", "nonsense"}}).has_value());
    BOOST_TEST(!from({{"rpcport", "0"}}).has_value());
    BOOST_TEST(!from({{"rpcport", "x"}}).has_value());
    BOOST_TEST(!from({{"rpcbind", "1.2.3.4:x"}, {"rpcallowip", "::/0"}}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
