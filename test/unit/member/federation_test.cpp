// Members that run together: blocks, restarts, halts, freezes, garbage.
#include "codec/hex.h"
#include "unit/member/town.h"

using namespace sluice;
using namespace sluice::member;

BOOST_AUTO_TEST_CASE(four_members_make_one_chain) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(8, {0, 1, 2, 3}));
    town.agree(8, {0, 1, 2, 3});
    const MemberStatusRef status = town.people[1].member->status();
    BOOST_TEST(status->federation.name == "member1");
    BOOST_TEST(status->federation.final_height >= 7u);
    BOOST_TEST(status->federation.signer_mode == "normal");
    BOOST_TEST(status->federation.alarms.empty());
    BOOST_TEST(status->federation.donation_address.substr(0, 3) == "rb1");
    town.on_loop([&] { BOOST_TEST(town.topics.contains("federation")); });
}

BOOST_AUTO_TEST_CASE(a_member_that_never_starts_costs_no_block) {
    Town town(4, 3);
    for (size_t i = 0; i < 3; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(6, {0, 1, 2}));
    town.agree(6, {0, 1, 2});
}

BOOST_AUTO_TEST_CASE(a_member_that_dies_comes_back_and_votes_again) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(3, {0, 1, 2, 3}));
    town.stop(2);
    const uint32_t at = town.height(0);
    BOOST_REQUIRE(town.reach(at + 3, {0, 1, 3}));
    town.start(2);
    town.catch_up(2, 0);
    // Without another one, the returned member is needed for every block.
    town.stop(0);
    const uint32_t then = town.height(1);
    BOOST_REQUIRE(town.reach(then + 3, {1, 2, 3}));
    town.agree(then + 3, {1, 2, 3});
    BOOST_TEST(town.people[2].member->status()->federation.boot == 2u);
    BOOST_TEST(town.people[2].member->status()->federation.alarms.empty());
}

BOOST_AUTO_TEST_CASE(all_members_restart_and_go_on) {
    Town town(3, 2);
    for (size_t i = 0; i < 3; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(2, {0, 1, 2}));
    for (size_t i = 0; i < 3; ++i) town.stop(i);
    for (size_t i = 0; i < 3; ++i) town.catch_up(i, 0);
    const uint32_t at = town.height(0);
    for (size_t i = 0; i < 3; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(at + 3, {0}));
}

BOOST_AUTO_TEST_CASE(a_second_signed_header_halts_the_member_until_its_operator_decides) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(3, {0, 1, 2, 3}));
    const auto mode = [&] { return town.people[0].member->status()->federation.signer_mode; };
    BlockHash kept;
    town.on_loop([&] {
        kept = *town.people[0].chain->hash_at(2);
        town.people[0].member->on_header(kept, 2);  // the one that is known: nothing
    });
    BOOST_TEST(mode() == "normal");
    town.on_loop([&] {
        BlockHash rival = kept;
        rival.bytes[0] ^= 1;
        town.people[0].member->on_header(rival, 2);
    });
    BOOST_TEST(mode() == "halted");
    BOOST_TEST(town.people[0].member->status()->federation.alarms.size() == 1u);
    const uint32_t at = town.height(1);
    BOOST_REQUIRE(town.reach(at + 2, {0, 1, 2, 3}));  // it follows; the others go on without it
    town.on_loop([&] { BOOST_TEST(town.people[0].member->resolve_conflict(kept).has_value()); });
    town.stop(3);  // needed again
    const uint32_t then = town.height(0);
    BOOST_TEST(town.reach(then + 2, {0, 1, 2}));
    BOOST_TEST(mode() == "normal");
}

BOOST_AUTO_TEST_CASE(a_freeze_outlasts_a_restart_until_the_operator_clears_it) {
    Town town(4, 3);
    const auto frozen = [&] { return town.people[0].member->status()->federation.frozen; };
    town.start(0);
    BOOST_TEST(!frozen());
    town.stop(0);
    // What an earlier run met, and wrote before it raised the alarm.
    const std::string folder = town.folder.path + "/member0/membertest/operator";
    {
        auto db = storage::open_leveldb(folder, {});
        BOOST_REQUIRE(db);
        Decisions decisions(**db);
        BOOST_REQUIRE(decisions.load());
        BOOST_TEST(decisions.freeze("a claimed deposit left the best chain").has_value());
    }
    town.start(0);
    BOOST_TEST(frozen());
    const auto alarms = town.people[0].member->status()->federation.alarms;
    BOOST_REQUIRE(alarms.size() == 1u);
    BOOST_TEST(alarms[0] == "frozen (no claims, no payouts): a claimed deposit left the best chain");
    town.on_loop([&] { BOOST_TEST(town.people[0].member->clear_freeze().has_value()); });
    town.stop(0);
    town.start(0);
    BOOST_TEST(!frozen());
}

BOOST_AUTO_TEST_CASE(garbage_from_a_member_changes_nothing) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(2, {0, 1, 2, 3}));
    for (int i = 0; i < 200; ++i) {
        Bytes junk(static_cast<size_t>(i), static_cast<uint8_t>(i));
        if (!junk.empty()) junk[0] = static_cast<uint8_t>(i % 16);
        town.loop.post([&town, junk] { town.people[0].member->on_frame(1, junk); });
    }
    const uint32_t at = town.height(0);
    BOOST_TEST(town.reach(at + 3, {0, 1, 2, 3}));
}
