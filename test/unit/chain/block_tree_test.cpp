// The index of headers: ancestors, forks, median times, and what survives a restart.
#include "chain/block_tree.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace {

using namespace sluice;
using namespace sluice::chain;

BlockHash hash_of(uint64_t number) {
    ByteWriter writer;
    writer.u64(number);
    return BlockHash::from(sha256d(writer.bytes()));
}

BlockNode* extend(BlockTree& tree, const BlockNode* prev, uint64_t id, uint32_t time = 0) {
    NodeRecord record;
    if (prev != nullptr) {
        record.prev = prev->hash;
        record.height = prev->height + 1;
    }
    record.time = time;
    return tree.insert(hash_of(id), record);
}

BOOST_AUTO_TEST_CASE(ancestors_and_forks_agree_with_the_slow_way) {
    BlockTree tree;
    std::mt19937 dice(7);
    std::vector<BlockNode*> nodes{extend(tree, nullptr, 0)};
    for (uint64_t i = 1; i < 3000; ++i) {
        // Mostly the newest block, now and then an older one: a few long branches.
        const size_t from = dice() % 50 == 0 ? dice() % nodes.size() : nodes.size() - 1;
        nodes.push_back(extend(tree, nodes[from], i));
    }
    for (const BlockNode* node : nodes) BOOST_REQUIRE(tree.find(node->hash) == node);
    BOOST_TEST(tree.find(hash_of(99999)) == nullptr);
    for (int round = 0; round < 2000; ++round) {
        const BlockNode* const a = nodes[dice() % nodes.size()];
        const BlockNode* const b = nodes[dice() % nodes.size()];
        const uint32_t height = dice() % (a->height + 1);
        const BlockNode* slow = a;
        while (slow->height > height) slow = slow->prev;
        BOOST_REQUIRE(a->ancestor(height) == slow);
        const BlockNode* x = a;
        const BlockNode* y = b;
        while (x != y) (x->height >= y->height ? x : y) = (x->height >= y->height ? x : y)->prev;
        BOOST_REQUIRE(find_fork(a, b) == x);
    }
}

BOOST_AUTO_TEST_CASE(ancestor_walks_are_short) {
    BlockTree tree;
    BlockNode* last = extend(tree, nullptr, 0);
    for (uint64_t i = 1; i < 100000; ++i) last = extend(tree, last, i);
    // A linear walk to each of these would take minutes.
    uint64_t sum = 0;
    for (uint32_t height = 0; height < last->height; height += 7) sum += last->ancestor(height)->height;
    BOOST_TEST(sum != 0u);
}

BOOST_AUTO_TEST_CASE(median_time_is_of_eleven) {
    BlockTree tree;
    BlockNode* last = extend(tree, nullptr, 0, 100);
    BOOST_TEST(last->median_time_past == 100u);
    last = extend(tree, last, 1, 90);
    BOOST_TEST(last->median_time_past == 100u);  // of an even number: the upper middle
    for (uint32_t i = 2; i < 20; ++i) last = extend(tree, last, i, 1000 + i);
    BOOST_TEST(last->median_time_past == 1014u);
}

BOOST_AUTO_TEST_CASE(records_round_trip) {
    BlockTree tree;
    NodeRecord record;
    record.time = 5;
    record.version = 0x20000000;
    record.status = kHasBlock | kHasUndo | kDynafed;
    record.tx_count = 3;
    record.block = {1, 8};
    record.undo = {2, 99};
    record.proposed_root = sha256(as_bytes("vote"));
    const BlockNode* const node = tree.insert(hash_of(1), record);
    BOOST_TEST(node->dynafed);
    BOOST_TEST(encode(tree.record_of(*node)) == encode(record));
    BOOST_TEST((decode<NodeRecord>(encode(record))->undo == storage::FlatPosition{2, 99}));
    BOOST_TEST(!decode<NodeRecord>(as_bytes("short")).has_value());
}

}  // namespace
