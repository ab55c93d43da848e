// Manifests that follow one another: who signs them, who votes, who joins.
#include "federation/rules/dynafed.h"
#include "unit/member/town.h"

using namespace sluice;
using namespace sluice::member;

namespace {

// members 1 to 4 of five, the fifth being new.
Manifest next_of(const Manifest& before, const ManifestMember& joins, uint32_t start_height) {
    SuccessorPlan plan{before, {joins}, {"member1", "member2", "member3", "member4"}, 3, start_height};
    const auto made = make_successor(plan);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    return *made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(successors_keep_what_their_predecessor_lists_and_need_its_quorum) {
    Town town(4, 3);
    const Manifest before = town.manifest;
    const Manifest good = next_of(before, town.newcomer(), 5);
    BOOST_TEST(check_change(good, before).has_value());
    const auto refused = [&](const char* why, const std::function<void(Manifest&)>& change) {
        Manifest bad = good;
        change(bad);
        const Status status = check_change(bad, before);
        BOOST_TEST_CONTEXT(why) { BOOST_TEST((!status && status.error().message.find(why) != std::string::npos)); }
    };
    refused("another predecessor", [](Manifest& m) { m.predecessor.bytes[0] ^= 1; });
    refused("next sequence", [](Manifest& m) { ++m.sequence; });
    refused("another chain", [](Manifest& m) { m.genesis.bytes[0] ^= 1; });
    refused("keys or the place of member0", [](Manifest& m) { std::swap(m.members[0], m.members[1]); });
    refused("sets and add one", [](Manifest& m) { m.sets[0].csv = 1; });
    refused("sets and add one", [](Manifest& m) { m.sets.pop_back(); });
    refused("not in order", [](Manifest& m) { m.sets.back().start_height = m.sets.front().start_height; });
    refused("key of no member", [](Manifest& m) { m.members.pop_back(); });

    const auto parse = [](const std::string& text) { return *parse_signed_manifest(text); };
    BOOST_TEST(check_successor(parse(town.signed_by(good, before, {0, 1, 3})), before).has_value());
    BOOST_TEST(!check_successor(parse(town.signed_by(good, before, {0, 1})), before).has_value());
    BOOST_TEST(
        !check_successor(parse(town.signed_by(good, before, {0, 1, 1})), before).has_value());  // one counts once
    SignedManifest moved = parse(town.signed_by(good, before, {0, 1, 3}));
    ++moved.manifest.sets.back().start_height;  // signed something else
    BOOST_TEST(!check_successor(moved, before).has_value());
    BOOST_TEST(!sign_manifest(good, before, town.keys_of(4)).has_value());  // not of the set before
    const Overlap overlap = payout_overlap(good);
    BOOST_TEST(overlap.shared == 3u);
    BOOST_TEST(overlap.needed == 3u);
}

BOOST_AUTO_TEST_CASE(a_running_federation_replaces_a_member) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(2, {0, 1, 2, 3}));
    Manifest next;
    town.on_loop([&] { next = next_of(town.running(), town.newcomer(), 3); });
    const std::string text = town.signed_by(next, town.running(), {0, 1, 2});
    for (size_t i = 0; i < 4; ++i) BOOST_REQUIRE(town.load(i, text));
    BOOST_TEST(town.load(0, text).has_value());  // again: nothing new
    town.people[4].pinned = next;
    town.start(4);
    town.catch_up(4, 0);
    BOOST_TEST(!town.info(4).signs);
    BOOST_REQUIRE(town.wait_for([&] { return town.info(1).set == 1; }));
    const uint32_t at = town.height(1);
    BOOST_TEST((at + 1) % town.params.epoch_length == 0u);
    // The one that left follows; the new one is needed now.
    BOOST_REQUIRE(town.reach(at + 2, {0, 1, 2, 3, 4}));
    BOOST_TEST(!town.info(0).signs);
    BOOST_TEST(town.info(4).signs);
    town.stop(3);
    const uint32_t then = town.height(1);
    BOOST_REQUIRE(town.reach(then + 3, {0, 1, 2, 4}));
    town.agree(then + 3, {0, 1, 2, 4});
    // Back after a restart, with the manifest that it was given.
    town.start(3);
    town.catch_up(3, 0);
    BOOST_REQUIRE(town.wait_for([&] { return town.info(3).set == 1 && town.info(3).signs; }));
    town.stop(4);
    const uint32_t last = town.height(1);
    BOOST_REQUIRE(town.reach(last + 3, {1, 2, 3}));
    for (const size_t i : {0, 1, 2, 3}) BOOST_TEST(town.info(i).alarms.empty());
}

BOOST_AUTO_TEST_CASE(no_vote_without_the_new_members_and_none_without_the_manifest) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(1, {0, 1, 2, 3}));
    // All of the next set but member 1 are new: while they are away, nobody votes.
    std::vector<ManifestMember> joining;
    town.on_loop([&] {
        for (int i = 0; i < 3; ++i) joining.push_back(town.newcomer());
    });
    SuccessorPlan plan{town.running(), joining, {"member1", "member4", "member5", "member6"}, 3, 2};
    const auto next = make_successor(plan);
    BOOST_REQUIRE(next);
    const std::string text = town.signed_by(*next, town.running(), {0, 1, 2});
    for (const size_t i : {0, 1, 2}) BOOST_REQUIRE(town.load(i, text));
    BOOST_REQUIRE(town.reach(12, {0, 1, 2, 3}));
    BOOST_TEST(town.info(0).set == 0u);
    BOOST_TEST(town.info(0).change->votes == 0u);
    // They come. Member 3 has not loaded the manifest: it refuses the votes, and k others suffice.
    for (const size_t i : {4, 5, 6}) {
        town.people[i].pinned = *next;
        town.start(i);
        town.catch_up(i, 0);
    }
    BOOST_REQUIRE(town.wait_for([&] { return town.info(0).change && town.info(0).change->votes > 0; }));
    BOOST_REQUIRE(town.load(3, text));
    BOOST_REQUIRE(town.wait_for([&] { return town.info(1).set == 1; }));
    const uint32_t at = town.height(1);
    BOOST_REQUIRE(town.reach(at + 3, {0, 1, 2, 3, 4, 5, 6}));
    town.agree(at + 3, {0, 1, 2, 3, 4, 5, 6});
}

BOOST_AUTO_TEST_CASE(a_member_without_the_manifest_stops_voting_and_comes_back_with_it) {
    Town town(4, 3);
    for (size_t i = 0; i < 4; ++i) town.start(i);
    BOOST_REQUIRE(town.reach(1, {0, 1, 2, 3}));
    SuccessorPlan plan{town.running(), {}, {"member1", "member2", "member3"}, 2, 2};
    const auto next = make_successor(plan);
    BOOST_REQUIRE(next);
    const std::string text = town.signed_by(*next, town.running(), {0, 1, 2});
    // Member 3 is away while the others decide; it comes back unaware.
    town.stop(3);
    for (const size_t i : {0, 1, 2}) BOOST_REQUIRE(town.load(i, text));
    BOOST_REQUIRE(town.wait_for([&] { return town.info(1).set == 1; }));
    const uint32_t at = town.height(1);
    BOOST_REQUIRE(town.reach(at + 2, {0, 1, 2}));
    town.start(3);
    town.catch_up(3, 0);
    BOOST_REQUIRE(town.wait_for([&] { return !town.info(3).alarms.empty() && !town.info(3).signs; }));
    BOOST_TEST(!town.load(3, text).has_value());  // kept; restart
    town.stop(3);
    town.start(3);
    town.catch_up(3, 0);
    BOOST_REQUIRE(town.wait_for([&] { return town.info(3).signs; }));
    BOOST_TEST(town.info(3).alarms.empty());
    town.stop(2);  // two of three: member 3 is needed
    const uint32_t then = town.height(1);
    BOOST_REQUIRE(town.reach(then + 3, {1, 3}));
}
