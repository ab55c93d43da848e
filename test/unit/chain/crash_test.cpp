// Cuts the power at every write of a run that connects blocks and reorganises, and asks what is found afterwards:
// always the state of one whole block, and a node that catches up.
#include <map>

#include "chain_fixture.h"

namespace {

using namespace sluice;
using namespace sluice::chain;
using namespace sluice::chain::test_support;
using test::free_coins;
using test::output_of;
using test::split;

struct Story : ChainFixture {
    std::vector<std::shared_ptr<const Block>> blocks;  // in the order in which they arrive
    std::string final_tip;

    // Three blocks with payments, one of them spent in its own block; then a branch from the first that wins with its
    // third.
    Story() {
        const TxRef first = split(params, free_coins(params), 4);
        const TxRef second = split(params, output_of(first, 0), 3);
        const TxRef third = split(params, output_of(second, 1), 2);
        const TxRef other = split(params, output_of(first, 0), 5);
        const TxRef later = split(params, output_of(other, 2), 2);
        const auto a1 = block_on(params.genesis.header, {first});
        const auto a2 = block_on(a1->header, {second, third});
        const auto a3 = block_on(a2->header, {split(params, output_of(third, 0), 2)});
        const auto b2 = block_on(a1->header, {other}, 1);
        const auto b3 = block_on(b2->header, {later}, 1);
        const auto b4 = block_on(b3->header, {split(params, output_of(later, 1), 2)}, 1);
        blocks = {a1, a2, a3, b2, b3, b4};
        final_tip = hash_text(b4);
    }

    // True if everything was accepted.
    bool run() {
        auto opened = try_open();
        if (!opened) return false;
        chain = std::move(*opened);
        if (!chain->start()) return false;
        for (const auto& block : blocks) {
            const BlockOutcome outcome = chain->accept_block(block);
            if (outcome.failure) {
                BOOST_TEST((outcome.failure->kind == Failure::Kind::kFault));
                // From now on it does nothing but say so.
                BOOST_TEST(chain->accept_block(block).failure.has_value());
                return false;
            }
        }
        return true;
    }
};

BOOST_AUTO_TEST_CASE(a_power_cut_at_any_write_leaves_one_whole_block) {
    // What the coins are at each block that a run rests on or passes through.
    std::map<std::string, std::string> coins_at;
    uint64_t total = 0;
    {
        Story clean;
        clean.open();
        BOOST_REQUIRE(clean.chain->start().has_value());
        coins_at[clean.tip()] = clean.coins();
        clean.chain->add_listener([&](const ChainEvent& event) {
            if (const auto* connected = std::get_if<BlockConnected>(&event))
                coins_at[to_display(connected->info.hash)] = clean.coins();
            if (const auto* gone = std::get_if<BlockDisconnected>(&event)) {
                BOOST_TEST(coins_at.at(to_display(gone->info.prev)) == clean.coins());
            }
        });
        for (const auto& block : clean.blocks) BOOST_REQUIRE(!clean.chain->accept_block(block).failure);
        BOOST_REQUIRE(clean.tip() == clean.final_tip);
        total = clean.disk.writes();
    }
    BOOST_REQUIRE(total > 30u);
    size_t crashes = 0;
    for (uint64_t at = 1; at <= total; ++at) {
        for (uint64_t seed = 0; seed < 4; ++seed) {
            Story story;
            story.disk.fail_after(at);
            if (story.run()) continue;
            ++crashes;
            story.disk.restart(seed);
            story.start();
            BOOST_REQUIRE_MESSAGE(coins_at.contains(story.tip()),
                                  "write " << at << " seed " << seed << ": tip " << story.tip());
            BOOST_REQUIRE_MESSAGE(coins_at.at(story.tip()) == story.coins(), "write " << at << " seed " << seed);
            // And the story goes on.
            for (const auto& block : story.blocks) BOOST_REQUIRE(!story.chain->accept_block(block).failure);
            BOOST_REQUIRE(story.tip() == story.final_tip);
            BOOST_REQUIRE(story.coins() == coins_at.at(story.final_tip));
        }
    }
    BOOST_TEST(crashes >= total);
    BOOST_TEST_MESSAGE("crashes survived: " << crashes << " at " << total << " writes");
}

BOOST_AUTO_TEST_CASE(a_second_crash_during_recovery_is_survived) {
    for (uint64_t at = 10; at <= 40; at += 3) {
        for (uint64_t again = 1; again <= 4; ++again) {
            Story story;
            story.disk.fail_after(at);
            BOOST_REQUIRE(!story.run());
            story.disk.restart(at);
            story.disk.fail_after(again);
            story.run();
            story.disk.restart(again);
            BOOST_REQUIRE(story.run());
            BOOST_REQUIRE(story.tip() == story.final_tip);
        }
    }
}

}  // namespace
