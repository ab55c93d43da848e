// Golden chains through the RPC methods, in process: submitblock, getblock, getrawtransaction, gettxoutsetinfo and
// refused blocks with their reasons.
#include <boost/test/unit_test.hpp>
#include <map>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "rpc/chain_methods.h"
#include "rpc/rawtx.h"
#include "storage/memory_disk.h"
#include "vectors/rpc/golden.h"

using namespace sluice;
using namespace sluice::rpc;

namespace {

struct Node {
    explicit Node(ChainParams chain_params) : params(std::move(chain_params)) {
        state.start();
        state.call([this] {
            chain::ChainStateOptions options;
            options.check_pegin_depth = false;
            chain = chain::ChainState::open({disk, params, clock, workers}, options).value();
            BOOST_REQUIRE(chain->start().has_value());
        });
        ChainPorts ports;
        ports.params = &params;
        ports.chain = chain.get();
        ports.reader = &chain->reader();
        ports.state = &state;
        ports.clock = &clock;
        add_chain_read_methods(dispatcher, ports);
        add_chain_info_methods(dispatcher, ports);
        add_chain_write_methods(dispatcher, ports);
        add_rawtx_methods(dispatcher, ports, nullptr);
        dispatcher.set_warm_up(std::nullopt);
    }
    ~Node() { state.stop(); }
    // The result as a client sees it; an error as "RPC error <code>: <message>".
    Json ask(const std::string& method, Json params_list) {
        const RpcResult result = dispatcher.call(method, params_list, Caller{});
        if (!result)
            return Json("RPC error " + std::to_string(static_cast<int>(result.error().code)) + ": " +
                        result.error().message);
        return golden::reread(*result);
    }
    ChainParams params;
    SystemClock clock;
    storage::MemoryDisk disk;
    runtime::WorkerPool workers{2};
    runtime::EventLoop state{"state"};
    std::unique_ptr<chain::ChainState> chain;
    Dispatcher dispatcher;
};

// The recorded figures went through a tool that writes amounts in its own way: numbers are compared by value.
std::string plain(const Json& value) {
    const auto text = type_name(value) == "number" ? number_or_string_text(value) : std::nullopt;
    const auto number = text ? parse_fixed_point(*text, 8) : std::nullopt;
    return number ? std::to_string(*number) : write_json(value);
}

void compare_set(const Json& expected, const Json& ours, const std::string& where) {
    for (const auto& item : ours.items()) {
        if (expected.contains(item.key()))
            BOOST_TEST(plain(item.value()) == plain(expected[item.key()]), where + " " + item.key());
    }
}

// getrawtransaction 2 shows of each input what it spends; of a claim, which spends no coin of this chain, an empty
// output.
size_t check_prevouts(Node& node, const Json& transactions, const Json& chain) {
    size_t cases = 0;
    for (const Json& row : transactions) {
        const size_t height = row["height"].get<size_t>();
        if (height >= chain["heights"].size()) continue;
        const Json tx = node.ask("getrawtransaction", {row["txid"], 2, chain["heights"][height]["hash"]});
        if (!tx.is_object() || tx["vin"][0].contains("coinbase")) continue;
        BOOST_TEST(tx["vin"].size() == row["spent_outputs"].size());
        for (size_t i = 0; i < tx["vin"].size(); ++i) {
            const Json& prevout = tx["vin"][i]["prevout"];
            TxOut spent;
            const Bytes raw = from_hex(row["spent_outputs"][i].get<std::string>()).value();
            Reader reader(raw);
            describe(reader, spent);
            const bool claim = tx["vin"][i]["is_pegin"].get<bool>();
            const bool hidden = claim || !spent.value.is_explicit();
            BOOST_TEST(prevout["scriptPubKey"]["hex"] == (claim ? "" : to_hex(spent.script.view())), row["kind"]);
            BOOST_TEST((prevout["value"] == "<confidential>") == hidden, row["kind"]);
            ++cases;
        }
    }
    return cases;
}

size_t replay(const golden::fs::path& folder) {
    Node node(golden::params_of(folder));
    const std::string name = folder.filename().string();
    const std::vector<Bytes> blocks = golden::records(folder / "blocks.dat");
    const Json chain = golden::read_json_file(folder / "chain.json");
    std::multimap<int64_t, Json> refused;
    for (const Json& item : golden::read_json_file(folder / "invalid.json")) {
        if (item["type"] == "block" && !item["name"].get<std::string>().starts_with("pegin-too-shallow")) {
            refused.emplace(item["parent_height"].get<int64_t>(), item);
        }
    }
    std::map<int64_t, Json> sets;
    for (const Json& item : golden::read_json_file(folder / "utxo.json")) sets[item["height"].get<int64_t>()] = item;
    size_t cases = 0;
    for (size_t height = 0; height < blocks.size(); ++height) {
        const int64_t now = 1'700'000'000 + 60 * static_cast<int64_t>(height);
        if (height > 0) {
            node.clock.set_mock_time(now);
            BOOST_TEST(write_json(node.ask("submitblock", {to_hex(blocks[height])})) == "null",
                       name << " height " << height);
        }
        const Json hash = chain["heights"][height]["hash"];
        BOOST_TEST(write_json(node.ask("getblockhash", {height})) == write_json(hash));
        if (sets.contains(static_cast<int64_t>(height))) {
            for (const char* type : {"none", "muhash", "hash_serialized_3"}) {
                compare_set(sets[static_cast<int64_t>(height)], node.ask("gettxoutsetinfo", {type}),
                            name + " set at " + std::to_string(height));
            }
        }
        const auto [begin, end] = refused.equal_range(static_cast<int64_t>(height));
        for (auto at = begin; at != end; ++at, ++cases) {
            const Json& item = at->second;
            node.clock.set_mock_time(item.contains("node_time") ? item["node_time"].get<int64_t>() : now + 60);
            const Json answer = node.ask("submitblock", {item["hex"]});
            const bool vague =
                item["reject_reason"] == "mandatory-script-verify-flag-failed (unknown error)" && answer.is_string();
            BOOST_TEST((vague || answer == item["reject_reason"]),
                       name << " " << item["name"] << ": " << answer << " for " << item["reject_reason"]);
            BOOST_TEST(node.ask("getbestblockhash", Json::array()) == hash);
        }
    }
    cases += check_prevouts(node, golden::read_json_file(folder / "txs.json"), chain);
    if (golden::fs::is_directory(folder / "decoded")) {
        for (const auto& file : golden::fs::directory_iterator(folder / "decoded")) {
            const std::string file_name = file.path().filename().string();
            const Json expected = golden::read_json_file(file.path());
            Json ours;
            if (file_name.starts_with("block_")) ours = node.ask("getblock", {expected["hash"], 2});
            if (file_name.starts_with("block_") && expected.contains("dynamic_parameters")) {
                // Master's weight of the header's signatures (doc/adr/0009); decoded_test.cpp has the difference.
                ours["strippedsize"] = expected["strippedsize"];
                ours["weight"] = expected["weight"];
            }
            if (file_name.starts_with("tx_"))
                ours = node.ask("getrawtransaction", {expected["txid"], true, expected["blockhash"]});
            if (ours.is_null()) continue;
            const std::string different = golden::difference(ours, expected, file_name);
            BOOST_TEST(different == "");
            ++cases;
        }
    }
    return cases;
}

}  // namespace

BOOST_AUTO_TEST_CASE(golden_chains_through_rpc) {
    size_t chains = 0;
    size_t cases = 0;
    for (const golden::fs::path& folder : golden::chains()) {
        cases += replay(folder);
        ++chains;
    }
    BOOST_TEST_MESSAGE("replayed through rpc: " << chains << " chains, " << cases << " cases"
                                                << (chains == 0 ? " (no vectors found)" : ""));
}
