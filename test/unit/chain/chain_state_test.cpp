// What peers, operators and members see of the chain state.
#include "chain_fixture.h"

namespace {

using namespace sluice;
using namespace sluice::chain;
using namespace sluice::chain::test_support;
using test::free_coins;
using test::output_of;
using test::split;

struct Started : ChainFixture {
    Started() { start(); }
    std::vector<std::shared_ptr<const Block>> grow(const BlockHeader& from, size_t count, uint8_t salt = 0) {
        std::vector<std::shared_ptr<const Block>> out;
        for (size_t i = 0; i < count; ++i) out.push_back(block_on(i == 0 ? from : out.back()->header, {}, salt));
        return out;
    }
};

BOOST_FIXTURE_TEST_CASE(blocks_answer_like_submitblock, Started) {
    const auto a = grow(params.genesis.header, 2);
    BOOST_TEST(give(a[0]) == "accepted");
    BOOST_TEST(give(a[0]) == "duplicate");
    BOOST_TEST(give(a[1]) == "accepted");
    BOOST_TEST(give(block_on(a[0]->header, {}, 9)) == "inconclusive");
    BlockHeader stranger = a[1]->header;
    stranger.prev = BlockHash(std::array<uint8_t, 32>{1});
    BOOST_TEST(give(block_on(stranger)) == "prev-blk-not-found");
    const TxRef spend = split(params, free_coins(params), 2);
    const auto paid = block_on(a[1]->header, {spend});
    BOOST_TEST(give(paid) == "accepted");
    const auto twice = block_on(paid->header, {spend});
    BOOST_TEST(give(twice).starts_with("bad-txns"));
    BOOST_TEST(give(twice) == "duplicate-invalid");
    BOOST_TEST(give(block_on(twice->header)) == "bad-prevblk");
    BOOST_TEST(tip() == hash_text(paid));
}

BOOST_FIXTURE_TEST_CASE(the_longest_branch_wins_and_the_first_of_equals, Started) {
    const TxRef first = split(params, free_coins(params), 2);
    const auto a1 = block_on(params.genesis.header, {first});
    const auto b1 = block_on(params.genesis.header, {split(params, free_coins(params), 3)}, 1);
    BOOST_TEST(give(a1) == "accepted");
    const std::string coins_a = coins();
    BOOST_TEST(give(b1) == "inconclusive");
    BOOST_TEST(tip() == hash_text(a1));
    std::vector<std::string> seen;
    bool listening = true;
    chain->add_listener([&](const ChainEvent& event) {
        if (!listening) return;
        if (const auto* e = std::get_if<BlockConnected>(&event)) {
            BOOST_TEST(e->delta->created.size() == (e->block->transactions.size() > 1 ? 3u : 0u));
            seen.push_back("+" + to_display(e->info.hash));
        }
        if (const auto* e = std::get_if<BlockDisconnected>(&event)) {
            BOOST_TEST(e->delta->spent.size() == 1u);
            seen.push_back("-" + to_display(e->info.hash));
        }
        if (const auto* e = std::get_if<TipChanged>(&event)) seen.push_back("=" + to_display(e->tip.hash));
    });
    const auto b2 = block_on(b1->header, {}, 1);
    BOOST_TEST(give(b2) == "accepted");
    const std::vector<std::string> wanted{"-" + hash_text(a1), "+" + hash_text(b1), "+" + hash_text(b2),
                                          "=" + hash_text(b2)};
    BOOST_TEST(seen == wanted, boost::test_tools::per_element());
    listening = false;
    // Back again by an operator, and the coins are what they were.
    BOOST_TEST(chain->invalidate_block(compute_hash(b1->header)).has_value());
    BOOST_TEST(tip() == hash_text(a1));
    BOOST_TEST(coins() == coins_a);
    BOOST_TEST(give(block_on(b2->header)) == "bad-prevblk");
    start();
    BOOST_TEST(tip() == hash_text(a1));  // the mark survives
    BOOST_TEST(chain->reconsider_block(compute_hash(b2->header)).has_value());
    BOOST_TEST(tip() == hash_text(b2));
}

BOOST_FIXTURE_TEST_CASE(a_bad_branch_is_left_for_the_old_one, Started) {
    const auto a = grow(params.genesis.header, 2);
    for (const auto& block : a) BOOST_REQUIRE(give(block) == "accepted");
    const std::string before = coins();
    const TxRef spend = split(params, free_coins(params), 2);
    const auto b1 = block_on(params.genesis.header, {spend}, 1);
    const auto b2 = block_on(b1->header, {spend}, 1);  // spends the same coin again
    const auto b3 = block_on(b2->header, {}, 1);
    BOOST_TEST(give(b1) == "inconclusive");
    BOOST_TEST(give(b2) == "inconclusive");  // not looked at: it is no better
    give(b3);
    BOOST_TEST(tip() == hash_text(a[1]));
    BOOST_TEST(coins() == before);
    BOOST_TEST(chain->reader().find(compute_hash(b3->header))->failed);
    BOOST_TEST(!chain->reader().find(compute_hash(b1->header))->failed);
}

BOOST_FIXTURE_TEST_CASE(headers_first_and_blocks_in_any_order, Started) {
    const auto a = grow(params.genesis.header, 30);
    std::vector<BlockHeader> headers;
    for (const auto& block : a) headers.push_back(block->header);
    const auto outcome = chain->accept_headers(headers);
    BOOST_TEST(!outcome.failure.has_value());
    BOOST_TEST(outcome.fresh == 30u);
    BOOST_TEST(chain->accept_headers(headers).fresh == 0u);
    const ChainReader& reader = chain->reader();
    BOOST_TEST(reader.tip().best_header_height == 30u);
    BOOST_TEST(reader.tip().height == 0u);
    const BlockHash best = reader.tip().best_header;
    BOOST_TEST(reader.missing_blocks(best, 5, 1000).size() == 5u);
    BOOST_TEST(reader.missing_blocks(best, 5, 1000)[0].height == 1u);
    BOOST_TEST(reader.missing_blocks(best, 50, 12).size() == 12u);
    for (size_t i = a.size(); i-- > 1;) BOOST_TEST(give(a[i]) == "inconclusive");
    BOOST_TEST(reader.missing_blocks(best, 50, 1000).size() == 1u);
    start();  // stored blocks wait through a restart
    BOOST_TEST(give(a[0]) == "accepted");
    BOOST_TEST(tip() == hash_text(a[29]));
    BOOST_TEST(chain->reader().tip().chain_tx_count == params.genesis.transactions.size() + 30);
    BOOST_TEST(chain->reader().missing_blocks(best, 50, 1000).empty());
}

BOOST_FIXTURE_TEST_CASE(readers_answer, Started) {
    const auto a = grow(params.genesis.header, 20);
    for (const auto& block : a) BOOST_REQUIRE(give(block) == "accepted");
    const auto b = grow(a[9]->header, 3, 1);
    for (const auto& block : b) BOOST_REQUIRE(give(block) == "inconclusive");
    const ChainReader& reader = chain->reader();
    const BlockHash tip_hash = reader.tip().hash;
    BOOST_TEST((reader.at_height(11)->hash == compute_hash(a[10]->header)));
    BOOST_TEST(!reader.at_height(21).has_value());
    BOOST_TEST((*reader.at_height(11)->next == compute_hash(a[11]->header)));
    BOOST_TEST((reader.active_fork(compute_hash(b[2]->header))->hash == compute_hash(a[9]->header)));
    BOOST_TEST((reader.ancestor(compute_hash(b[2]->header), 11)->hash == compute_hash(b[0]->header)));
    const std::vector<BlockHash> locator = reader.locator(tip_hash);
    BOOST_TEST((locator.front() == tip_hash));
    BOOST_TEST((locator.back() == params.genesis_hash));
    BOOST_TEST(reader.headers_after({compute_hash(b[1]->header), compute_hash(a[9]->header)}, {}, 2000).size() == 10u);
    BOOST_TEST(reader.headers_after({compute_hash(a[4]->header)}, compute_hash(a[6]->header), 2000).size() == 2u);
    BOOST_TEST(reader.headers_after({compute_hash(a[4]->header)}, {}, 3).size() == 3u);
    BOOST_TEST(reader.headers_after({BlockHash()}, {}, 2000).size() == 20u);
    BOOST_TEST(reader.headers_after({}, compute_hash(b[1]->header), 2000).size() == 1u);
    BOOST_TEST(reader.branch_ends().size() == 2u);
    BOOST_TEST((encode_block(**reader.block(tip_hash)) == encode_block(*a[19])));
    BOOST_TEST((*reader.block_bytes(tip_hash) == encode_block(*a[19])));
    BOOST_TEST(((**reader.header(tip_hash)) == a[19]->header));
    BOOST_TEST(reader.delta(tip_hash).has_value());
    BOOST_TEST(!reader.block(BlockHash()).has_value());
    BOOST_TEST(reader.branch(tip_hash)->median_time_past_at(20) == a[14]->header.time);
    BOOST_TEST(reader.coin(free_coins(params).outpoint)->has_value());
}

BOOST_FIXTURE_TEST_CASE(a_final_block_stays, Started) {
    const auto a = grow(params.genesis.header, 3);
    for (const auto& block : a) BOOST_REQUIRE(give(block) == "accepted");
    chain->set_final_height(2);
    const auto b = grow(a[0]->header, 5, 1);
    for (const auto& block : b) BOOST_TEST(give(block) == "inconclusive");
    BOOST_TEST(tip() == hash_text(a[2]));
    BOOST_TEST(!chain->invalidate_block(compute_hash(a[1]->header)).has_value());
    BOOST_TEST(tip() == hash_text(a[2]));
    const auto c = grow(a[1]->header, 2, 2);
    BOOST_TEST(give(c[0]) == "inconclusive");
    BOOST_TEST(give(c[1]) == "accepted");
}

BOOST_FIXTURE_TEST_CASE(a_proposal_is_tested_without_a_trace, Started) {
    const TxRef spend = split(params, free_coins(params), 2);
    const auto proposal = block_on(params.genesis.header, {spend});
    const std::string before = coins();
    const auto delta = chain->test_block(proposal, {});
    BOOST_REQUIRE(delta.has_value());
    BOOST_TEST((*delta)->created.size() == 2u);
    BOOST_TEST(coins() == before);
    BOOST_TEST(!chain->reader().find(compute_hash(proposal->header)).has_value());
    BOOST_TEST(give(proposal) == "accepted");
    const auto stale = chain->test_block(proposal, {});
    BOOST_REQUIRE(!stale.has_value());
    BOOST_TEST(stale.error().reason == "inconclusive-not-best-prevblk");
    BOOST_TEST(!chain->test_block(block_on(proposal->header, {spend}), {}).has_value());
}

BOOST_FIXTURE_TEST_CASE(another_chains_directory_is_refused, Started) {
    params = test::open_chain_params("otherchain");
    const auto opened = try_open();
    if (params.genesis_hash != test::open_chain_params().genesis_hash) {
        BOOST_REQUIRE(!opened.has_value());
        BOOST_TEST(opened.error().message.find("belongs to another chain") != std::string::npos);
    }
}

BOOST_FIXTURE_TEST_CASE(lost_or_damaged_files_are_noticed_at_start, Started) {
    const auto a = grow(params.genesis.header, 4);
    for (const auto& block : a) BOOST_REQUIRE(give(block) == "accepted");
    chain.reset();
    auto file = disk.open_file("blocks/rev00000.dat");
    BOOST_REQUIRE(file.has_value());
    BOOST_REQUIRE((*file)->truncate((*file)->size() - 1));
    const auto opened = try_open();
    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST(opened.error().message.find("rev00000.dat") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(block_files_without_a_database_are_not_cut, Started) {
    const auto a = grow(params.genesis.header, 4);
    for (const auto& block : a) BOOST_REQUIRE(give(block) == "accepted");
    chain.reset();
    storage::MemoryDisk other;
    auto from = disk.open_file("blocks/blk00000.dat");
    auto to = other.open_file("blocks/blk00000.dat");
    BOOST_REQUIRE((*to)->append(*(*from)->read_at(0, (*from)->size())));
    const auto opened = ChainState::open({other, params, clock, workers}, {});
    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST(opened.error().message.find("no chainstate database") != std::string::npos);
    BOOST_TEST((*to)->size() == (*from)->size());
}

BOOST_FIXTURE_TEST_CASE(catching_up_ends_with_a_recent_tip, Started) {
    clock.set_mock_time(params.genesis.header.time + 10 * 24 * 3600);
    start();
    const auto a = grow(params.genesis.header, 1);
    BOOST_TEST(give(a[0]) == "accepted");
    BOOST_TEST(chain->reader().tip().initial_download);
    clock.set_mock_time(a[0]->header.time + 3600);
    BOOST_TEST(give(block_on(a[0]->header)) == "accepted");
    BOOST_TEST(!chain->reader().tip().initial_download);
}

}  // namespace
