// What peers see of each other: engines back to back.
#include <boost/test/unit_test.hpp>

#include "p2p/wire/compact_block.h"
#include "support/sync_world.h"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {
BlockHash tip(const Host& host) { return host.chain.tip_hash; }
}  // namespace

BOOST_AUTO_TEST_SUITE(synchronisation)

BOOST_AUTO_TEST_CASE(the_handshake_completes_on_both_sides) {
    World world;
    Host& a = world.add();
    Host& b = world.add();
    world.connect(a, b);
    world.run();
    BOOST_CHECK_EQUAL(a.established_count, 1);
    BOOST_CHECK_EQUAL(b.established_count, 1);
    const auto report = a.engine.reports().at(0);
    BOOST_CHECK_EQUAL(report.version, 70016);
    BOOST_CHECK_EQUAL(report.user_agent, "/Sluice:0.1.0/");
    BOOST_CHECK_EQUAL(report.services, wire::kNodeNetwork | wire::kNodeWitness | wire::kNodeNetworkLimited);
    BOOST_CHECK(report.ping_time.has_value());
}

BOOST_AUTO_TEST_CASE(a_late_node_reaches_the_tip_of_the_others) {
    World world;
    Host& full = world.add();
    Host& other = world.add();
    full.chain.mine(300, kStart);
    other.chain.mine(300, kStart);
    Host& late = world.add();
    world.connect(late, full);
    world.connect(late, other);
    world.pass(5s);
    BOOST_CHECK(tip(late) == tip(full));
    // Both gave blocks: the work is shared.
    BOOST_CHECK_GT(full.sent["block"], 50);
    BOOST_CHECK_GT(other.sent["block"], 50);
    BOOST_CHECK_EQUAL(full.sent["block"] + other.sent["block"], 300);
}

BOOST_AUTO_TEST_CASE(a_chain_longer_than_one_headers_message_arrives_whole) {
    World world;
    Host& full = world.add();
    // Cheap to make: headers only at the receiver's side matter here.
    full.chain.mine(2100, kStart);
    Host& late = world.add();
    world.connect(late, full);
    world.pass(20s);
    BOOST_CHECK(tip(late) == tip(full));
    BOOST_CHECK_GE(full.sent["headers"], 2);
}

BOOST_AUTO_TEST_CASE(a_new_block_reaches_everybody_along_a_line) {
    World world;
    Host& a = world.add();
    Host& b = world.add();
    Host& c = world.add();
    a.chain.mine(5, kStart);
    world.connect(a, b);
    world.connect(b, c);
    world.pass(5s);
    BOOST_REQUIRE(tip(c) == tip(a));
    a.chain.mine(1, kStart + 60, 7);
    world.pass(2s);
    BOOST_CHECK(tip(b) == tip(a));
    BOOST_CHECK(tip(c) == tip(a));
}

BOOST_AUTO_TEST_CASE(a_node_that_was_cut_off_catches_up) {
    World world;
    Host& a = world.add();
    Host& b = world.add();
    a.chain.mine(10, kStart);
    const net::PeerId link = world.connect(a, b);
    world.pass(5s);
    BOOST_REQUIRE(tip(b) == tip(a));
    world.cut(a, link);
    a.chain.mine(40, kStart + 3000, 1);
    world.pass(5s);
    BOOST_CHECK(tip(b) != tip(a));
    world.connect(b, a);
    world.pass(5s);
    BOOST_CHECK(tip(b) == tip(a));
}

BOOST_AUTO_TEST_CASE(the_longer_branch_wins_after_a_split) {
    World world;
    Host& a = world.add();
    Host& b = world.add();
    a.chain.mine(10, kStart);
    const net::PeerId link = world.connect(a, b);
    world.pass(5s);
    world.cut(a, link);
    a.chain.mine(3, kStart + 180, 1);
    b.chain.mine(20, kStart + 1200, 2);
    world.connect(a, b);
    world.pass(5s);
    BOOST_CHECK(tip(a) == tip(b));
    BOOST_CHECK_EQUAL(a.chain.tip().height, 30u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_stalls_is_replaced) {
    World world;
    Host& stalls = world.add();
    Host& honest = world.add();
    stalls.chain.mine(100, kStart);
    honest.chain.mine(100, kStart);
    Host& late = world.add();
    world.passes = [&](const Host& from, const Host&, std::string_view command) {
        return &from != &stalls || command != "block";
    };
    world.connect(late, stalls);
    world.connect(late, honest);
    world.pass(3min, 1s);
    BOOST_CHECK(tip(late) == tip(honest));
    BOOST_REQUIRE(!late.dropped.empty());
    BOOST_CHECK(late.discouraged.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_that_gives_no_headers_is_replaced) {
    World world;
    Host& mute = world.add();
    Host& honest = world.add();
    mute.chain.mine(30, kStart);
    honest.chain.mine(30, kStart);
    Host& late = world.add();
    world.passes = [&](const Host& from, const Host&, std::string_view command) {
        return &from != &mute || command != "headers";
    };
    world.connect(late, mute);
    world.connect(late, honest);
    world.pass(4min, 1s);
    BOOST_CHECK(tip(late) == tip(honest));
}

BOOST_AUTO_TEST_CASE(a_lost_announcement_is_made_up_for) {
    World world;
    Host& a = world.add();
    Host& b = world.add();
    a.chain.mine(5, kStart);
    world.connect(a, b);
    world.pass(5s);
    world.passes = [&](const Host& from, const Host&, std::string_view) { return &from != &a; };
    a.chain.mine(1, kStart + 60, 1);
    world.pass(2s);
    world.passes = nullptr;
    BOOST_REQUIRE(tip(b) != tip(a));
    world.pass(5min, 1s);
    BOOST_CHECK(tip(b) == tip(a));
}

BOOST_AUTO_TEST_CASE(a_chosen_peer_that_stays_behind_makes_room) {
    World world;
    Host& node = world.add();
    Host& stuck = world.add();
    node.chain.mine(20, kStart);
    world.passes = [&](const Host&, const Host& to, std::string_view command) {
        return &to != &stuck || command != "headers";
    };
    world.connect(node, stuck);
    world.pass(30min, 5s);
    BOOST_CHECK(node.links.empty());
    BOOST_CHECK(node.discouraged.empty());
}

BOOST_AUTO_TEST_CASE(a_trusted_peer_that_erred_gets_another_chance) {
    World world;
    Host& node = world.add();
    Host& trusted = world.add();
    trusted.chain.mine(3, kStart);
    world.connect(node, trusted, net::ConnectionKind::kManual);
    world.pass(5s);
    BOOST_REQUIRE(tip(node) == tip(trusted));
    // A branch that is refused here, and is given up there.
    const auto bad = make_block(tip(node), 4, kStart + 60, 9, {}, kInvalid);
    world.say(node, node.links.begin()->first, wire::Headers{{bad->header}});
    world.say(node, node.links.begin()->first, wire::BlockMessage{*bad});
    world.run();
    BOOST_REQUIRE_EQUAL(node.discouraged.size(), 1u);
    BOOST_REQUIRE_EQUAL(node.links.size(), 1u);
    trusted.chain.mine(3, kStart + 120, 5);
    world.pass(3min, 1s);
    BOOST_CHECK(tip(node) == tip(trusted));
}

// A block may be damaged by whoever passed it on: the peer that the user trusts is not asked for it over and over, but
// is as soon as it announces it anew.
BOOST_AUTO_TEST_CASE(a_damaged_block_of_a_trusted_peer_is_asked_again_when_announced_again) {
    World world;
    Host& node = world.add();
    Host& other = world.add();
    world.connect(node, other, net::ConnectionKind::kManual);
    world.pass(5s);
    const net::PeerId peer = node.links.begin()->first;
    const auto good = make_block(tip(node), 1, kStart + 60, 9);
    Block damaged = *good;
    damaged.transactions.push_back(make_tx(spend(coin(1), 1)));
    const auto says = [&](const wire::Message& message) {
        world.say(node, peer, message);
        world.run();
    };
    says(wire::Headers{{good->header}});
    const int asked = node.sent["getdata"];
    BOOST_CHECK_GE(asked, 1);
    says(wire::BlockMessage{damaged});
    world.pass(10s);
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked);
    BOOST_CHECK_EQUAL(node.links.size(), 1u);
    says(wire::Headers{{good->header}});
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked + 1);
    says(wire::BlockMessage{*good});
    BOOST_CHECK_EQUAL(node.chain.tip().height, 1u);
}

BOOST_AUTO_TEST_CASE(self_connections_are_noticed) {
    World world;
    Host& a = world.add();
    world.connect(a, a);
    world.run();
    BOOST_CHECK(a.links.empty());
    BOOST_CHECK(a.discouraged.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hostile_peers)

BOOST_FIXTURE_TEST_CASE(headers_without_a_valid_signature, Meeting) {
    BlockHeader header = make_block(tip(node), 4, kStart, 9)->header;
    header.seal = BlockProof{Script{{0x51}}, Script{{2}}};
    says(wire::Headers{{header}});
    BOOST_CHECK(!is_connected());
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
}

BOOST_FIXTURE_TEST_CASE(headers_that_do_not_follow_each_other, Meeting) {
    const BlockHeader one = make_block(tip(node), 4, kStart, 9)->header;
    const BlockHeader two = make_block(tip(node), 5, kStart, 10)->header;
    says(wire::Headers{{one, two}});
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
}

// Also a trusted peer that errs is answered.
BOOST_FIXTURE_TEST_CASE(after_headers_that_do_not_follow_each_other_a_trusted_peer_goes_on, Meeting) {
    const net::PeerId trusted = world.stranger(node, {}, true);
    world.greet(node, trusted);
    const BlockHeader one = make_block(tip_hash(), 4, kStart, 9)->header;
    const BlockHeader two = make_block(tip_hash(), 5, kStart, 10)->header;
    const int before = node.sent["pong"];
    world.say(node, trusted, wire::Headers{{one, two}});
    world.say(node, trusted, wire::Ping{1});
    world.run();
    BOOST_CHECK_EQUAL(node.sent["pong"], before + 1);
}

BOOST_FIXTURE_TEST_CASE(headers_that_connect_to_nothing_are_asked_about_once, Meeting) {
    const int before = node.sent["getheaders"];
    BlockHash nowhere;
    nowhere.bytes[0] = 1;
    says(wire::Headers{{make_block(nowhere, 50, kStart, 0)->header}});
    BOOST_CHECK_GE(node.sent["getheaders"], before);
    BOOST_CHECK(is_connected());
    for (uint32_t i = 1; i < 100; ++i) says(wire::Headers{{make_block(nowhere, 50, kStart, i)->header}});
    BOOST_CHECK_LE(node.sent["getheaders"], before + 1);
}

// Blocks that come quickly: an answer does not show those that were announced while it was on its way.
BOOST_FIXTURE_TEST_CASE(what_is_announced_before_an_answer_comes_is_asked_for_after_it, Meeting) {
    const auto four = make_block(tip(node), 4, kStart, 9);
    const auto five = make_block(compute_hash(four->header), 5, kStart, 9);
    const auto six = make_block(compute_hash(five->header), 6, kStart, 9);
    const int before = node.sent["getheaders"];
    says(wire::make_compact(*six, 5));
    says(wire::Headers{{four->header}});
    BOOST_CHECK_EQUAL(node.sent["getheaders"], before + 1);
    says(wire::Headers{{five->header, six->header}});
    says(wire::BlockMessage{*four});
    says(wire::BlockMessage{*five});
    says(wire::BlockMessage{*six});
    BOOST_CHECK_EQUAL(node.chain.tip().height, 6u);
    BOOST_CHECK_EQUAL(node.sent["getheaders"], before + 1);
}

BOOST_FIXTURE_TEST_CASE(a_block_too_old_for_its_parts_comes_whole, Meeting) {
    node.chain.mine(10, kStart);
    world.run();
    const auto at = [&](uint32_t height) { return node.chain.ancestor(tip(node), height)->hash; };
    says(wire::GetBlockTxn{at(3), {0}});
    BOOST_CHECK_EQUAL(node.sent["blocktxn"], 1);
    says(wire::GetBlockTxn{at(2), {0}});
    BOOST_CHECK_EQUAL(node.sent["blocktxn"], 1);
    BOOST_CHECK_EQUAL(node.sent["block"], 1);
}

BOOST_FIXTURE_TEST_CASE(a_block_that_breaks_the_rules, Meeting) {
    const auto bad = make_block(tip(node), 4, kStart, 9, {}, kInvalid);
    says(wire::Headers{{bad->header}});
    says(wire::BlockMessage{*bad});
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
    BOOST_CHECK_EQUAL(node.chain.tip().height, 3u);
}

BOOST_FIXTURE_TEST_CASE(a_mutated_block_does_not_condemn_the_true_one, Meeting) {
    const auto good = make_block(tip(node), 4, kStart, 9);
    Block mutated = *good;
    mutated.transactions.push_back(make_tx(spend(coin(1), 1)));
    says(wire::Headers{{good->header}});
    says(wire::BlockMessage{mutated});
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
    stranger = world.stranger(node);
    world.greet(node, stranger);
    says(wire::Headers{{good->header}});
    says(wire::BlockMessage{*good});
    BOOST_CHECK_EQUAL(node.chain.tip().height, 4u);
}

// An attacker may not free the honest peer that was asked for a block by a damaged copy of it.
BOOST_FIXTURE_TEST_CASE(a_damaged_block_leaves_the_download_of_the_true_one_alone, Meeting) {
    const auto good = make_block(tip(node), 4, kStart, 9);
    says(wire::Headers{{good->header}});
    const net::PeerId attacker = world.stranger(node);
    world.greet(node, attacker);
    Block damaged = *good;
    damaged.transactions.push_back(make_tx(spend(coin(1), 1)));
    const auto in_flight = [&] {
        for (const sync::PeerReport& report : node.engine.reports()) {
            if (report.id == stranger) return report.blocks_in_flight.size();
        }
        return size_t{0};
    };
    BOOST_REQUIRE_EQUAL(in_flight(), 1u);
    world.say(node, attacker, wire::BlockMessage{damaged});
    world.run();
    BOOST_CHECK(!node.links.contains(attacker));
    BOOST_CHECK_EQUAL(in_flight(), 1u);
    says(wire::BlockMessage{*good});
    BOOST_CHECK_EQUAL(in_flight(), 0u);
    BOOST_CHECK_EQUAL(node.chain.tip().height, 4u);
}

// A spy could plant a header at one connection and look for it at another.
BOOST_FIXTURE_TEST_CASE(a_header_without_its_block_is_not_told_on, Meeting) {
    const auto block = make_block(tip(node), 4, kStart, 9);
    says(wire::Headers{{block->header}});
    wire::GetHeaders question;
    question.locator.stop = compute_hash(block->header);
    const int before = node.sent["headers"];
    says(question);
    BOOST_CHECK_EQUAL(node.sent["headers"], before);
    says(wire::BlockMessage{*block});
    says(question);
    BOOST_CHECK_EQUAL(node.sent["headers"], before + 1);
}

BOOST_FIXTURE_TEST_CASE(a_block_without_a_known_parent_came_unasked, Meeting) {
    BlockHash nowhere;
    nowhere.bytes[0] = 1;
    says(wire::BlockMessage{*make_block(nowhere, 50, kStart, 0)});
    BOOST_CHECK(!is_connected());
}

BOOST_FIXTURE_TEST_CASE(blocks_in_a_row_come_one_after_the_other, Meeting) {
    BlockHash prev = tip_hash();
    for (uint32_t height = 4; height < 204; ++height) {  // more than are checked at a time
        const auto block = make_block(prev, height, kStart, 9);
        prev = compute_hash(block->header);
        world.say(node, stranger, wire::BlockMessage{*block});
    }
    world.run();
    BOOST_CHECK(is_connected());
    BOOST_CHECK_EQUAL(node.chain.tip().height, 203u);
}

BOOST_FIXTURE_TEST_CASE(a_block_may_follow_its_parents_header_at_once, Meeting) {
    const auto four = make_block(tip_hash(), 4, kStart, 9);
    const auto five = make_block(compute_hash(four->header), 5, kStart, 9);
    world.say(node, stranger, wire::Headers{{four->header}});
    world.say(node, stranger, wire::BlockMessage{*five});
    world.run();
    BOOST_CHECK(is_connected());
    BOOST_CHECK(node.chain.find(compute_hash(five->header))->has_block);
}

// One that we do not take headers from (it keeps no blocks) may make us ask once, not with each block.
BOOST_FIXTURE_TEST_CASE(announcements_by_id_of_a_peer_without_blocks_make_us_ask_once, Meeting) {
    const net::PeerId peer = world.stranger(node);
    world.greet(node, peer, wire::kNodeWitness);
    const int before = node.sent["getheaders"];
    for (uint32_t salt = 0; salt < 5; ++salt) {
        const auto block = make_block(tip_hash(), 4, kStart, salt);
        world.say(node, peer, wire::Inv{{wire::inv_item(wire::InvType::kBlock, compute_hash(block->header).view())}});
        world.say(node, peer, wire::Headers{{block->header}});
        world.run();
    }
    BOOST_CHECK_EQUAL(node.sent["getheaders"], before + 1);
}

BOOST_FIXTURE_TEST_CASE(a_pong_waits_for_what_came_before_its_ping, Meeting) {
    const auto block = make_block(tip(node), 4, kStart, 9);
    const int before = node.sent["pong"];
    world.say(node, stranger, wire::BlockMessage{*block});
    world.say(node, stranger, wire::Ping{1});
    world.say(node, stranger, wire::Ping{2});
    BOOST_CHECK_EQUAL(node.sent["pong"], before);
    world.run();
    BOOST_CHECK_EQUAL(node.sent["pong"], before + 2);
    BOOST_CHECK_EQUAL(node.chain.tip().height, 4u);
    world.say(node, stranger, wire::Tx{make_tx(spend(coin(1), 1))});
    world.say(node, stranger, wire::GetData{{wire::inv_item(wire::InvType::kWitnessBlock, Hash256{}.view())}});
    world.say(node, stranger, wire::Ping{3});
    BOOST_CHECK_EQUAL(node.sent["pong"], before + 2);
    world.run();
    BOOST_CHECK_EQUAL(node.sent["pong"], before + 3);
}

BOOST_FIXTURE_TEST_CASE(garbage_is_tolerated_for_a_while_only, Meeting) {
    for (int i = 0; i < 99; ++i) says_raw("inv", Bytes(7, 9));
    BOOST_CHECK(is_connected());
    says_raw("headers", Bytes(3, 9));
    BOOST_CHECK(!is_connected());
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
}

BOOST_FIXTURE_TEST_CASE(unknown_messages_are_ignored, Meeting) {
    says_raw("elephant", Bytes(7, 9));
    BOOST_CHECK(is_connected());
}

BOOST_FIXTURE_TEST_CASE(too_many_entries_end_it, Meeting) {
    ByteWriter inv;
    inv.compact_size(50'001);
    says_raw("inv", inv.bytes());
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
}

BOOST_FIXTURE_TEST_CASE(a_locator_that_is_too_long_disconnects, Meeting) {
    wire::GetHeaders message;
    message.locator.have.resize(102);
    says(message);
    BOOST_CHECK(!is_connected());
    BOOST_CHECK(node.discouraged.empty());
}

BOOST_FIXTURE_TEST_CASE(asking_for_the_pool_disconnects, Meeting) {
    says(wire::Mempool{});
    BOOST_CHECK(!is_connected());
}

BOOST_FIXTURE_TEST_CASE(negotiating_after_verack_disconnects, Meeting) {
    says(wire::WtxidRelay{});
    BOOST_CHECK(!is_connected());
}

BOOST_AUTO_TEST_CASE(nothing_counts_before_the_handshake) {
    World world;
    Host& node = world.add();
    const net::PeerId stranger = world.stranger(node);
    world.say(node, stranger, wire::Ping{1});
    world.say(node, stranger, wire::GetAddr{});
    world.run();
    BOOST_CHECK(node.sent.empty());
    wire::Version version;
    world.say(node, stranger, version);
    world.run();
    BOOST_CHECK_EQUAL(node.sent["verack"], 1);
    world.say(node, stranger, wire::Ping{1});
    world.run();
    BOOST_CHECK_EQUAL(node.sent["pong"], 0);
}

BOOST_AUTO_TEST_CASE(obsolete_peers_are_turned_away) {
    World world;
    Host& node = world.add();
    const net::PeerId stranger = world.stranger(node);
    wire::Version version;
    version.version = 31799;
    world.say(node, stranger, version);
    world.run();
    BOOST_CHECK(!node.links.contains(stranger));
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_stops_answering_pings_goes, Meeting) {
    world.pass(23min, 5s);
    BOOST_CHECK(!is_connected());
}

BOOST_AUTO_TEST_SUITE_END()
