// The methods about chain, pool and blocks, on a chain that needs no signatures, in memory.
#include <boost/test/unit_test.hpp>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "mempool/chain_tip.h"
#include "mempool/mempool.h"
#include "rpc/chain_methods.h"
#include "rpc/explain.h"
#include "rpc/pool_methods.h"
#include "rpc/rawtx.h"
#include "storage/memory_disk.h"
#include "support/chain_maker.h"
#include "support/deposit_maker.h"

using namespace sluice;
using namespace sluice::rpc;

namespace {

struct Node {
    Node() {
        state.start();
        state.call([this] {
            chain = chain::ChainState::open({disk, params, clock, workers}, {.check_pegin_depth = false}).value();
            tips = std::make_unique<mempool::ChainTipSource>(*chain, false);
            mempool::PolicyOptions policy;
            policy.require_standard = false;
            pool = std::make_unique<mempool::Mempool>(params, policy, clock, *tips);
            chain->add_listener([this](const chain::ChainEvent& event) {
                pool->on_chain_event(event);
                if (std::holds_alternative<chain::TipChanged>(event)) state.post([this] { pool->follow(); });
            });
            BOOST_REQUIRE(chain->start().has_value());
        });
        ports.params = &params;
        ports.chain = chain.get();
        ports.reader = &chain->reader();
        ports.state = &state;
        ports.clock = &clock;
        const PoolPorts pool_ports{pool.get(), tips.get(), [this](const TxRef&) { ++relayed; }};
        add_chain_read_methods(dispatcher, ports);
        add_chain_info_methods(dispatcher, ports);
        add_chain_write_methods(dispatcher, ports);
        add_rawtx_methods(dispatcher, ports, pool_finder(ports, pool_ports));
        add_pool_methods(dispatcher, ports, pool_ports);
        add_mining_methods(dispatcher, ports, pool_ports);
        add_chain_stats_methods(dispatcher, ports);
        add_explain_methods(dispatcher, ports, pool_ports);
        dispatcher.set_warm_up(std::nullopt);
    }
    ~Node() { state.stop(); }

    // The result as text; "-8 message" for an error.
    std::string text(const std::string& method, const Json& arguments = Json::array()) {
        const RpcResult result = dispatcher.call(method, arguments, Caller{});
        return result ? write_json(*result)
                      : std::to_string(static_cast<int>(result.error().code)) + " " + result.error().message;
    }
    // The result of a call that must succeed.
    Json ask(const std::string& method, const Json& arguments = Json::array()) {
        const RpcResult result = dispatcher.call(method, arguments, Caller{});
        BOOST_REQUIRE_MESSAGE(result.has_value(), method + ": " + (result ? "" : result.error().message));
        return *result;
    }

    ChainParams params = test::open_chain_params();
    SystemClock clock;
    storage::MemoryDisk disk;
    runtime::WorkerPool workers{1};
    runtime::EventLoop state{"state"};
    std::unique_ptr<chain::ChainState> chain;
    std::unique_ptr<mempool::ChainTipSource> tips;
    std::unique_ptr<mempool::Mempool> pool;
    ChainPorts ports;
    Dispatcher dispatcher;
    int relayed = 0;
};

// A JSON array; braces would turn a single value into itself.
template <class... Values>
Json list(const Values&... values) {
    Json out = Json::array();
    (out.push_back(values), ...);
    return out;
}

const std::string kAddress = "ert1qp5ww8puku3wf4sdd4tm64jnyax3xhwhdtf6yy7";

}  // namespace

BOOST_AUTO_TEST_SUITE(methods)

BOOST_AUTO_TEST_CASE(blocks_are_made_and_shown) {
    Node node;
    BOOST_TEST(node.text("getblockcount") == "0");
    const Json made = node.ask("generatetoaddress", list(3, kAddress));
    BOOST_TEST(made.size() == 3u);
    BOOST_TEST(node.ask("getbestblockhash") == made[2]);
    BOOST_TEST(node.ask("getblockhash", list(2)) == made[1]);
    const Json block = node.ask("getblock", list(made[1]));
    BOOST_TEST(block["height"] == 2);
    BOOST_TEST(block["confirmations"] == 2);
    BOOST_TEST(block["nextblockhash"] == made[2]);
    BOOST_TEST(block["previousblockhash"] == made[0]);
    const Json raw = node.ask("getblock", list(made[1], 0));
    BOOST_TEST(raw.get<std::string>().starts_with(node.ask("getblockheader", list(made[1], false)).get<std::string>()));
    BOOST_TEST(node.ask("getblock", list(made[1], 2))["tx"][0]["vin"][0].contains("coinbase"));
    BOOST_TEST(node.ask("getblockchaininfo")["blocks"] == 3);
    BOOST_TEST(node.ask("gettxoutsetinfo", list("none"))["height"] == 3);
    BOOST_TEST(node.ask("getchaintips")[0]["status"] == "active");
    BOOST_TEST(node.text("waitforblockheight", list(3, 10)) == "{\"hash\":" + write_json(made[2]) + ",\"height\":3}");
    BOOST_TEST(node.text("generatetoaddress", list(1, "nonsense")) == "-5 Error: Invalid address");
}

BOOST_AUTO_TEST_CASE(transactions_of_an_invalidated_block_are_in_the_pool_again) {
    Node node;
    const TxRef tx = test::split(node.params, test::free_coins(node.params), 3);
    const Json txid = node.ask("sendrawtransaction", list(to_hex(encode_tx(tx->tx))));
    const Json made = node.ask("generatetodescriptor", list(1, "raw(51)"));
    BOOST_TEST(node.text("getrawmempool") == "[]");
    BOOST_TEST(node.text("invalidateblock", list(made[0])) == "null");
    BOOST_TEST(node.ask("getblockcount") == 0);
    BOOST_TEST(node.ask("getrawmempool") == list(txid));
}

BOOST_AUTO_TEST_CASE(a_header_is_taken_from_a_whole_block) {
    Node node;
    const Json made = node.ask("generateblock", list("raw(51)", Json::array(), false));
    const std::string block = made["hex"].get<std::string>();
    BOOST_TEST(node.text("submitheader", list(block.substr(0, 100))) == "-22 Block header decode failed");
    BOOST_TEST(node.text("submitheader", list(block)) == "null");
    BOOST_TEST(node.ask("getblockchaininfo")["headers"] == 1);
    BOOST_TEST(node.ask("getblockcount") == 0);
}

BOOST_AUTO_TEST_CASE(coins_are_found_by_descriptor) {
    Node node;
    node.ask("generatetodescriptor", list(2, "raw(51)"));
    const std::string key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    BOOST_TEST(node.text("scantxoutset", list("status")) == "null");
    BOOST_TEST(node.text("scantxoutset", list("abort")) == "false");
    BOOST_TEST(node.text("scantxoutset", list("nope")) == "-8 Invalid action 'nope'");
    BOOST_TEST(node.text("scantxoutset", list("start")) == "-1 scanobjects argument is required for the start action");
    BOOST_TEST(node.text("scantxoutset", list("start", list("raw(51)#qqqqqqqq")))
                   .starts_with("-5 Provided checksum 'qqqqqqqq' does not match"));
    BOOST_TEST(node.text("scantxoutset", list("start", list(5))) ==
               "-8 Scan object needs to be either a string or an object");
    const test::OpenCoin coin = test::free_coins(node.params);
    const Json out = node.ask("gettxout", list(to_display(coin.outpoint.txid), coin.outpoint.index));
    const std::string script = out["scriptPubKey"]["hex"].get<std::string>();
    const Json object = {{"desc", "raw(" + script + ")"}};
    const Json scan = node.ask("scantxoutset", list("start", list("combo(" + key + ")", object)));
    BOOST_TEST(scan["success"] == true);
    BOOST_TEST(scan["height"] == 2);
    BOOST_TEST(scan["bestblock"] == node.ask("getbestblockhash"));
    BOOST_TEST(scan["txouts"].get<int>() >= 1);
    bool found = false;
    for (const Json& unspent : scan["unspents"]) {
        BOOST_TEST(unspent["scriptPubKey"] == script);
        found |= unspent["txid"] == to_display(coin.outpoint.txid) && unspent["vout"] == coin.outpoint.index;
    }
    BOOST_TEST(found);
    BOOST_TEST(node.ask("scantxoutset", list("start", list("pkh(" + key + ")")))["unspents"].empty());
}

BOOST_AUTO_TEST_CASE(of_two_blocks_of_a_height_the_precious_one_counts) {
    Node node;
    const Json first = node.ask("generatetodescriptor", list(1, "raw(51)"));
    node.ask("invalidateblock", list(first[0]));
    node.clock.set_mock_time(node.clock.unix_time() + 60);  // another block, not the same one
    const Json second = node.ask("generatetodescriptor", list(1, "raw(51)"));
    node.ask("reconsiderblock", list(first[0]));
    BOOST_TEST(node.ask("getbestblockhash") == first[0]);
    BOOST_TEST(node.text("preciousblock", list(second[0])) == "null");
    BOOST_TEST(node.ask("getbestblockhash") == second[0]);
    BOOST_TEST(node.text("preciousblock", list(first[0])) == "null");
    BOOST_TEST(node.ask("getbestblockhash") == first[0]);
    const Json third = node.ask("generatetodescriptor", list(1, "raw(51)"));
    // Below the tip it means nothing.
    BOOST_TEST(node.text("preciousblock", list(second[0])) == "null");
    BOOST_TEST(node.ask("getbestblockhash") == third[0]);
    BOOST_TEST(node.text("preciousblock", list(std::string(64, '0'))) == "-5 Block not found");
}

BOOST_AUTO_TEST_CASE(wrong_arguments_get_the_references_words) {
    Node node;
    const std::string zeros(64, '0');
    BOOST_TEST(node.text("getblockhash", list(1)) == "-8 Block height out of range");
    BOOST_TEST(node.text("getblockhash", list(-1)) == "-8 Block height out of range");
    BOOST_TEST(node.text("getblock", list(zeros)) == "-5 Block not found");
    BOOST_TEST(node.text("getblock", list("ab")) == "-8 blockhash must be of length 64 (not 2, for 'ab')");
    BOOST_TEST(node.text("getblockheader", list(std::string(64, 'z'))) ==
               "-8 hash must be hexadecimal string (not '" + std::string(64, 'z') + "')");
    BOOST_TEST(node.text("submitblock", list("00")) == "-22 Block decode failed");
    BOOST_TEST(node.text("submitheader", list("00")) == "-22 Block header decode failed");
    BOOST_TEST(node.text("sendrawtransaction", list("00")) ==
               "-22 TX decode failed. Make sure the tx has at least one input.");
    BOOST_TEST(node.text("decoderawtransaction", list("zz")) == "-22 TX decode failed");
    BOOST_TEST(node.text("testmempoolaccept", list(Json::array())) ==
               "-8 Array must contain between 1 and 25 transactions.");
    BOOST_TEST(node.text("getmempoolentry", list(zeros)) == "-5 Transaction not in mempool");
    BOOST_TEST(node.text("gettxoutsetinfo", list("x")) == "-8 'x' is not a valid hash_type");
    BOOST_TEST(node.text("invalidateblock", list(zeros)) == "-5 Block not found");
    BOOST_TEST(node.text("getrawtransaction", list(zeros)).starts_with("-5 No such mempool transaction."));
    BOOST_TEST(node.text("gettxout", list(zeros, 0)) == "null");
    BOOST_TEST(node.text("getnewblockhex", list(-1)) == "-8 min_tx_age must be non-negative.");
}

BOOST_AUTO_TEST_CASE(a_transaction_goes_from_the_pool_into_a_block) {
    Node node;
    const test::OpenCoin coin = test::free_coins(node.params);
    const TxRef tx = test::split(node.params, coin, 3);
    const std::string hex = to_hex(encode_tx(tx->tx));
    const std::string txid = to_display(tx->txid);
    const Json spent = list(to_display(coin.outpoint.txid), coin.outpoint.index);
    BOOST_TEST(node.ask("gettxout", spent)["confirmations"] == 1);

    const Json judged = node.ask("testmempoolaccept", list(list(hex)))[0];
    BOOST_TEST(judged["allowed"] == true);
    BOOST_TEST(write_json(judged["fees"]["base"]) == "0.00001000");
    BOOST_TEST(node.text("sendrawtransaction", list(hex, "0.00000001")) ==
               "-25 Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
    BOOST_TEST(node.text("sendrawtransaction", list(hex, 1)) ==
               "-8 Fee rates larger than or equal to 1BTC/kvB are not accepted");
    BOOST_TEST(node.ask("sendrawtransaction", list(hex)) == txid);
    BOOST_TEST(node.ask("sendrawtransaction", list(hex)) == txid);  // again: announced again
    BOOST_TEST(node.relayed == 2);

    BOOST_TEST(node.text("getrawmempool") == "[\"" + txid + "\"]");
    BOOST_TEST(node.ask("getrawmempool", list(true))[txid]["descendantcount"] == 1);
    BOOST_TEST(node.ask("getmempoolinfo")["size"] == 1);
    BOOST_TEST(node.ask("getmempoolentry", list(txid))["vsize"] == (tx->weight() + 3) / 4);
    BOOST_TEST(node.ask("getrawtransaction", list(txid)) == hex);
    BOOST_TEST(node.text("gettxout", spent) == "null");
    BOOST_TEST(node.ask("gettxout", list(txid, 0))["confirmations"] == 0);
    BOOST_TEST(node.text("gettxout", list(txid, 0, false)) == "null");

    const std::string block = node.ask("getnewblockhex").get<std::string>();
    BOOST_TEST(node.text("testproposedblock", list(block)) == "null");
    BOOST_TEST(node.text("testproposedblock", list(block + "00", false)) == "null");
    Transaction data = test::split(node.params, test::free_coins(node.params), 1)->tx;
    data.outputs.push_back(data.outputs[0]);
    data.outputs.back().value = Amount{0};
    data.outputs.back().script.bytes = {0x6a};
    const std::string other =
        to_hex(encode_block(*test::make_block(node.params, node.params.genesis.header, {make_tx(data)})));
    BOOST_TEST(node.text("testproposedblock", list(other)) == "null");
    BOOST_TEST(node.text("testproposedblock", list(other, false)) ==
               "-25 Block proposal included a non-standard transaction: scriptpubkey");
    BOOST_TEST(node.text("submitblock", list(block.substr(0, block.size() - 2))) == "-22 Block decode failed");
    BOOST_TEST(node.text("submitblock", list(block + "00")) == "null");  // what follows the block is ignored
    BOOST_TEST(node.text("submitblock", list(block)) == "\"duplicate\"");
    BOOST_TEST(node.text("testproposedblock", list(block)) == "-27 already have block");
    BOOST_TEST(node.text("getrawmempool") == "[]");
    BOOST_TEST(node.ask("gettxout", list(txid, 0))["confirmations"] == 1);
    BOOST_TEST(node.text("sendrawtransaction", list(hex)) == "-27 Transaction outputs already in utxo set");

    const std::string hash = node.ask("getbestblockhash").get<std::string>();
    const Json confirmed = node.ask("getrawtransaction", list(txid, 2, hash));
    BOOST_TEST(confirmed["in_active_chain"] == true);
    BOOST_TEST(confirmed["confirmations"] == 1);
    BOOST_TEST(write_json(confirmed["vin"][0]["prevout"]["value"]) == "21000000.00000000");
    BOOST_TEST(node.ask("getblock", list(hash, 3))["tx"][1]["vin"][0]["prevout"]["generated"] == false);

    const Json proof = node.ask("gettxoutproof", list(list(txid)));
    BOOST_TEST(node.text("verifytxoutproof", list(proof)) == "[\"" + txid + "\"]");
    BOOST_TEST(node.text("gettxoutproof", list(list(txid, txid))).starts_with("-8 Invalid parameter, duplicated txid"));
}

BOOST_AUTO_TEST_CASE(what_a_package_replaces_is_listed_by_id) {
    Node node;
    Transaction first = test::split(node.params, test::free_coins(node.params), 1)->tx;
    first.inputs[0].sequence = 0xfffffffd;
    const TxRef old = make_tx(first);
    const TxRef older = test::split(node.params, test::output_of(old, 0), 1);
    node.ask("sendrawtransaction", list(to_hex(encode_tx(old->tx))));
    node.ask("sendrawtransaction", list(to_hex(encode_tx(older->tx))));
    first.outputs[0].value = Amount{first.outputs[0].value.explicit_value().sat - 9000};
    first.outputs[1].value = Amount{10'000};
    const TxRef parent = make_tx(first);
    const TxRef child = test::split(node.params, test::output_of(parent, 0), 1);
    const Json submitted =
        node.ask("submitpackage", list(list(to_hex(encode_tx(parent->tx)), to_hex(encode_tx(child->tx))), 0));
    const std::set<Txid> gone = {old->txid, older->txid};
    BOOST_TEST(submitted["replaced-transactions"] == list(to_display(*gone.begin()), to_display(*gone.rbegin())));
}

BOOST_AUTO_TEST_CASE(packages_are_judged_together) {
    Node node;
    const TxRef parent = test::split(node.params, test::free_coins(node.params), 3);
    const TxRef child = test::split(node.params, test::output_of(parent, 0), 1);
    const Json both = list(to_hex(encode_tx(parent->tx)), to_hex(encode_tx(child->tx)));
    const Json tested = node.ask("testmempoolaccept", list(both));
    BOOST_TEST(tested[0]["allowed"] == true);
    BOOST_TEST(tested[1]["allowed"] == true);
    const Json wrong = node.ask("testmempoolaccept", list(list(both[1], both[0])));
    BOOST_TEST(wrong[0]["package-error"] == "package-not-sorted");
    BOOST_TEST(!wrong[0].contains("allowed"));
    BOOST_TEST(node.text("submitpackage", list(list(both[1], both[0]))) ==
               "-25 package topology disallowed. not child-with-parents or parents depend on each other.");
    const Json submitted = node.ask("submitpackage", list(both));
    BOOST_TEST(submitted["package_msg"] == "success");
    BOOST_TEST(submitted["tx-results"][to_display(child->wtxid)]["txid"] == to_display(child->txid));
    BOOST_TEST(node.relayed == 2);

    const Json made = node.ask("getblocktemplate", list(Json{{"rules", list("segwit")}}));
    BOOST_TEST(made["transactions"].size() == 2U);
    BOOST_TEST(made["transactions"][1]["depends"] == list(1));
    BOOST_TEST(made["height"] == 1);
    BOOST_TEST(node.text("getblocktemplate", list(Json::object())).starts_with("-8 getblocktemplate must be called"));
    const Json block = node.ask("getnewblockhex");
    BOOST_TEST(node.text("getblocktemplate", list(Json{{"mode", "proposal"}, {"data", block}})) == "null");
    BOOST_TEST(node.text("getblocktemplate", list(Json{{"mode", "proposal"}, {"data", "00"}})) ==
               "-22 Block decode failed");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_explained_to_its_opcode) {
    Node node;
    // A coin whose lock is 1 ADD 3 EQUALVERIFY 1.
    Transaction locked = test::split(node.params, test::free_coins(node.params), 1)->tx;
    locked.outputs[0].script.bytes = {0x51, 0x93, 0x53, 0x88, 0x51};
    const TxRef first = make_tx(std::move(locked));
    BOOST_REQUIRE(node.text("submitblock", list(to_hex(encode_block(*test::make_block(
                                               node.params, node.params.genesis.header, {first}))))) == "null");
    const auto judged = [&](const Transaction& tx) {
        return node.ask("testmempoolaccept", list(list(to_hex(encode_tx(tx))), 0, true))[0];
    };
    Transaction spend = test::split(node.params, test::output_of(first, 0), 1)->tx;
    spend.inputs[0].script_sig.bytes = {0x52};
    BOOST_TEST(judged(spend)["allowed"] == true);
    spend.inputs[0].script_sig.bytes = {0x55};
    const Json why = judged(spend)["explain"];
    BOOST_TEST(why["rule"] == "tx-script");
    BOOST_TEST(why["kind"] == "consensus");
    BOOST_TEST(why["input"] == 0);
    BOOST_TEST(why["script"]["script"] == "scriptPubKey");
    BOOST_TEST(why["script"]["opcode"] == "OP_EQUALVERIFY");
    BOOST_TEST(why["script"]["position"] == 3);
    BOOST_TEST(write_json(why["script"]["stack"]) == "[\"06\",\"03\"]");
    BOOST_TEST(why["values"]["error"] == "EQUALVERIFY");
    BOOST_TEST(!why.contains("txid"));
    // Clients of Elements compare answers as a whole: nothing is added that was not asked for.
    BOOST_TEST(!node.ask("testmempoolaccept", list(list(to_hex(encode_tx(spend)))))[0].contains("explain"));
    const Json told = node.ask("explaintransaction", list(to_hex(encode_tx(spend))));
    BOOST_TEST(told["inputs"][0]["script"]["last_steps"].size() == 4u);
    spend.inputs[0].prevout.index = 9;
    BOOST_TEST(judged(spend)["explain"]["rule"] == "tx-inputs-missing");
    BOOST_TEST(judged(spend)["explain"]["input"] == 0);
    BOOST_TEST(judged(spend)["explain"]["values"]["outpoint"] == to_display(spend.inputs[0].prevout));
}

BOOST_AUTO_TEST_CASE(a_refused_block_is_explained_to_its_opcode) {
    Node node;
    Transaction locked = test::split(node.params, test::free_coins(node.params), 1)->tx;
    locked.outputs[0].script.bytes = {0x51, 0x93, 0x53, 0x88, 0x51};
    const TxRef first = make_tx(std::move(locked));
    const auto one = test::make_block(node.params, node.params.genesis.header, {first});
    const auto submit = [&](const Block& block) { return node.text("submitblock", list(to_hex(encode_block(block)))); };
    const auto rejection = [&](const Block& block) {
        return node.ask("getblockrejection", list(to_display(compute_hash(block.header))));
    };
    BOOST_REQUIRE(submit(*one) == "null");
    BOOST_TEST(node.text("getblockrejection", list(to_display(compute_hash(one->header)))).starts_with("-5 "));

    Transaction spend = test::split(node.params, test::output_of(first, 0), 1)->tx;
    spend.inputs[0].script_sig.bytes = {0x55};
    const TxRef bad = make_tx(spend);
    const auto two = test::make_block(node.params, one->header, {bad});
    BOOST_TEST(submit(*two) == "\"mandatory-script-verify-flag-failed (Script failed an OP_EQUALVERIFY operation)\"");
    const Json told = rejection(*two);
    BOOST_TEST(told["height"] == 2);
    BOOST_TEST(told["verdict"] == "invalid");
    BOOST_TEST(told["mutated"] == false);
    const Json& why = told["explain"];
    BOOST_TEST(why["rule"] == "tx-script");
    BOOST_TEST(why["place"] == "input");
    BOOST_TEST(why["input"] == 0);
    BOOST_TEST(why["transaction"] == 1);
    BOOST_TEST(why["txid"] == to_display(bad->txid));
    BOOST_TEST(why["script"]["opcode"] == "OP_EQUALVERIFY");
    // The same block again is a known one: what was wrong with it stays known.
    BOOST_TEST(submit(*two) == "\"duplicate-invalid\"");
    BOOST_TEST(rejection(*two)["explain"]["rule"] == "tx-script");

    Block damaged = *test::make_block(node.params, one->header, {});
    damaged.transactions.push_back(bad);
    BOOST_TEST(submit(damaged) == "\"bad-txnmrklroot\"");
    const Json root = rejection(damaged)["explain"];
    BOOST_TEST(root["place"] == "block");
    BOOST_TEST(root["values"]["expected"] == to_display(damaged.header.merkle_root));
    BOOST_TEST(rejection(damaged)["mutated"] == true);
    damaged.transactions.pop_back();
    BOOST_TEST(submit(damaged) == "null");  // the sound one
    BOOST_TEST(node.text("getblockrejection", list(to_display(compute_hash(damaged.header)))).starts_with("-5 "));
}

BOOST_AUTO_TEST_CASE(statistics_of_blocks) {
    Node node;
    const TxRef tx = test::split(node.params, test::free_coins(node.params), 3);
    const auto submit = [&](const BlockHeader& prev, const TxRef& spends) {
        const auto block = test::make_block(node.params, prev, {spends});
        BOOST_REQUIRE(node.text("submitblock", list(to_hex(encode_block(*block)))) == "null");
        return block;
    };
    const auto first = submit(node.params.genesis.header, tx);
    const Json stats = node.ask("getblockstats", list(1));
    BOOST_TEST(stats["txs"] == 2);
    BOOST_TEST(stats["ins"] == 1);
    BOOST_TEST(stats["totalfee"] == 1000);
    BOOST_TEST(stats["utxo_increase_actual"] == 2);
    BOOST_TEST(node.text("getblockstats", list(1, list("txs", "height"))) == "{\"height\":1,\"txs\":2}");
    BOOST_TEST(node.text("getblockstats", list(1, list("no"))) == "-8 Invalid selected statistic 'no'");
    BOOST_TEST(node.text("getblockstats", list(2)) == "-8 Target block height 2 after current tip 1");

    // A peg-in takes a null output of 4 bytes away, and the 41 of each stored coin.
    const auto deposit = test::make_deposit(node.params, test::first_fedpeg(node.params), Amount{7}, Script{{0x51}});
    submit(first->header, test::claim_of(node.params, deposit, Amount{7}));
    const Json claimed = node.ask("getblockstats", list(2));
    const int created = (45 + 41) + (82 + 41) + (45 + 41) + (44 + 41);  // coinbase, commitment, claimed, fee
    BOOST_TEST(claimed["utxo_size_inc"] == created - 45);
    BOOST_TEST(node.ask("getchaintxstats")["txcount"].get<int>() >= 3);
    BOOST_TEST(node.text("verifychain") == "true");
    BOOST_TEST(node.ask("getdeploymentinfo")["deployments"]["segwit"]["active"] == true);
    BOOST_TEST(node.ask("generatetodescriptor", list(2, "raw(51)")).size() == 2u);
    const Json made =
        node.ask("generateblock",
                 list("raw(51)", list(to_hex(encode_tx(test::split(node.params, test::output_of(tx, 0), 1)->tx)))));
    BOOST_TEST(node.ask("getblock", list(made["hash"]))["nTx"] == 2);
    BOOST_TEST(node.ask("getbestblockhash") == made["hash"]);
}

BOOST_AUTO_TEST_CASE(branches_are_left_and_taken_again) {
    Node node;
    const Json made = node.ask("generatetoaddress", list(2, kAddress));
    BOOST_TEST(node.text("invalidateblock", list(made[1])) == "null");
    BOOST_TEST(node.ask("getbestblockhash") == made[0]);
    BOOST_TEST(node.ask("getblock", list(made[1]))["confirmations"] == -1);
    BOOST_TEST(node.text("reconsiderblock", list(made[1])) == "null");
    BOOST_TEST(node.ask("getbestblockhash") == made[1]);
}

BOOST_AUTO_TEST_CASE(scripts_and_addresses) {
    Node node;
    const Json valid = node.ask("validateaddress", list(kAddress));
    BOOST_TEST(valid["isvalid"] == true);
    BOOST_TEST(valid["witness_program"] == "0d1ce38796e45c9ac1adaaf7aaca64e9a26bbaed");
    BOOST_TEST(node.ask("validateaddress", list("x"))["isvalid"] == false);
    const Json decoded = node.ask("decodescript", list("51"));
    BOOST_TEST(decoded["asm"] == "1");
    BOOST_TEST(decoded["desc"] == "raw(51)#8lvh9jxk");
    BOOST_TEST(node.ask("decodescript", list("6a"))["type"] == "nulldata");
    BOOST_TEST(node.ask("decodescript", list("")).contains("segwit"));
    BOOST_TEST(!node.ask("decodescript", list("be51")).contains("p2sh"));         // an upgradable opcode
    BOOST_TEST(node.ask("decodescript", list("0003aabbcc")).contains("segwit"));  // no program of version 0
    const std::string key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    BOOST_TEST(node.ask("decodescript", list("5121" + key + "51ae"))["segwit"]["desc"].get<std::string>().starts_with(
        "wsh(multi(1," + key + "))#"));
    BOOST_TEST(node.ask("validateaddress", list("null"))["isvalid"] == false);
    const Json future =
        node.ask("validateaddress", list("ert1z3t3hnt05q3u8e73j27hnz3hyk77mf4aejv450n6am494m9wuemnqgxumwq"));
    BOOST_TEST(future["witness_version"] == 2);
    BOOST_TEST(!future.contains("confidential_key"));
    BOOST_TEST(node.ask("tweakfedpegscript", list("0014" + std::string(40, '1')))["script"] == "51");
    BOOST_TEST(node.text("setmocktime", list(-1)).starts_with("-8 Mocktime must be in the range"));
    BOOST_TEST(node.text("setmocktime", list(2'000'000'000)) == "null");
    BOOST_TEST(node.clock.unix_time() == 2'000'000'000);
}

BOOST_AUTO_TEST_SUITE_END()
