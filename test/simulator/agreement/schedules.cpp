// Schedules with a name: what federation-design section 2 and 9 call out.
#include <boost/test/unit_test.hpp>

#include "simulator/agreement/world.h"

namespace sluice::agreement::sim {
namespace {

bool is_vote(const Message& message, VoteType type) {
    const auto* vote = std::get_if<Vote>(&message);
    return vote != nullptr && vote->type == type;
}

}  // namespace

// Section 2, rule 4: 1, 2 and a liar prevote B, 1 locks, 3 dislikes B, the liar falls silent. 1 votes only B; 3 must
// follow the polka although B is not acceptable to it.
BOOST_AUTO_TEST_CASE(a_member_that_dislikes_a_block_follows_its_polka) {
    for (uint64_t seed = 1; seed <= 50; ++seed) {
        World world(seed, 4, 3);
        world.start();
        world.run_until(60'000, [&] { return world.reached(2); });
        const Height height = world.highest_height() + 1;
        const MemberIndex liar = world.committee.proposer(height, 0);
        const auto one = static_cast<MemberIndex>((liar + 1) % 4);
        const auto two = static_cast<MemberIndex>((liar + 2) % 4);
        const auto three = static_cast<MemberIndex>((liar + 3) % 4);
        world.nodes[liar]->lie = Lie::kWithhold;
        world.nodes[three]->dislikes = [](const FakeBlock& block) { return block.local; };
        // Only `one` sees the polka at first: the prevotes for B of the others reach nobody else.
        const auto only_one_learns = [&world, height, one](MemberIndex to, const Message& message) {
            const auto* vote = std::get_if<Vote>(&message);
            const bool early =
                vote != nullptr && vote->height == height && vote->view == 0 && vote->type == VoteType::kPrevote;
            return early && !vote->is_nil() && to != one && world.now < 60'000;
        };
        world.nodes[liar]->censor = only_one_learns;
        world.nodes[two]->censor = only_one_learns;
        const bool locked = world.run_until(world.now + 20'000, [&] {
            const auto& node = *world.nodes[one];
            return node.up() && node.participant->agreement().machine()->locked_view() == 0 &&
                   node.height() + 1 == height;
        });
        world.nodes[liar]->lie = Lie::kMute;
        BOOST_TEST(locked, "seed " << seed << ": the schedule did not happen");
        const bool live = world.run_until(world.now + 120'000, [&] { return world.reached(height + 2); });
        BOOST_TEST(world.breach == "", "seed " << seed << ": " << world.breach);
        BOOST_TEST(live, "seed " << seed << ": stuck at " << world.lowest_height());
        if (!live) return;
    }
}

// Section 2, rule 8: a liar precommits and withholds its block signature, one honest member disliked the block: it must
// sign it.
BOOST_AUTO_TEST_CASE(a_member_that_prevoted_nil_signs_a_decided_block) {
    for (uint64_t seed = 1; seed <= 50; ++seed) {
        World world(seed, 4, 3);
        world.nodes[seed % 4]->lie = Lie::kWithhold;
        world.nodes[(seed + 1) % 4]->dislikes = [](const FakeBlock&) { return true; };
        world.start();
        const bool live = world.run_until(120'000, [&] { return world.reached(8); });
        BOOST_TEST(world.breach == "", "seed " << seed << ": " << world.breach);
        BOOST_TEST(live, "seed " << seed << ": stuck at " << world.lowest_height());
        if (!live) return;
    }
}

// One sided with each block: whoever locks stays locked until a newer polka, and everybody still arrives.
BOOST_AUTO_TEST_CASE(a_locked_minority_is_carried_along) {
    for (uint64_t seed = 1; seed <= 50; ++seed) {
        World world(seed, 5, 4);
        world.start();
        // Precommits are lost for a while: locks without decisions, view after view.
        for (auto& node : world.nodes) {
            node->censor = [&world](MemberIndex, const Message& message) {
                return world.now < 15'000 && is_vote(message, VoteType::kPrecommit) && world.random.chance(80);
            };
        }
        const bool live = world.run_until(150'000, [&] { return world.reached(6); });
        BOOST_TEST(world.breach == "", "seed " << seed << ": " << world.breach);
        BOOST_TEST(live, "seed " << seed << ": stuck at " << world.lowest_height());
        if (!live) return;
    }
}

// Decided by everybody, but nobody hears anybody's block signature for a while.
BOOST_AUTO_TEST_CASE(a_decided_block_is_signed_when_signatures_get_through) {
    World world(1, 4, 3);
    world.start();
    for (auto& node : world.nodes) {
        node->censor = [&world](MemberIndex, const Message& message) {
            return world.now < 20'000 && std::holds_alternative<BlockSig>(message);
        };
    }
    world.run_until(20'000);
    BOOST_TEST(world.highest_height() == 0u);
    BOOST_TEST(world.run_until(60'000, [&] { return world.reached(5); }));
    BOOST_TEST(world.breach == "");
}

// Members who refuse what depends on local views cost one view a block, not the chain (L2).
BOOST_AUTO_TEST_CASE(disagreement_on_local_views_costs_one_view_a_block) {
    World world(3, 4, 3);
    for (auto& node : world.nodes) node->dislikes_local = true;
    world.start();
    BOOST_TEST(world.run_until(120'000, [&] { return world.reached(10); }));
    BOOST_TEST(world.breach == "");
}

// A journal put back from an old copy: the others' memory shows it, and the member observes before it signs again.
BOOST_AUTO_TEST_CASE(a_rolled_back_journal_is_noticed_and_heals) {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
        World world(seed, 4, 3);
        world.start();
        Node& victim = *world.nodes[seed % 4];
        world.run_until(60'000, [&] { return world.reached(3); });
        const std::vector<Bytes> old = victim.disk.journal;
        world.run_until(world.now + 30'000, [&] { return world.reached(6); });
        // In the middle of a height, so that the lost slots are of the height being worked on.
        world.run_until(world.now + 700 + static_cast<int64_t>(seed * 37 % 900));
        victim.crash();
        victim.disk.journal = old;
        victim.boot();
        bool observed = false;
        const Height target = world.highest_height() + 6;
        const bool live = world.run_until(world.now + 240'000, [&] {
            observed |= victim.signer->status().observing;
            return world.reached(target);
        });
        BOOST_TEST(world.breach == "", "seed " << seed << ": " << world.breach);
        BOOST_TEST(observed, "seed " << seed << ": the rollback went unnoticed");
        BOOST_TEST(live, "seed " << seed << ": stuck");
        BOOST_TEST(world.run_until(world.now + 60'000, [&] { return !victim.signer->status().observing; }));
    }
}

// An empty journal beside keys that have signed: k other members must report before it signs.
BOOST_AUTO_TEST_CASE(a_lost_journal_starts_by_observing) {
    for (uint64_t seed = 1; seed <= 30; ++seed) {
        World world(seed, 5, 4);
        world.start();
        world.run_until(60'000, [&] { return world.reached(3); });
        Node& victim = *world.nodes[seed % 5];
        victim.crash();
        victim.disk.journal.clear();
        const FakeBlock genesis = victim.disk.chain[0];
        victim.disk.journal.push_back(encode_record(FinalRecord{0, genesis.hash()}));
        victim.boot();
        BOOST_TEST(victim.signer->status().observing);
        const Height target = world.highest_height() + 5;
        const bool healed = world.run_until(world.now + 240'000, [&] {
            return world.reached(target) && victim.up() && !victim.signer->status().observing;
        });
        BOOST_TEST(world.breach == "", "seed " << seed << ": " << world.breach);
        BOOST_TEST(healed, "seed " << seed << ": still observing");
    }
}

// Two hashes at one height need more liars than 2k-n-1: then members that see it halt.
BOOST_AUTO_TEST_CASE(a_second_signed_header_halts_the_signer) {
    World world(1, 4, 3);
    world.start();
    world.run_until(60'000, [&] { return world.reached(3); });
    Node& node = *world.nodes[0];
    const FakeBlock& known = node.disk.chain[2];
    FakeBlock other = known;
    other.salt ^= 1;
    const auto answer = node.signer->advance({other.hash(), other.prev, other.height, world.committee.params_root});
    BOOST_TEST(!answer.has_value());
    BOOST_TEST(node.signer->status().halted);
    const Height at = world.highest_height();
    BOOST_TEST(
        world.run_until(world.now + 60'000, [&] { return world.highest_height() >= at + 3; }));  // the others go on
    BOOST_TEST(!node.signer->resume_now().has_value());
    BOOST_TEST(node.signer->resolve_conflict(known.hash()).has_value());
    BOOST_TEST(!node.signer->status().halted);
}

// The simulator can see what it looks for: members without locks fork under the liars that the bound allows to fork.
BOOST_AUTO_TEST_CASE(more_liars_than_the_bound_can_fork) {
    bool forked = false;
    for (uint64_t seed = 1; seed <= 60 && !forked; ++seed) {
        World world(seed, 3, 2);  // safe with 0 liars
        world.nodes[seed % 3]->lie = Lie::kEquivocate;
        world.faults = {0, 0, 1, 60};
        world.start();
        for (uint32_t i = 0; i < 3; ++i) world.island[i] = 0;
        world.run_until(30'000);
        forked = world.breach.find("S1") != std::string::npos || world.breach.find("S3") != std::string::npos;
        for (const auto& node : world.nodes) forked |= node->alarms > 0;
    }
    BOOST_TEST(forked);
}

}  // namespace sluice::agreement::sim
