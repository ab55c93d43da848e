// Transactions, compact blocks, addresses and serving, as peers see them.
#include <boost/test/unit_test.hpp>

#include "crypto/hash.h"
#include "p2p/sync/orphanage.h"
#include "p2p/sync/tx_requests.h"
#include "p2p/wire/compact_block.h"
#include "support/sync_world.h"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

// A line of three nodes near the tip.
struct Line {
    Line() {
        a.chain.mine(3, kStart);
        world.connect(a, b);
        world.connect(b, c);
        world.pass(5s);
    }
    World world;
    Host& a = world.add();
    Host& b = world.add();
    Host& c = world.add();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(relay)

BOOST_FIXTURE_TEST_CASE(a_transaction_travels_along_the_line, Line) {
    const TxRef tx = make_tx(spend(coin(1), 1));
    a.pool.add(tx);
    world.pass(60s);
    BOOST_CHECK(b.pool.known.contains(tx->txid));
    BOOST_CHECK(c.pool.known.contains(tx->txid));
    BOOST_CHECK_EQUAL(a.sent["tx"], 1);
    BOOST_CHECK_EQUAL(c.sent["tx"], 0);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_joins_later_hears_of_the_pool, Line) {
    const TxRef tx = make_tx(spend(coin(1), 1));
    a.pool.add(tx);
    world.pass(60s);
    Host& d = world.add();
    world.connect(d, a);
    world.pass(60s);
    BOOST_CHECK(d.pool.known.contains(tx->txid));
}

BOOST_FIXTURE_TEST_CASE(an_orphan_brings_its_parent_along, Line) {
    const TxRef parent = make_tx(spend(coin(1), 1));
    const TxRef child = make_tx(spend(parent->txid, 2));
    const net::PeerId stranger = world.stranger(b);
    world.greet(b, stranger);
    world.say(b, stranger, wire::Tx{child});
    world.run();
    // Not at once: a spy could learn from it what we have.
    const int asked = b.sent["getdata"];
    world.pass(3s);
    BOOST_CHECK_EQUAL(b.sent["getdata"], asked);
    world.pass(2s);
    BOOST_CHECK_EQUAL(b.sent["getdata"], asked + 1);
    world.say(b, stranger, wire::Tx{parent});
    world.run();
    BOOST_CHECK(b.pool.known.contains(parent->txid));
    BOOST_CHECK(b.pool.known.contains(child->txid));
}

BOOST_FIXTURE_TEST_CASE(an_invalid_transaction_costs_its_sender_the_connection, Line) {
    Transaction bad = spend(coin(1), 1);
    bad.version = 99;
    const net::PeerId stranger = world.stranger(b);
    world.greet(b, stranger);
    world.say(b, stranger, wire::Tx{make_tx(bad)});
    world.run();
    BOOST_CHECK_EQUAL(b.discouraged.size(), 1u);
}

// Without its witness a transaction has the txid of the whole one as its name. Whoever sends it so must not keep us
// from the whole one, nor from what spends it.
BOOST_FIXTURE_TEST_CASE(a_transaction_without_its_witness_does_not_shut_out_the_whole_one, Line) {
    Transaction whole = spend(coin(1), 1);
    whole.version = 98;
    const TxRef stripped = make_tx(whole);
    whole.inputs[0].witness.script_witness = {Bytes{1}};
    const TxRef tx = make_tx(whole);
    BOOST_REQUIRE(stripped->txid == tx->txid);
    const net::PeerId first = world.stranger(b);
    world.greet(b, first);
    world.say(b, first, wire::Tx{stripped});
    world.run();
    BOOST_CHECK(b.discouraged.empty());
    const net::PeerId second = world.stranger(b);
    world.greet(b, second);
    const TxRef child = make_tx(spend(tx->txid, 2));
    world.say(b, second, wire::Tx{child});
    world.run();
    world.say(b, second, wire::Tx{tx});
    world.run();
    BOOST_CHECK(b.pool.known.contains(tx->txid));
    BOOST_CHECK(b.pool.known.contains(child->txid));
}

BOOST_FIXTURE_TEST_CASE(who_may_ask_for_the_pool_is_told_all_of_it, Line) {
    const TxRef tx = make_tx(spend(coin(1), 1));
    b.pool.add(tx);
    net::Permissions permissions;
    permissions.mempool = true;
    const net::PeerId friendly = world.stranger(b, permissions);
    world.greet(b, friendly);
    world.pass(1min);
    const int before = b.sent["inv"];
    world.say(b, friendly, wire::Mempool{});
    world.pass(1s);
    BOOST_CHECK_EQUAL(b.sent["inv"], before + 1);
    const net::PeerId stranger = world.stranger(b);
    world.greet(b, stranger);
    world.say(b, stranger, wire::Mempool{});
    world.run();
    BOOST_CHECK(!b.links.contains(stranger));
}

BOOST_AUTO_TEST_CASE(relay_permission_counts_in_blocks_only_mode) {
    World world;
    sync::EngineOptions options;
    options.blocks_only = true;
    Host& node = world.add(options);
    node.chain.mine(1, kStart);
    world.run();
    net::Permissions permissions;
    permissions.relay = true;
    const net::PeerId friendly = world.stranger(node, permissions);
    const net::PeerId stranger = world.stranger(node);
    for (const net::PeerId peer : {friendly, stranger}) {
        world.greet(node, peer);
        world.say(node, peer, wire::Tx{make_tx(spend(coin(static_cast<uint32_t>(peer) + 1), 1))});
        world.run();
    }
    BOOST_CHECK(node.links.contains(friendly));
    BOOST_CHECK(!node.links.contains(stranger));
    BOOST_CHECK_EQUAL(node.pool.known.size(), 1u);
}

BOOST_FIXTURE_TEST_CASE(a_fee_filter_is_respected, Line) {
    const net::PeerId stranger = world.stranger(a);
    world.greet(a, stranger);
    world.say(a, stranger, wire::FeeFilter{1'000'000});
    world.pass(1s);
    const int before = a.sent["inv"];
    a.pool.add(make_tx(spend(coin(9), 9)), 10);
    world.pass(60s);
    BOOST_CHECK_EQUAL(a.sent["inv"], before + 1);  // to b only
}

BOOST_FIXTURE_TEST_CASE(a_slow_peer_does_not_keep_a_transaction_from_us, Line) {
    const TxRef tx = make_tx(spend(coin(3), 3));
    const net::PeerId slow = world.stranger(b);
    world.greet(b, slow);
    world.say(b, slow, wire::Inv{{wire::inv_item(wire::InvType::kWtx, tx->wtxid.view())}});
    world.pass(10s);  // it was asked, and says nothing
    a.pool.add(tx);
    world.pass(120s, 1s);
    BOOST_CHECK(b.pool.known.contains(tx->txid));
}

BOOST_FIXTURE_TEST_CASE(a_blocks_only_node_takes_blocks_and_no_transactions, Line) {
    sync::EngineOptions options;
    options.blocks_only = true;
    Host& quiet = world.add(options);
    world.connect(quiet, a);
    world.pass(2s);
    a.pool.add(make_tx(spend(coin(4), 4)));
    world.pass(60s);
    BOOST_CHECK(quiet.pool.known.empty());
    BOOST_CHECK(quiet.chain.tip_hash == a.chain.tip_hash);
    BOOST_CHECK(quiet.dropped.empty());
}

BOOST_FIXTURE_TEST_CASE(blocks_travel_as_short_ids_between_nodes_that_share_a_pool, Line) {
    // Blocks that b was first to give make it the one to announce by compact block.
    std::vector<TxRef> transactions;
    for (uint8_t i = 0; i < 5; ++i) {
        transactions.push_back(make_tx(spend(coin(static_cast<uint8_t>(20 + i)), i)));
        a.pool.add(transactions.back());
    }
    world.pass(60s);
    BOOST_REQUIRE_EQUAL(c.pool.known.size(), 5u);
    a.chain.mine(1, kStart + 60, 1);
    world.pass(2s);
    const int blocks = a.sent["block"];
    transactions.push_back(make_tx(spend(coin(90), 90)));  // only its maker has this one
    a.chain.mine(1, kStart + 120, 2, transactions);
    world.pass(2s);
    BOOST_CHECK(b.chain.tip_hash == a.chain.tip_hash);
    BOOST_CHECK(c.chain.tip_hash == a.chain.tip_hash);
    BOOST_CHECK_EQUAL(a.sent["block"], blocks);
    BOOST_CHECK_GE(a.sent["cmpctblock"], 1);
    BOOST_CHECK_EQUAL(a.sent["blocktxn"], 1);
}

BOOST_FIXTURE_TEST_CASE(short_ids_that_lie_fall_back_to_the_whole_block, Line) {
    const TxRef in_block = make_tx(spend(coin(50), 50));
    const TxRef wrong = make_tx(spend(coin(51), 51));
    const auto block = make_block(a.chain.tip_hash, 4, kStart + 60, 5, {in_block});
    const net::PeerId stranger = world.stranger(a);
    world.greet(a, stranger);
    world.say(a, stranger, wire::SendCmpct{true, 2});
    const wire::CmpctBlock compact = wire::make_compact(*block, 5);
    world.say(a, stranger, compact);
    world.run();
    BOOST_CHECK_EQUAL(a.sent["getblocktxn"], 1);
    const int before = a.sent["getdata"];
    world.say(a, stranger, wire::BlockTxn{compute_hash(block->header), {wrong}});
    world.run();
    BOOST_CHECK_EQUAL(a.sent["getdata"], before + 1);
    BOOST_CHECK(a.discouraged.empty());
    world.say(a, stranger, wire::BlockMessage{*block});
    world.run();
    BOOST_CHECK_EQUAL(a.chain.tip().height, 4u);
}

BOOST_FIXTURE_TEST_CASE(asking_for_transactions_beyond_a_block_is_punished, Line) {
    const net::PeerId stranger = world.stranger(a);
    world.greet(a, stranger);
    world.say(a, stranger, wire::GetBlockTxn{a.chain.tip_hash, {7}});
    world.run();
    BOOST_CHECK_EQUAL(a.discouraged.size(), 1u);
}

BOOST_FIXTURE_TEST_CASE(what_we_do_not_have_is_said_so, Line) {
    const net::PeerId stranger = world.stranger(a);
    world.greet(a, stranger);
    Hash256 nothing;
    world.say(a, stranger, wire::GetData{{wire::inv_item(wire::InvType::kWtx, nothing.view())}});
    world.run();
    BOOST_CHECK_EQUAL(a.sent["notfound"], 1);
}

BOOST_FIXTURE_TEST_CASE(old_blocks_are_read_from_disk_one_after_the_other, Line) {
    a.chain.mine(30, kStart + 2000, 3);
    world.pass(3s);
    const net::PeerId stranger = world.stranger(a);
    world.greet(a, stranger);
    wire::GetData request;
    for (uint32_t height = 1; height <= 10; ++height) {
        request.items.push_back(wire::inv_item(wire::InvType::kWitnessBlock, a.chain.at_height(height)->hash.view()));
    }
    const int before = a.sent["block"];
    const size_t reads = a.chain.reads;
    world.say(a, stranger, request);
    world.run();
    BOOST_CHECK_EQUAL(a.sent["block"], before + 10);
    BOOST_CHECK_EQUAL(a.chain.reads, reads + 10);
}

BOOST_FIXTURE_TEST_CASE(addresses_are_kept_passed_on_and_rate_limited, Line) {
    const net::PeerId stranger = world.stranger(b);
    world.greet(b, stranger);
    const auto now = static_cast<uint32_t>(world.clock.unix_time());
    wire::Addr one{{{now, 9, *wire::parse_ip("20.1.2.3", 7042)}}};
    world.say(b, stranger, one);
    world.pass(120s, 1s);
    BOOST_CHECK_EQUAL(b.book.size(), 1u);
    BOOST_CHECK_GE(a.book.size() + c.book.size(), 1u);
    wire::Addr flood;
    for (int i = 0; i < 500; ++i)
        flood.addresses.push_back(
            {now, 9, *wire::parse_ip("21." + std::to_string(i / 200) + "." + std::to_string(i % 200) + ".1", 7042)});
    world.say(b, stranger, flood);
    world.run();
    BOOST_CHECK_LT(b.book.size(), 30u);
}

BOOST_FIXTURE_TEST_CASE(a_question_for_addresses_is_answered_once, Line) {
    std::vector<wire::PeerAddress> some;
    for (int i = 0; i < 200; ++i)
        some.push_back({static_cast<uint32_t>(kStart), 9, *wire::parse_ip("22." + std::to_string(i) + ".1.1", 7042)});
    for (int i = 0; i < 20; ++i)
        b.book.add({some.begin() + i * 10, some.begin() + i * 10 + 10},
                   *wire::parse_ip("30." + std::to_string(i) + ".1.1", 1), kStart, 0);
    world.pass(2min, 1s);
    const net::PeerId stranger = world.stranger(b);
    world.greet(b, stranger);
    const int before = b.sent["addr"];
    world.say(b, stranger, wire::GetAddr{});
    world.pass(1s);
    world.say(b, stranger, wire::GetAddr{});
    world.pass(1s);
    BOOST_CHECK_EQUAL(b.sent["addr"], before + 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(requests_go_to_one_peer_at_a_time_and_move_on) {
    sync::TxRequests requests;
    const SteadyTime start{};
    const sync::TxName name{sha256(as_bytes("x")), true};
    requests.announced(1, name, false, start);
    requests.announced(2, name, false, start);
    BOOST_CHECK_EQUAL(requests.take(1, start, 10).size(), 1u);
    BOOST_CHECK_EQUAL(requests.take(2, start, 10).size(), 0u);
    BOOST_CHECK_EQUAL(requests.take(2, start + 61s, 10).size(), 1u);
    requests.refused(2, name);
    BOOST_CHECK_EQUAL(requests.size(), 0u);
    requests.announced(1, name, false, start);
    BOOST_CHECK_EQUAL(requests.take(1, start, 10).size(), 1u);
    requests.announced(2, name, false, start);
    requests.peer_gone(1);
    BOOST_CHECK_EQUAL(requests.take(2, start, 10).size(), 1u);
    requests.forget(name.hash);
    BOOST_CHECK_EQUAL(requests.in_flight(2), 0u);
    BOOST_CHECK_EQUAL(requests.size(), 0u);
}

BOOST_AUTO_TEST_CASE(one_hash_is_asked_for_once_by_whatever_name) {
    sync::TxRequests requests;
    const SteadyTime start{};
    const Hash256 hash = sha256(as_bytes("x"));
    requests.announced(1, {hash, true}, false, start);
    requests.announced(2, {hash, false}, false, start);
    BOOST_CHECK_EQUAL(requests.take(1, start, 10).size(), 1u);
    BOOST_CHECK_EQUAL(requests.take(2, start, 10).size(), 0u);
    BOOST_CHECK_EQUAL(requests.take(2, start + 61s, 10).size(), 1u);
    BOOST_CHECK_EQUAL(requests.take(1, start + 62s, 10).size(), 0u);
    requests.forget(hash);
    BOOST_CHECK_EQUAL(requests.size(), 0u);
}

BOOST_AUTO_TEST_CASE(preferred_peers_are_asked_first) {
    sync::TxRequests requests;
    const SteadyTime start{};
    const sync::TxName name{sha256(as_bytes("x")), true};
    requests.announced(1, name, false, start);
    requests.announced(2, name, true, start);
    BOOST_CHECK(requests.take(1, start, 10).empty());
    BOOST_CHECK_EQUAL(requests.take(2, start, 10).size(), 1u);
}

BOOST_AUTO_TEST_CASE(announcements_of_one_peer_are_bounded) {
    sync::TxRequests requests;
    for (uint32_t i = 0; i < 10'000; ++i) {
        const sync::TxName name{sha256({reinterpret_cast<const uint8_t*>(&i), 4}), true};
        requests.announced(1, name, false, {});
    }
    BOOST_CHECK_EQUAL(requests.announcements(1), 5000u);
    BOOST_CHECK_EQUAL(requests.take(1, SteadyTime{}, 1000).size(), 1000u);
    requests.peer_gone(1);
    BOOST_CHECK_EQUAL(requests.size(), 0u);
}

BOOST_AUTO_TEST_CASE(orphans_are_bounded_and_leave_when_confirmed) {
    sync::Orphanage orphans(10, [](uint64_t below) { return below / 2; });
    std::vector<TxRef> all;
    for (uint32_t i = 0; i < 30; ++i) {
        all.push_back(make_tx(spend(coin(static_cast<uint8_t>(i)), i)));
        BOOST_CHECK(orphans.add(all.back(), i % 3, {}));
    }
    BOOST_CHECK_EQUAL(orphans.size(), 10u);
    BOOST_CHECK(!orphans.add(all.back(), 0, {}));
    orphans.block_connected(*make_block(BlockHash{}, 1, 1, 1, {all.back()}));
    BOOST_CHECK_EQUAL(orphans.size(), 9u);
    for (net::PeerId peer = 0; peer < 3; ++peer) orphans.peer_gone(peer);
    BOOST_CHECK_EQUAL(orphans.size(), 0u);
}

BOOST_AUTO_TEST_CASE(engine_options_come_from_the_user) {
    Options options;
    options.add("uacomment", "one");
    options.add("uacomment", "two");
    BOOST_CHECK_EQUAL(sync::engine_options(options, 60)->user_agent, "/Sluice:0.1.0(one; two)/");
    Options bad;
    bad.add("uacomment", "a/b");
    BOOST_CHECK(!sync::engine_options(bad, 60).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
