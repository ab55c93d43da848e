#include "p2p/wire/compact_block.h"

#include <boost/test/unit_test.hpp>

#include "support/wire_samples.h"

using namespace sluice;
using namespace sluice::wire;

BOOST_AUTO_TEST_SUITE(compact_blocks)

BOOST_AUTO_TEST_CASE(a_block_comes_back_from_pool_and_peer) {
    test::Samples samples(11);
    const Block block = samples.block(12);
    auto partial = PartialBlock::begin(make_compact(block, 99));
    BOOST_REQUIRE(partial.has_value());
    BOOST_CHECK_EQUAL(partial->wanted().size(), 11u);
    for (const size_t i : {1, 2, 3, 5, 8, 11}) partial->offer(block.transactions[i]);
    partial->offer(make_tx(samples.transaction(true)));  // not of this block
    BOOST_CHECK((partial->missing() == std::vector<uint32_t>{4, 6, 7, 9, 10}));
    std::vector<TxRef> rest;
    for (const uint32_t i : partial->missing()) rest.push_back(block.transactions[i]);
    const auto whole = partial->complete(rest);
    BOOST_REQUIRE(whole.has_value());
    BOOST_CHECK(encode_block(*whole) == encode_block(block));
    rest.pop_back();
    BOOST_CHECK(partial->complete(rest).error() == CompactError::kWrong);
}

BOOST_AUTO_TEST_CASE(the_key_depends_on_the_signature_and_the_nonce) {
    test::Samples samples(12);
    BlockHeader header = samples.header();
    header.seal = BlockProof{samples.script(3), samples.script(70)};
    const ShortIdKey key = short_id_key(header, 1);
    BOOST_CHECK(key != short_id_key(header, 2));
    std::get<BlockProof>(header.seal).solution.bytes[5] ^= 1;
    BOOST_CHECK(key != short_id_key(header, 1));
}

BOOST_AUTO_TEST_CASE(contradictions_are_refused) {
    test::Samples samples(13);
    const Block block = samples.block(3);
    CmpctBlock good = make_compact(block, 5);

    CmpctBlock empty = good;
    empty.short_ids.clear();
    empty.prefilled.clear();
    BOOST_CHECK(PartialBlock::begin(empty).error() == CompactError::kInvalid);

    CmpctBlock beyond = good;
    beyond.prefilled[0].index = 3;
    BOOST_CHECK(PartialBlock::begin(beyond).error() == CompactError::kInvalid);

    CmpctBlock twice = good;
    twice.short_ids[1] = twice.short_ids[0];
    BOOST_CHECK(PartialBlock::begin(twice).error() == CompactError::kCollision);
}

BOOST_AUTO_TEST_SUITE_END()
