// Every rule is broken by some block, and the judge says which.
#include <boost/test/unit_test.hpp>

#include "support/confidential_cases.h"
#include "support/memory_chain.h"

using namespace sluice;

namespace {

// A chain of a few blocks with a coin of a tenth of the money at its tip and a coinbase that is worth something.
struct CaseChain {
    test::MemoryChain chain{test::case_chain_params()};
    test::OpenCoin coin;
    OutPoint young;

    CaseChain() {
        const TxRef parts = test::split(chain.params, test::free_coins(chain.params), 10);
        grow({parts});
        coin = test::output_of(parts, 3);
        Block paid = *test::make_block(chain.params, tip(), {});
        Transaction coinbase = paid.transactions[0]->tx;
        coinbase.outputs[0].value = Amount{5000};
        coinbase.outputs[0].script.bytes = {0x51};
        paid.transactions[0] = make_tx(std::move(coinbase));
        paid.header.merkle_root = tx_merkle_root(paid.transactions).root;
        BOOST_REQUIRE(chain.connect(paid).has_value());
        young = {paid.transactions[0]->txid, 0};
        for (int i = 0; i < 14; ++i) grow({});
        chain.now = int64_t{tip().time} + 600;
    }
    void grow(std::vector<TxRef> txs) {
        const auto block = test::make_block(chain.params, tip(), std::move(txs));
        const auto connected = chain.connect(*block);
        BOOST_REQUIRE_MESSAGE(connected.has_value(), (connected ? std::string() : connected.error().reason));
    }
    [[nodiscard]] const BlockHeader& tip() const { return *chain.headers.header_at(chain.headers.height()); }
    [[nodiscard]] std::vector<test::BlockCase> cases() const {
        std::vector<test::BlockCase> out =
            test::BlockCases(chain.params, tip(), chain.headers.median_time_past_at(chain.headers.height()), coin,
                             young, chain.now)
                .all();
        for (test::BlockCase& hidden : test::ConfidentialCases(chain.params, tip(), coin).all())
            out.push_back(std::move(hidden));
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_case_is_judged_as_it_must_be, CaseChain) {
    for (const test::BlockCase& c : cases()) {
        const std::string why = chain.why_not(*c.block);
        const rules::RuleInfo* const rule = rules::find_rule(why);
        if (!c.breaks) {
            BOOST_TEST(why == "", c.name << ": " << why);
        } else {
            BOOST_TEST((rule != nullptr && rule->rule == *c.breaks),
                       c.name << ": " << why << " instead of " << rules::info(*c.breaks).reject);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(every_rule_has_a_case, CaseChain) {
    std::set<rules::Rule> seen;
    for (const test::BlockCase& c : cases()) {
        if (c.breaks) seen.insert(*c.breaks);
    }
    // Broken elsewhere: in rules_test.cpp (other chains, claims), in chain's tests (bad parents), in fed_rules' tests.
    const std::set<rules::Rule> elsewhere = {rules::Rule::kTxOversize,
                                             rules::Rule::kHeaderPrevInvalid,
                                             rules::Rule::kHeaderDynafed,
                                             rules::Rule::kTxDoublePegin,
                                             rules::Rule::kTxDoublePeginInObject,
                                             rules::Rule::kTxFeeTotalRange,
                                             rules::Rule::kBlockCoinbaseDestination,
                                             rules::Rule::kBlockOverwrites,
                                             rules::Rule::kBlockPak,
                                             rules::Rule::kBlockRewardRange};
    for (size_t i = 0; i < rules::kRuleCount; ++i) {
        const auto rule = static_cast<rules::Rule>(i);
        BOOST_TEST((seen.contains(rule) != elsewhere.contains(rule)), rules::info(rule).reject);
    }
}

BOOST_FIXTURE_TEST_CASE(what_connects_disconnects_to_what_was, CaseChain) {
    const test::MemoryCoins before = chain.coins;
    size_t connected = 0;
    for (const test::BlockCase& c : cases()) {
        if (c.breaks) continue;
        BOOST_REQUIRE(chain.connect(*c.block).has_value());
        const bool changes = c.name != "empty";
        BOOST_TEST((chain.coins == before) != changes, c.name);
        chain.disconnect();
        BOOST_TEST((chain.coins == before), c.name);
        ++connected;
    }
    BOOST_TEST(connected >= 4U);
}

BOOST_FIXTURE_TEST_CASE(a_coinbase_is_mature_at_a_hundred, CaseChain) {
    // The young coinbase is of height 2: block 101 is too early, block 102 may spend it.
    while (chain.headers.height() < 100) grow({});
    chain.now = int64_t{tip().time} + 600;
    const TxRef spend = test::split(chain.params, {young, 5000}, 1);
    BOOST_TEST(chain.why_not(*test::make_block(chain.params, tip(), {spend})) ==
               "bad-txns-premature-spend-of-coinbase");
    grow({});
    BOOST_TEST(chain.why_not(*test::make_block(chain.params, tip(), {spend})) == "");
}

BOOST_FIXTURE_TEST_CASE(mutated_bodies_do_not_condemn_the_hash, CaseChain) {
    for (const test::BlockCase& c : cases()) {
        const auto delta = chain.judge(*c.block);
        if (!c.breaks || delta) continue;
        BOOST_TEST(delta.error().mutated == rules::info(*c.breaks).mutated, c.name);
        BOOST_TEST(delta.error().breach.rule == rules::info(*c.breaks).name, c.name);
        const bool shown = *c.breaks == rules::Rule::kBlockMerkleRoot ||
                           *c.breaks == rules::Rule::kBlockMerkleDuplicate ||
                           *c.breaks == rules::Rule::kBlockUnexpectedWitness ||
                           *c.breaks == rules::Rule::kBlockWitnessRoot || *c.breaks == rules::Rule::kBlockWitnessNonce;
        if (shown) BOOST_TEST(rules::is_mutated(*c.block), c.name);
    }
}
