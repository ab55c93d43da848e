#include "rpc/dispatcher.h"

#include <boost/test/unit_test.hpp>

#include "rpc/control.h"

using namespace sluice;
using namespace sluice::rpc;

namespace {

struct Node {
    Node() {
        ports.request_shutdown = [this] { stopped = true; };
        ports.clock = &clock;
        add_control_methods(dispatcher, ports);
        dispatcher.add("getblockhash", [](const Args& args, const Caller&) -> RpcResult {
            const int64_t height = TRY(args.integer(0));
            if (height > 5) return rpc_error(Code::kInvalidParameter, "Block height out of range");
            return Json("hash " + std::to_string(height));
        });
        dispatcher.set_warm_up(std::nullopt);
    }
    std::pair<int, std::string> ask(std::string_view body) {
        const http::Response response = dispatcher.handle(body, Caller{"user", {}});
        return {response.status, response.body};
    }
    SystemClock clock;
    ControlPorts ports;
    Dispatcher dispatcher{[](const std::string& user) -> std::optional<std::set<std::string>> {
        if (user == "limited") return std::set<std::string>{"uptime"};
        return std::nullopt;
    }};
    bool stopped = false;
};

#define EXPECT_REPLY(node, body, http_status, text)    \
    do {                                               \
        const auto [status, reply] = (node).ask(body); \
        BOOST_TEST(status == (http_status));           \
        BOOST_TEST(reply == (text));                   \
    } while (false)

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatcher)

BOOST_AUTO_TEST_CASE(uptime_follows_the_mocked_clock) {
    Node node;
    node.clock.set_mock_time(node.clock.unix_time() + 1000);
    const auto up = node.dispatcher.call("uptime", Json::array(), Caller{});
    BOOST_REQUIRE(up.has_value());
    BOOST_TEST(up->get<int>() >= 1000);
    BOOST_TEST(up->get<int>() < 1100);
}

BOOST_AUTO_TEST_CASE(log_categories_are_switched) {
    Node node;
    const auto logging = [&](const Json& on, const Json& off) {
        Json arguments = Json::array();
        arguments.push_back(on);
        arguments.push_back(off);
        return node.dispatcher.call("logging", arguments, Caller{});
    };
    const Json none = Json::array();
    const Json all = Json::array({"all"});
    BOOST_TEST(logging(all, none).value()["net"] == true);
    const Json fewer = logging(none, Json::array({"qt"})).value();
    BOOST_TEST(fewer["qt"] == false);
    BOOST_TEST(fewer["net"] == true);
    BOOST_TEST(logging(Json::array({"qt"}), none).value()["qt"] == true);
    const Json last = logging(Json::array({"qt"}), Json::array({"qt", "all"})).value();
    BOOST_TEST(last["qt"] == false);
    BOOST_TEST(last["net"] == false);
    const auto unknown = logging(Json::array({"nonsense"}), none);
    BOOST_REQUIRE(!unknown.has_value());
    BOOST_TEST(unknown.error().message == "unknown logging category nonsense");
}

BOOST_AUTO_TEST_CASE(versions_one_and_two_answer_in_their_own_way) {
    Node node;
    EXPECT_REPLY(node, R"({"id":7,"method":"getblockhash","params":[3]})", 200,
                 "{\"result\":\"hash 3\",\"error\":null,\"id\":7}\n");
    EXPECT_REPLY(node, R"({"method":"getblockhash","params":[3]})", 200, "{\"result\":\"hash 3\",\"error\":null}\n");
    EXPECT_REPLY(node, R"({"jsonrpc":"2.0","id":"x","method":"getblockhash","params":[3]})", 200,
                 "{\"jsonrpc\":\"2.0\",\"result\":\"hash 3\",\"id\":\"x\"}\n");
    EXPECT_REPLY(node, R"({"jsonrpc":"2.0","method":"getblockhash","params":[3]})", 204, "");
    EXPECT_REPLY(node, R"({"id":1,"method":"getblockhash","params":[9]})", 500,
                 "{\"result\":null,\"error\":{\"code\":-8,\"message\":\"Block height out of range\"},\"id\":1}\n");
    EXPECT_REPLY(node, R"({"jsonrpc":"2.0","id":1,"method":"getblockhash","params":[9]})", 200,
                 "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-8,\"message\":\"Block height out of range\"},\"id\":1}\n");
}

BOOST_AUTO_TEST_CASE(broken_requests_are_told_what_is_wrong) {
    Node node;
    EXPECT_REPLY(node, "{", 500,
                 "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}\n");
    EXPECT_REPLY(
        node, "3", 500,
        "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Top-level object parse error\"},\"id\":null}\n");
    EXPECT_REPLY(node, R"({"id":1})", 400,
                 "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Missing method\"},\"id\":1}\n");
    EXPECT_REPLY(node, R"({"id":1,"method":2})", 400,
                 "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Method must be a string\"},\"id\":1}\n");
    EXPECT_REPLY(
        node, R"({"id":1,"method":"uptime","params":1})", 400,
        "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Params must be an array or object\"},\"id\":1}\n");
    EXPECT_REPLY(node, R"({"id":1,"method":"nonsense"})", 404,
                 "{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":1}\n");
    EXPECT_REPLY(
        node, R"({"jsonrpc":"3.0","id":1,"method":"uptime"})", 400,
        "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"JSON-RPC version not supported\"},\"id\":1}\n");
}

BOOST_AUTO_TEST_CASE(batches_answer_each_call_that_wants_an_answer) {
    Node node;
    EXPECT_REPLY(
        node,
        R"([{"id":1,"method":"getblockhash","params":[1]},5,{"jsonrpc":"2.0","method":"uptime"},{"id":2,"method":"nope"}])",
        200,
        "[{\"result\":\"hash 1\",\"error\":null,\"id\":1},"
        "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid Request object\"}},"
        "{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":2}]\n");
    EXPECT_REPLY(node, "[]", 200, "[]\n");
    EXPECT_REPLY(node, R"([{"jsonrpc":"2.0","method":"uptime"}])", 204, "");
}

BOOST_AUTO_TEST_CASE(arguments_by_name) {
    Node node;
    const Caller caller;
    const auto call = [&](const char* method, const char* params) {
        const RpcResult result = node.dispatcher.call(method, read_json(params).value(), caller);
        return result ? write_json(*result)
                      : std::to_string(static_cast<int>(result.error().code)) + " " + result.error().message;
    };
    BOOST_TEST(call("getblockhash", R"({"height":2})") == "\"hash 2\"");
    BOOST_TEST(call("echo", R"({"arg2":1})") == "[null,null,1]");
    BOOST_TEST(call("echo", R"({"args":[7,8],"arg3":1})") == "[7,8,null,1]");
    BOOST_TEST(call("echo", R"({"args":[7,8],"arg1":1})") ==
               "-8 Parameter arg1 specified twice both as positional and named argument");
    BOOST_TEST(call("echo", R"({"what":1})") == "-8 Unknown named parameter what");
    BOOST_TEST(call("getblockhash", R"(["2"])") ==
               "-3 Wrong type passed:\n{\n    \"Position 1 (height)\": \"JSON value of type string is not of expected "
               "type number\"\n}");
    BOOST_TEST(call("getblockhash", "[2.5]") == "-1 JSON integer out of range");
    BOOST_TEST(call("getblockhash", "[]").starts_with("-1 getblockhash height\n"));
    BOOST_TEST(call("getblockhash", "[1,2]").starts_with("-1 getblockhash height\n"));
    BOOST_TEST(call("help", R"(["getblock"])").find("getblock \\\"blockhash\\\" ( verbosity )") != std::string::npos);
    BOOST_TEST(call("help", R"(["nix"])") == "\"help: unknown command: nix\"");
}

BOOST_AUTO_TEST_CASE(warm_up_and_whitelist) {
    Node node;
    node.dispatcher.set_warm_up("Loading block index");
    EXPECT_REPLY(node, R"({"id":1,"method":"uptime"})", 500,
                 "{\"result\":null,\"error\":{\"code\":-28,\"message\":\"Loading block index\"},\"id\":1}\n");
    node.dispatcher.set_warm_up(std::nullopt);
    const Caller limited{"limited", {}};
    BOOST_TEST(node.dispatcher.handle(R"({"id":1,"method":"uptime"})", limited).status == 200);
    BOOST_TEST(node.dispatcher.handle(R"({"id":1,"method":"stop"})", limited).status == 403);
    BOOST_TEST(node.dispatcher.handle(R"([{"id":1,"method":"uptime"},{"method":"stop"}])", limited).status == 403);
    BOOST_TEST(!node.stopped);
    BOOST_TEST(node.dispatcher.handle(R"({"id":1,"method":"stop"})", Caller{}).body ==
               "{\"result\":\"Sluice stopping\",\"error\":null,\"id\":1}\n");
    BOOST_TEST(node.stopped);
}

BOOST_AUTO_TEST_CASE(the_method_table_is_sound) {
    std::set<std::string_view> names;
    for (const Method& method : all_methods()) {
        BOOST_TEST(names.insert(method.name).second, method.name);
        BOOST_TEST(!method.help.empty(), method.name);
        bool optional = false;
        for (const Argument& argument : method.arguments) {
            optional = optional || !argument.required;
            // Required after optional: both must be there, as the count goes to the last required one.
            const bool as_the_reference = method.name == "prioritisetransaction" || method.name == "sendmany" ||
                                          method.name == "walletcreatefundedpsbt";
            if (!as_the_reference) BOOST_TEST(argument.required != optional, method.name);
        }
    }
    const Method method{"mix", "util", "A test.", {{"one", ArgType::kText}, {"two", ArgType::kNumber, true}}};
    BOOST_TEST(!Args::make(method, Json::array()).has_value());
    BOOST_CHECK(Args::make(method, Json::array({""})).error().code == Code::kMisc);
    BOOST_TEST(Args::make(method, Json::array({nullptr, 2})).has_value());
    BOOST_TEST(help_overview().starts_with("== Blockchain ==\nacceptpegin "));
}

BOOST_AUTO_TEST_SUITE_END()
