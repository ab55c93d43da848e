#include "peg/parent/header.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "peg/parent/header_rules.h"
#include "peg/parent/merkle_block.h"
#include "peg/parent/transaction.h"

using namespace sluice;
using namespace sluice::parent;

namespace {

class Branch final : public HeaderBranch {
public:
    explicit Branch(std::vector<Point> points) : points_(std::move(points)) {}
    [[nodiscard]] uint32_t tip_height() const override { return static_cast<uint32_t>(points_.size() - 1); }
    [[nodiscard]] Point at(uint32_t height) const override { return points_.at(height); }
    std::vector<Point> points_;
};

Branch branch_of(size_t blocks, uint32_t bits, uint32_t spacing) {
    std::vector<HeaderBranch::Point> points;
    for (size_t i = 0; i < blocks; ++i) points.push_back({static_cast<uint32_t>(1'600'000'000 + i * spacing), bits});
    return Branch(std::move(points));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parent_headers)

BOOST_AUTO_TEST_CASE(genesis_blocks_of_all_networks) {
    const std::pair<Network, const char*> known[] = {
        {Network::kMainnet, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"},
        {Network::kTestnet3, "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"},
        {Network::kTestnet4, "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"},
        {Network::kSignet, "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"},
        {Network::kRegtest, "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"}};
    for (const auto& [network, text] : known) {
        const ParentHeader& genesis = header_rules(network).genesis;
        BOOST_TEST(to_display(compute_hash(genesis)) == text);
        BOOST_TEST(check_pow(compute_hash(genesis), genesis.bits, header_rules(network).limit));
        BOOST_TEST(header_rules(*from_display<ParentBlockHash>(text)) == &header_rules(network));
    }
    BOOST_TEST(header_rules(ParentBlockHash{}) == nullptr);
}

BOOST_AUTO_TEST_CASE(compact_targets) {
    for (const uint32_t bad :
         {0u, 0x00123456u, 0x01003456u, 0x04923456u, 0x01fedcbau, 0xff123456u, 0x23000001u, 0x21010000u}) {
        BOOST_TEST(!target_of(bad).has_value(), bad);
        BOOST_TEST(work_of(bad).is_zero());
    }
    BOOST_TEST(target_of(0x05009234)->to_hex() == "0000000000000000000000000000000000000000000000000000000092340000");
    BOOST_TEST(target_of(0x20123456)->to_hex() == "1234560000000000000000000000000000000000000000000000000000000000");
    BOOST_TEST(target_of(0x2200007f).has_value());
    BOOST_TEST(compact_of(U256(0x80)) == 0x02008000u);
    BOOST_TEST(compact_of(*target_of(0x1d00ffff)) == 0x1d00ffffu);
    BOOST_TEST(work_of(0x1d00ffff).low64() == 0x100010001u);
    BOOST_TEST(work_of(0x207fffff).low64() == 2u);
}

BOOST_AUTO_TEST_CASE(arithmetic_agrees_with_itself) {
    BOOST_TEST(rc::check([](uint64_t a, uint64_t b, uint64_t c) {
        RC_PRE(b != 0);
        const U256 wide = (U256(a) << 100) + U256(c);
        RC_ASSERT((wide >> 100).low64() == a + 0);
        RC_ASSERT((wide - U256(c)) / U256(b) * b <= wide);
        const U256 quotient = wide / U256(b);
        const U256 rest = wide - quotient * b;
        RC_ASSERT(rest < U256(b));
        RC_ASSERT(U256::from_le(wide.to_le()) == wide);
        RC_ASSERT(U256::from_hex(wide.to_hex()) == wide);
        RC_ASSERT(U256(a) / U256(b) == U256(a / b));
    }));
}

BOOST_AUTO_TEST_CASE(mainnet_retarget_examples) {
    const HeaderRules& main = header_rules(Network::kMainnet);
    // Height 32256 of mainnet: last 0x1d00ffff, first time 1261130161, last time 1262152739.
    Branch branch = branch_of(2 * kRetargetBlocks, 0x1d00ffff, 600);
    branch.points_[kRetargetBlocks].time = 1261130161;
    branch.points_.back().time = 1262152739;
    BOOST_TEST(required_bits(main, branch, 0) == 0x1d00d86au);
    // Never easier than the limit, never more than a factor of four.
    branch.points_.back().time = 1261130161 + 4 * kRetargetSeconds + 1;
    BOOST_TEST(required_bits(main, branch, 0) == 0x1d00ffffu);
    branch.points_.back() = {1279297671, 0x1c05a3f4};
    branch.points_[kRetargetBlocks].time = 1279008237;
    BOOST_TEST(required_bits(main, branch, 0) == 0x1c0168fdu);
    // Between retargets the bits stay.
    branch.points_.pop_back();
    BOOST_TEST(required_bits(main, branch, 0) == 0x1d00ffffu);
}

BOOST_AUTO_TEST_CASE(twenty_minute_rule) {
    const HeaderRules& test3 = header_rules(Network::kTestnet3);
    Branch branch = branch_of(kRetargetBlocks + 10, 0x1c05a3f4, 600);
    const uint32_t last = branch.points_.back().time;
    BOOST_TEST(required_bits(test3, branch, last + 1200) == 0x1c05a3f4u);
    BOOST_TEST(required_bits(test3, branch, last + 1201) == 0x1d00ffffu);
    branch.points_.push_back({last + 1201, 0x1d00ffff});
    branch.points_.push_back({last + 2402, 0x1d00ffff});
    BOOST_TEST(required_bits(test3, branch, last + 2403) == 0x1c05a3f4u);
}

BOOST_AUTO_TEST_CASE(bip94_retargets_from_the_first_block_and_forbids_time_warp) {
    const HeaderRules& test4 = header_rules(Network::kTestnet4);
    Branch branch = branch_of(2 * kRetargetBlocks, 0x1c05a3f4, 600);
    branch.points_.back().bits = 0x1d00ffff;  // the exception, used by the last block of the period
    const uint32_t bits = required_bits(test4, branch, branch.points_.back().time + 1);
    BOOST_TEST((*target_of(bits) < *target_of(0x1c0600f0)));
    // On testnet3 the exception would have become the new difficulty.
    BOOST_TEST((*target_of(required_bits(header_rules(Network::kTestnet3), branch, 0)) > *target_of(0x1d00f000)));
}

BOOST_AUTO_TEST_CASE(regtest_headers) {
    const HeaderRules& rules = header_rules(Network::kRegtest);
    const Branch branch({{rules.genesis.time, rules.genesis.bits}});
    ParentHeader header;
    header.version = 1;
    header.previous = compute_hash(rules.genesis);
    header.time = rules.genesis.time + 1;
    header.bits = rules.genesis.bits;
    while (!check_pow(compute_hash(header), header.bits, rules.limit)) ++header.nonce;
    BOOST_TEST(check_header(rules, header, branch).has_value());

    ParentHeader bad = header;
    while (check_pow(compute_hash(bad), bad.bits, rules.limit)) ++bad.nonce;
    BOOST_TEST((check_header(rules, bad, branch).error() == HeaderFault::kHighHash));
    bad = header;
    bad.bits = 0x1d00ffff;
    BOOST_TEST((check_header(rules, bad, branch).error() == HeaderFault::kWrongBits));
    bad = header;
    bad.time = rules.genesis.time;
    while (!check_pow(compute_hash(bad), bad.bits, rules.limit)) ++bad.nonce;
    BOOST_TEST((check_header(rules, bad, branch).error() == HeaderFault::kTimeTooOld));
    BOOST_TEST(is_from_future(header, static_cast<int64_t>(header.time) - kMaxFutureSeconds - 1));
    BOOST_TEST(!is_from_future(header, static_cast<int64_t>(header.time) - kMaxFutureSeconds));
}

BOOST_AUTO_TEST_CASE(merkle_proofs_prove_what_they_were_built_for) {
    BOOST_TEST(rc::check([] {
        const auto count = *rc::gen::inRange<size_t>(1, 60);
        std::vector<ParentTxid> txids;
        std::vector<bool> wanted;
        for (size_t i = 0; i < count; ++i) {
            const uint8_t byte = static_cast<uint8_t>(i);
            txids.push_back(ParentTxid::from(sha256({&byte, 1})));
            wanted.push_back(*rc::gen::arbitrary<bool>());
        }
        const PartialMerkleTree tree = build_tree(txids, wanted);
        RC_ASSERT(decode<PartialMerkleTree>(encode(tree)) == tree);
        const auto found = extract_matches(tree);
        RC_ASSERT(found.has_value());
        RC_ASSERT(found->root == merkle_root(txids));
        size_t next = 0;
        for (size_t i = 0; i < count; ++i) {
            if (!wanted[i]) continue;
            RC_ASSERT(found->matches.at(next) == (MerkleMatch{static_cast<uint32_t>(i), txids[i]}));
            ++next;
        }
        RC_ASSERT(next == found->matches.size());
        // One hash more, one less, or a byte of flags more: refused.
        PartialMerkleTree bad = tree;
        bad.hashes.emplace_back();
        RC_ASSERT(!extract_matches(bad).has_value());
        bad = tree;
        bad.hashes.pop_back();
        RC_ASSERT(!extract_matches(bad).has_value());
        bad = tree;
        bad.flags.push_back(0);
        RC_ASSERT(!extract_matches(bad).has_value());
    }));
}

BOOST_AUTO_TEST_CASE(hostile_trees_are_refused) {
    BOOST_TEST(!extract_matches({}).has_value());
    BOOST_TEST(!extract_matches({0xffffffff, {Hash256{}}, {1}}).has_value());
    BOOST_TEST(!extract_matches({16'667, {Hash256{}}, {0}}).has_value());
    BOOST_TEST(extract_matches({16'666, {Hash256{}}, {0}}).has_value());
    // Two equal children.
    BOOST_TEST(!extract_matches({2, {Hash256{}, Hash256{}}, {0b011}}).has_value());
}

BOOST_AUTO_TEST_CASE(a_path_through_a_transaction_shaped_node_is_told) {
    ParentTransaction tx;
    tx.inputs.emplace_back();
    tx.inputs[0].script_sig.bytes.resize(4);
    tx.outputs.emplace_back();
    const Bytes node = encode_parent_tx(tx);
    const ParentTxid left = ParentTxid::from_view(ByteView(node).first(32));
    const ParentTxid right = ParentTxid::from_view(ByteView(node).last(32));
    BOOST_TEST(extract_matches(build_tree({left, right}, {true, false}))->ambiguous_node);
    BOOST_TEST(!extract_matches(build_tree({right, left}, {true, false}))->ambiguous_node);
}

BOOST_AUTO_TEST_SUITE_END()
