// What a transaction index answers as the chain grows, turns and restarts.
#include "index/tx_index.h"

#include "unit/chain/chain_fixture.h"

using namespace sluice;

namespace {

struct Indexed : chain::test_support::ChainFixture {
    std::unique_ptr<index::TxIndex> txs;

    Indexed() { start(); }
    void open_index() {
        txs.reset();
        auto opened = index::TxIndex::open(disk, chain->reader());
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        txs = std::move(*opened);
        txs->start();
    }
    // The block that the index names for a transaction; "" for none.
    std::string block_of(const Txid& txid) {
        txs->wake();
        BOOST_TEST(txs->wait_synced(std::chrono::seconds(20)));
        const auto place = txs->find(txid);
        BOOST_REQUIRE(place.has_value());
        if (!*place) return "";
        const auto block = chain->reader().block((*place)->block);
        BOOST_REQUIRE(block.has_value());
        BOOST_TEST(((*block)->transactions.at((*place)->position)->txid == txid));
        return to_display((*place)->block);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(transactions_are_found_where_they_stand, Indexed) {
    const TxRef first = test::split(params, test::free_coins(params), 3);
    const auto a = block_on(params.genesis.header, {first});
    BOOST_REQUIRE(give(a) == "accepted");
    open_index();  // later than the block
    BOOST_TEST(block_of(first->txid) == chain::test_support::hash_text(a));
    BOOST_TEST(block_of(params.genesis.transactions[0]->txid) == to_display(params.genesis_hash));
    const TxRef second = test::split(params, test::output_of(first, 0), 1);
    BOOST_TEST(block_of(second->txid) == "");
    const auto b = block_on(a->header, {second});
    BOOST_REQUIRE(give(b) == "accepted");
    BOOST_TEST(block_of(second->txid) == chain::test_support::hash_text(b));
    BOOST_TEST(txs->state().height == 2U);

    // Another branch takes the first, and leaves the second in a block that is not active.
    const auto a2 = block_on(params.genesis.header, {first}, 7);
    const auto b2 = block_on(a2->header, {}, 7);
    const auto c2 = block_on(b2->header, {}, 7);
    for (const auto& block : {a2, b2, c2}) give(block);
    BOOST_TEST(tip() == chain::test_support::hash_text(c2));
    BOOST_TEST(block_of(first->txid) == chain::test_support::hash_text(a2));
    BOOST_TEST(block_of(second->txid) == chain::test_support::hash_text(b));

    open_index();
    BOOST_TEST(block_of(first->txid) == chain::test_support::hash_text(a2));
}
