// Branches beside our own that a peer tells of.
#include <boost/test/unit_test.hpp>

#include "support/sync_world.h"

using namespace sluice;
using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(branches)

struct Fork : Meeting {
    [[nodiscard]] BlockHash parent() const { return node.chain.ancestor(node.chain.tip_hash, 2)->hash; }
    [[nodiscard]] bool has(const Block& block) const { return node.chain.find(compute_hash(block.header))->has_block; }
};

BOOST_FIXTURE_TEST_CASE(one_as_high_as_ours_is_fetched_and_not_followed, Fork) {
    const auto other = make_block(parent(), 3, kStart, 9);
    const BlockHash before = node.chain.tip_hash;
    const int asked = node.sent["getdata"];
    says(wire::Headers{{other->header}});
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked + 1);
    says(wire::BlockMessage{*other});
    BOOST_CHECK(has(*other));
    BOOST_CHECK(node.chain.tip_hash == before);
    says(wire::Headers{{other->header}});
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked + 1);
}

BOOST_FIXTURE_TEST_CASE(a_lower_one_is_left_alone, Fork) {
    const int asked = node.sent["getdata"];
    const BlockHash low = node.chain.ancestor(node.chain.tip_hash, 1)->hash;
    says(wire::Headers{{make_block(low, 2, kStart, 9)->header}});
    BOOST_CHECK_EQUAL(node.sent["getdata"], asked);
}

BOOST_FIXTURE_TEST_CASE(a_higher_one_that_never_comes_does_not_hide_the_next, Fork) {
    const auto three = make_block(parent(), 3, kStart, 9);
    const auto four = make_block(compute_hash(three->header), 4, kStart, 9);
    const auto five = make_block(compute_hash(four->header), 5, kStart, 9);
    says(wire::Headers{{three->header, four->header, five->header}});
    const auto real = make_block(node.chain.tip_hash, 4, kStart, 10);
    says(wire::Headers{{real->header}});
    says(wire::BlockMessage{*real});
    BOOST_CHECK(node.chain.tip_hash == compute_hash(real->header));
}

BOOST_FIXTURE_TEST_CASE(who_gave_a_block_that_turns_out_bad_is_disconnected, Fork) {
    const auto three = make_block(parent(), 3, kStart, 9, {}, kInvalidInPlace);
    const auto four = make_block(compute_hash(three->header), 4, kStart, 9);
    says(wire::Headers{{three->header}});
    says(wire::BlockMessage{*three});
    BOOST_CHECK(node.discouraged.empty());
    says(wire::Headers{{four->header}});
    says(wire::BlockMessage{*four});
    BOOST_CHECK_EQUAL(node.discouraged.size(), 1u);
    BOOST_CHECK_EQUAL(node.chain.tip().height, 3u);
}

BOOST_AUTO_TEST_SUITE_END()
