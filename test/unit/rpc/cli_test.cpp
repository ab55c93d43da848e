#include "rpc/cli.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "rpc/dispatcher.h"
#include "rpc/server.h"

using namespace sluice;
using namespace sluice::rpc;
namespace fs = std::filesystem;

namespace {

struct Node {
    Node() : dispatcher(make_dispatcher(options)), server(loop, *dispatcher) {
        std::string name = (fs::temp_directory_path() / "sluice-cli-XXXXXX").string();
        folder = mkdtemp(name.data());
        loop.start();
        dispatcher->add("getblockhash", [](const Args& args, const Caller& caller) -> RpcResult {
            return Json{{"height", TRY(args.integer(0))},
                        {"wallet", caller.wallet.value_or("none")},
                        {"fee", amount_json(Amount{1})}};
        });
        dispatcher->add("getbestblockhash", [](const Args&, const Caller&) -> RpcResult { return Json("hash"); });
        dispatcher->add("submitblock", [](const Args&, const Caller&) -> RpcResult { return Json(); });
        dispatcher->add("sendtoaddress",
                        [](const Args& args, const Caller&) -> RpcResult { return amount_json(TRY(args.amount(1))); });
        set_warm_up(*dispatcher, std::nullopt);
        RpcServerOptions serve = RpcServerOptions::from(options, 1).value();
        serve.endpoints.resize(1);
        serve.endpoints[0].port = 0;
        BOOST_REQUIRE(server.start(serve, options, folder).has_value());
    }
    ~Node() {
        server.stop();
        fs::remove_all(folder);
    }
    CliOutcome run(std::vector<std::string> words, std::vector<std::pair<std::string, std::string>> with = {},
                   std::vector<std::string> input = {}) {
        Options cli;
        for (auto& [key, value] : with) cli.add(key, value);
        CliCall call;
        call.options = &cli;
        call.chain_dir = folder;
        call.default_port = server.port();
        call.words = std::move(words);
        size_t at = 0;
        call.more_lines = [&] { return at < input.size(); };
        call.read_line = [&] { return input[at++]; };
        return run_cli(call);
    }
    Options options;
    fs::path folder;
    runtime::EventLoop loop{"http"};
    DispatcherPtr dispatcher;
    RpcServer server;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cli)

BOOST_AUTO_TEST_CASE(results_are_printed_as_the_node_wrote_them) {
    Node node;
    BOOST_TEST(node.run({"getbestblockhash"}).out == "hash\n");
    BOOST_TEST(node.run({"submitblock", "00"}).out == "");
    BOOST_TEST(node.run({"getblockhash", "7"}).out ==
               "{\n  \"height\": 7,\n  \"wallet\": \"none\",\n  \"fee\": 0.00000001\n}\n");
    BOOST_TEST(node.run({"getblockhash", "height=8"}, {{"named", "1"}, {"rpcwallet", "a b/c"}})
                   .out.find("\"wallet\": \"a b/c\"") != std::string::npos);
    BOOST_TEST(node.run({"sendtoaddress", "x", "20999999.99999999"}).out == "20999999.99999999\n");
    BOOST_TEST(node.run({"getblockhash"}, {{"stdin", "1"}}, {"9"}).out.find("\"height\": 9") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_have_the_code_as_status) {
    Node node;
    const CliOutcome unknown = node.run({"nonsense"});
    BOOST_TEST(unknown.status == 32601);
    BOOST_TEST(unknown.err == "error code: -32601\nerror message:\nMethod not found\n");
    BOOST_TEST(node.run({"getblockhash", "x"}).err == "error: Error parsing JSON: x\n");
    BOOST_TEST(node.run({"getblockhash", "\"x\""}).status == 3);
    BOOST_TEST(node.run({}).status == 1);
    set_warm_up(*node.dispatcher, "Starting");
    BOOST_TEST(node.run({"getbestblockhash"}).err == "error code: -28\nerror message:\nStarting\n");
    BOOST_TEST(node.run({"getbestblockhash"}, {{"rpcwait", "1"}, {"rpcwaittimeout", "1"}}).err ==
               "error: timeout on transient error: server in warmup\n");
}

BOOST_AUTO_TEST_CASE(credentials_and_connections) {
    Node node;
    BOOST_TEST(node.run({"getbestblockhash"}, {{"rpcpassword", "wrong"}}).err ==
               "error: Authorization failed: Incorrect rpcuser or rpcpassword\n");
    BOOST_TEST(node.run({"getbestblockhash"}, {{"stdinrpcpass", "1"}}, {"wrong"}).status == 1);
    BOOST_TEST(node.run({"getbestblockhash"}, {{"rpccookiefile", "/nowhere"}})
                   .err.starts_with("error: Could not locate RPC credentials."));
    BOOST_TEST(node.run({"getbestblockhash"}, {{"rpcport", "1"}})
                   .err.starts_with("error: Could not connect to the server 127.0.0.1:1 ("));
    BOOST_TEST(
        node.run({"getbestblockhash"}, {{"rpcconnect", "127.0.0.1:" + std::to_string(node.server.port())}}).out ==
        "hash\n");
    BOOST_TEST(node.run({"getbestblockhash"}, {{"rpcport", "x"}}).status == 1);
}

BOOST_AUTO_TEST_CASE(words_become_the_types_that_the_method_takes) {
    BOOST_TEST(cli_request("getblock", {"ab", "2"}, false).value() ==
               R"({"method":"getblock","params":["ab",2],"id":1})");
    BOOST_TEST(cli_request("getblock", {"ab", "verbose=true"}, true).value() ==
               R"({"method":"getblock","params":{"verbose":true,"args":["ab"]},"id":1})");
    BOOST_TEST(cli_request("testmempoolaccept", {"[\"00\"]", "0.1"}, false).value() ==
               R"({"method":"testmempoolaccept","params":[["00"],"0.1"],"id":1})");
    BOOST_TEST(cli_request("gettxoutsetinfo", {"muhash", "5"}, false).value() ==
               R"({"method":"gettxoutsetinfo","params":["muhash",5],"id":1})");
    BOOST_TEST(!cli_request("testmempoolaccept", {"00"}, false).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
