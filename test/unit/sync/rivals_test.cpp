// Rival blocks, copies that were tampered with, and who is to blame for a block that proves bad later.
#include <boost/test/unit_test.hpp>

#include "p2p/wire/compact_block.h"
#include "support/sync_world.h"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

Block with_witness(const Block& block) {
    Block out = block;
    Transaction coinbase = block.transactions[0]->tx;
    coinbase.inputs[0].witness.script_witness = {Bytes{1}};
    out.transactions[0] = make_tx(std::move(coinbase));
    return out;
}
wire::GetData ask(const Block& block) {
    return {{wire::inv_item(wire::InvType::kWitnessBlock, compute_hash(block.header).view())}};
}

struct TwoMeetings : Meeting {
    TwoMeetings() {
        second = world.stranger(node);
        world.greet(node, second);
    }
    net::PeerId second = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rivals)

BOOST_FIXTURE_TEST_CASE(a_rival_of_the_tip_is_fetched, Meeting) {
    const auto rival = make_block(node.chain.at_height(2)->hash, 3, kStart, 9);
    says(wire::Headers{{rival->header}});
    BOOST_CHECK_EQUAL(node.sent["getdata"], 1);
    says(wire::BlockMessage{*rival});
    BOOST_CHECK(node.chain.find(compute_hash(rival->header))->has_block);
    // One below it is not: too much would have to follow.
    const auto old = make_block(node.chain.at_height(1)->hash, 2, kStart, 9);
    says(wire::Headers{{old->header}});
    BOOST_CHECK_EQUAL(node.sent["getdata"], 1);
}

BOOST_FIXTURE_TEST_CASE(a_rival_in_compact_form_is_fetched_whole, Meeting) {
    says(wire::make_compact(*make_block(node.chain.at_height(2)->hash, 3, kStart, 9), 5));
    BOOST_CHECK_EQUAL(node.sent["getdata"], 1);
}

BOOST_FIXTURE_TEST_CASE(who_gave_a_block_that_proves_bad_later_is_to_blame, TwoMeetings) {
    const auto bad = make_block(node.chain.at_height(2)->hash, 3, kStart, 9, {}, kInvalidInPlace);
    says(wire::BlockMessage{*bad});
    BOOST_REQUIRE(is_connected());
    const auto child = make_block(compute_hash(bad->header), 4, kStart, 9);
    world.say(node, second, wire::BlockMessage{*child});
    world.run();
    BOOST_CHECK(!is_connected());
    BOOST_CHECK(node.links.contains(second));
    BOOST_CHECK_EQUAL(node.chain.tip().height, 3u);
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
}

// BIP152 lets compact blocks be passed on before they are checked.
BOOST_FIXTURE_TEST_CASE(nobody_is_to_blame_for_a_compact_block, Meeting) {
    says(wire::SendCmpct{true, 2});
    says(wire::make_compact(*make_block(tip_hash(), 4, kStart, 10, {}, kInvalidInPlace), 5));
    BOOST_CHECK(node.discouraged.empty());
    BOOST_CHECK_EQUAL(node.chain.tip().height, 3u);
}

BOOST_FIXTURE_TEST_CASE(the_last_word_on_a_peers_chain_counts, Meeting) {
    const auto four = make_block(tip_hash(), 4, kStart, 9, {}, kInvalid);
    const auto five = make_block(compute_hash(four->header), 5, kStart, 9);
    const auto six = make_block(compute_hash(five->header), 6, kStart, 9);
    const auto rival = make_block(tip_hash(), 4, kStart, 10);
    const net::PeerId trusted = world.stranger(node, {}, true);
    world.greet(node, trusted);
    world.say(node, trusted, wire::Headers{{four->header, five->header, six->header}});
    world.say(node, trusted, wire::BlockMessage{*four});
    world.run();
    BOOST_REQUIRE(node.links.contains(trusted));
    world.say(node, trusted, wire::Headers{{rival->header}});
    world.run();
    world.say(node, trusted, wire::BlockMessage{*rival});
    world.run();
    BOOST_CHECK(node.chain.tip_hash == compute_hash(rival->header));
}

BOOST_FIXTURE_TEST_CASE(a_lower_branch_replaces_a_higher_one_that_was_given_up, Meeting) {
    // The peer drops a branch of three, whose blocks we never got, for a rival of one.
    const auto four = make_block(tip_hash(), 4, kStart, 9);
    const auto five = make_block(compute_hash(four->header), 5, kStart, 9);
    const auto rival = make_block(tip_hash(), 4, kStart, 10);
    says(wire::Headers{{four->header, five->header}});
    says(wire::Headers{{rival->header}});
    BOOST_CHECK_EQUAL(synced_headers(stranger), 4);
    // What it is known to have is not less for an old block of the same branch.
    const auto six = make_block(compute_hash(rival->header), 5, kStart, 10);
    says(wire::Headers{{six->header}});
    says(wire::Headers{{rival->header}});
    BOOST_CHECK_EQUAL(synced_headers(stranger), 5);
}

BOOST_FIXTURE_TEST_CASE(a_copy_with_other_witnesses_costs_no_round_trip, TwoMeetings) {
    const auto good = make_block(tip_hash(), 4, kStart, 9);
    says(wire::Headers{{good->header}});
    const int asked = node.sent["getdata"];
    // The attacker's copy is being checked when the honest one comes.
    world.say(node, second, wire::BlockMessage{with_witness(*good)});
    world.say(node, stranger, wire::BlockMessage{*good});
    world.run();
    BOOST_CHECK_EQUAL(node.chain.tip().height, 4u);
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked);
    BOOST_CHECK(is_connected());
    BOOST_CHECK(!node.links.contains(second));
}

// Whoever keeps giving a compact block that cannot be the true one does not keep us from asking others.
BOOST_FIXTURE_TEST_CASE(a_mutated_compact_block_is_asked_of_somebody_else, TwoMeetings) {
    const auto good = make_block(tip_hash(), 4, kStart, 9);
    says(wire::SendCmpct{true, 2});
    says(wire::make_compact(with_witness(*good), 5));
    BOOST_CHECK_EQUAL(node.chain.tip().height, 3u);
    const int asked = node.sent["getdata"];
    world.say(node, second, wire::Headers{{good->header}});
    world.run();
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked + 1);
    BOOST_CHECK_EQUAL(heights_in_flight(second).size(), 1u);
}

BOOST_FIXTURE_TEST_CASE(a_block_that_was_never_checked_is_not_given_away, Meeting) {
    const auto rival = make_block(node.chain.at_height(2)->hash, 3, kStart, 9);
    says(wire::BlockMessage{*rival});
    BOOST_REQUIRE(node.chain.find(compute_hash(rival->header))->has_block);
    says(ask(*rival));
    says(wire::GetBlockTxn{compute_hash(rival->header), {0}});
    wire::GetHeaders question;
    question.locator.stop = compute_hash(rival->header);
    const int headers = node.sent["headers"];
    says(question);
    BOOST_CHECK_EQUAL(node.sent["block"] + node.sent["blocktxn"], 0);
    BOOST_CHECK_EQUAL(node.sent["headers"], headers);
    // Once it was on the active chain it is, also after a rival has taken its place.
    const auto five = make_block(compute_hash(rival->header), 4, kStart, 9);
    says(wire::BlockMessage{*five});
    says(ask(*rival));
    BOOST_CHECK_EQUAL(node.sent["block"], 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(announcements)

// What it announces it has, whatever services it claims.
BOOST_FIXTURE_TEST_CASE(who_announces_a_branch_is_asked_for_it, Meeting) {
    const net::PeerId peer = world.stranger(node);
    world.greet(node, peer, wire::kNodeWitness);
    std::vector<BlockHeader> headers;
    BlockHash prev = node.chain.at_height(1)->hash;
    for (uint32_t height = 2; height <= 18; ++height) {
        headers.push_back(make_block(prev, height, kStart, 9)->header);
        prev = compute_hash(headers.back());
    }
    const auto announce = [&](size_t from, size_t to) {
        world.say(node, peer,
                  wire::Headers{{headers.begin() + static_cast<long>(from), headers.begin() + static_cast<long>(to)}});
        world.run();
        return heights_in_flight(peer).size();
    };
    BOOST_CHECK_EQUAL(announce(0, 1), 0u);  // below the tip
    BOOST_CHECK_EQUAL(announce(1, 2), 2u);
    BOOST_CHECK_EQUAL(announce(2, 16), 16u);
    BOOST_CHECK_EQUAL(announce(16, 17), 16u);  // a full load
}

BOOST_FIXTURE_TEST_CASE(branches_from_long_ago_are_not_kept, Meeting) {
    node.chain.mine(200, kStart);
    world.run();
    const auto old = make_block(node.chain.at_height(57)->hash, 58, kStart, 9);
    const auto young = make_block(node.chain.at_height(58)->hash, 59, kStart, 9);
    for (const wire::Message& message :
         {wire::Message(wire::Headers{{old->header}}), wire::Message(wire::make_compact(*old, 5)),
          wire::Message(wire::BlockMessage{*old})}) {
        says(message);
        BOOST_CHECK(!node.chain.find(compute_hash(old->header)));
    }
    BOOST_CHECK(is_connected());
    says(wire::Headers{{young->header}});
    BOOST_CHECK(node.chain.find(compute_hash(young->header)).has_value());
    // Whom the user trusts may tell of anything.
    net::Permissions permissions;
    permissions.no_ban = true;
    const net::PeerId trusted = world.stranger(node, permissions);
    world.greet(node, trusted);
    world.say(node, trusted, wire::Headers{{old->header}});
    world.run();
    BOOST_CHECK(node.chain.find(compute_hash(old->header)).has_value());
}

BOOST_AUTO_TEST_CASE(a_chain_below_the_minimum_work_is_not_followed) {
    World world;
    sync::EngineOptions options;
    options.min_chain_work = 6;  // five blocks on genesis
    Host& node = world.add(options);
    const net::PeerId peer = world.stranger(node);
    world.greet(node, peer);
    const auto one = make_block(node.chain.tip_hash, 1, kStart, 9);
    world.say(node, peer, wire::Headers{{one->header}});
    world.say(node, peer, wire::BlockMessage{*one});
    world.run();
    BOOST_CHECK(!node.chain.find(compute_hash(one->header)));
    std::vector<BlockHeader> headers{one->header};
    for (uint32_t height = 2; height <= 5; ++height)
        headers.push_back(make_block(compute_hash(headers.back()), height, kStart, 9)->header);
    world.say(node, peer, wire::Headers{headers});
    world.run();
    BOOST_CHECK(node.chain.find(compute_hash(headers.back())).has_value());
}

// A peer that announces in compact form and then is silent does not delay the block.
BOOST_FIXTURE_TEST_CASE(the_rest_of_a_compact_block_is_asked_of_several, Meeting) {
    std::vector<net::PeerId> sources;
    for (uint32_t i = 0; i < 3; ++i) {
        sources.push_back(world.stranger(node));
        world.greet(node, sources.back());
        world.say(node, sources.back(), wire::SendCmpct{true, 2});
        // The first to give a block is asked to announce in compact form.
        world.say(node, sources.back(), wire::BlockMessage{*make_block(tip_hash(), 4 + i, kStart + 60 * (i + 1), 9)});
        world.run();
    }
    const TxRef tx = make_tx(spend(coin(1), 1));
    const auto block = make_block(tip_hash(), 7, kStart + 240, 9, {tx});
    const auto announce = [&](net::PeerId peer) {
        world.say(node, peer, wire::make_compact(*block, peer));
        world.run();
        return node.sent["getblocktxn"];
    };
    BOOST_CHECK_EQUAL(announce(sources[0]), 1);
    BOOST_CHECK_EQUAL(announce(stranger), 1);  // we did not choose it
    BOOST_CHECK_EQUAL(announce(sources[1]), 2);
    BOOST_CHECK_EQUAL(announce(sources[1]), 2);
    // The third place is for a peer that we dialled.
    BOOST_CHECK_EQUAL(announce(sources[2]), 2);
    world.say(node, sources[1], wire::BlockTxn{compute_hash(block->header), {tx}});
    world.run();
    BOOST_CHECK_EQUAL(node.chain.tip().height, 7u);
    BOOST_CHECK(heights_in_flight(sources[0]).empty());
}

BOOST_FIXTURE_TEST_CASE(a_peer_without_witnesses_is_asked_for_none, Meeting) {
    const net::PeerId old = world.stranger(node);
    wire::Version version;
    version.services = wire::kNodeNetwork;
    world.say(node, old, version);
    world.say(node, old, wire::Verack{});
    world.run();
    std::vector<wire::InvItem> asked;
    node.on_send = [&](net::PeerId to, std::string_view command, ByteView payload) {
        if (to == old && command == "getdata")
            asked = std::get<wire::GetData>(*wire::decode_message(command, payload)).items;
    };
    world.say(node, old, wire::Inv{{wire::inv_item(wire::InvType::kTx, Hash256{}.view())}});
    world.pass(6s);
    BOOST_REQUIRE_EQUAL(asked.size(), 1u);
    BOOST_CHECK(asked[0].is(wire::InvType::kTx));
}

BOOST_AUTO_TEST_SUITE_END()
