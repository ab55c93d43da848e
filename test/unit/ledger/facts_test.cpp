#include "peg/ledger/facts.h"

#include <boost/test/unit_test.hpp>

#include "consensus/primitives/issuance.h"
#include "consensus/script/templates.h"
#include "peg/parent/script.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"
#include "peg/proof/pegout.h"
#include "unit/ledger/world.h"

using namespace sluice;
using namespace sluice::ledger;
using namespace sluice::ledger::test;

namespace {

struct Fixture {
    ChainParams chain = *make_chain_params("elementsregtest", Options());
    LedgerParams params = test_params();
    Transaction coinbase;
    std::vector<Transaction> others;

    Fixture() {
        coinbase.inputs.emplace_back();
        coinbase.outputs.push_back(output(0, Script{{0x6a}}));
    }
    TxOut output(int64_t value, Script script) const {
        TxOut out;
        out.asset = chain.pegged_asset;
        out.value = Amount{value};
        out.script = std::move(script);
        return out;
    }
    Transaction& add() {
        Transaction& tx = others.emplace_back();
        tx.inputs.emplace_back().prevout = {Txid::from(sha256(as_bytes("coin " + std::to_string(others.size())))), 0};
        return tx;
    }
    BlockFacts facts() const {
        Block block;
        block.header.height = 7;
        block.transactions.push_back(make_tx(coinbase));
        for (const Transaction& tx : others) block.transactions.push_back(make_tx(tx));
        return facts_of(block, chain, params, 1);
    }
    // A claim of a deposit with this output script, and the deposit's transaction.
    parent::ParentTransaction add_claim(const Script& script, int64_t value, const Script& claim_script) {
        parent::ParentTransaction deposit;
        deposit.inputs.emplace_back().prevout = {ParentTxid::from(sha256(as_bytes("funding"))), 3};
        deposit.outputs.push_back({{1}, p2wpkh(9)});
        deposit.outputs.push_back({{value}, script});
        parent::MerkleBlock proof;
        proof.tree = parent::build_tree({parent::compute_txid(deposit)}, {true});
        proof.header.merkle_root = parent::merkle_root({parent::compute_txid(deposit)});
        Transaction& tx = add();
        tx.inputs[0].prevout = {Txid::from(parent::compute_txid(deposit)), 1};
        tx.inputs[0].is_pegin = true;
        tx.inputs[0].witness.pegin_witness = *peg::make_pegin_witness(chain, deposit, 1, proof, claim_script);
        return deposit;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(block_facts)

BOOST_FIXTURE_TEST_CASE(a_claim_shows_the_transaction_that_made_its_deposit, Fixture) {
    const parent::ParentTransaction deposit = add_claim(p2wpkh(1), 5000, Script{{0x51}});
    Block block;
    block.header.height = 7;
    block.transactions = {make_tx(coinbase), make_tx(others[0])};
    const ParentOutPoint outpoint{parent::compute_txid(deposit), 1};
    const auto shown = parent::decode_parent_tx(claimed_transaction(block, outpoint));
    BOOST_REQUIRE(shown);
    BOOST_TEST((parent::compute_txid(*shown) == outpoint.txid));
    BOOST_TEST(claimed_transaction(block, {outpoint.txid, 0}).empty());
    BOOST_TEST(claimed_transaction(block, {{}, 1}).empty());
    BOOST_REQUIRE_EQUAL(facts().claims.size(), 1u);
    BOOST_TEST(facts().claims[0].height == 7u);  // where to find it again
}

BOOST_FIXTURE_TEST_CASE(an_empty_block_means_nothing, Fixture) {
    const BlockFacts f = facts();
    BOOST_TEST(f.height == 7u);
    BOOST_TEST(f.payout_set == 1u);
    BOOST_TEST(f.committed.is_zero());
    BOOST_TEST(f.claims.empty());
    BOOST_TEST(f.requests.empty());
    BOOST_TEST(f.burns.sat == 0);
    BOOST_TEST(f.unclaimed_fees.sat == 0);
    BOOST_TEST(f.issued.sat == 0);
    BOOST_TEST(f.fault == "");
}

BOOST_FIXTURE_TEST_CASE(claims_know_their_set_and_form, Fixture) {
    const Script claim_script = p2wpkh(1);
    const Script native = parent::p2wsh(*peg::tweak_fedpegscript(params.sets[1].witness_script, claim_script));
    const Script old = parent::p2wsh(*peg::tweak_fedpegscript(params.sets[0].witness_script, claim_script));
    const parent::ParentTransaction deposit = add_claim(native, 5000, claim_script);
    add_claim(script::p2sh_of(old), 6000, claim_script);
    add_claim(p2wpkh(5), 7000, claim_script);
    const BlockFacts f = facts();
    BOOST_REQUIRE_EQUAL(f.claims.size(), 3u);
    BOOST_TEST((f.claims[0].outpoint == ParentOutPoint{parent::compute_txid(deposit), 1}));
    BOOST_TEST(f.claims[0].value.sat == 5000);
    BOOST_TEST(f.claims[0].set.value() == 1u);
    BOOST_TEST(f.claims[0].redeem_script.empty());
    BOOST_TEST((f.claims[0].claim_script == claim_script));
    BOOST_TEST((f.claims[0].funding_inputs == std::vector<ParentOutPoint>{deposit.inputs[0].prevout}));
    BOOST_TEST(f.claims[1].set.value() == 0u);
    BOOST_TEST((f.claims[1].redeem_script == old));
    BOOST_TEST(!f.claims[2].set.has_value());
    BOOST_TEST(f.fault == "");
}

BOOST_FIXTURE_TEST_CASE(requests_burns_and_fees_are_told_apart, Fixture) {
    Transaction& tx = add();
    tx.outputs.push_back(peg::make_pegout(chain, {p2wpkh(3), Amount{1000}}));
    tx.outputs.push_back(output(200, peg::make_pegout_script(ParentGenesis{}, p2wpkh(3))));  // another parent: a burn
    tx.outputs.push_back(output(30, Script{{0x6a}}));
    tx.outputs.push_back(output(4, {}));  // fee
    tx.outputs.push_back(output(50'000, p2wpkh(4)));
    TxOut other = output(9999, Script{{0x6a}});
    other.asset = AssetId{};
    tx.outputs.push_back(other);
    const BlockFacts f = facts();
    BOOST_REQUIRE_EQUAL(f.requests.size(), 1u);
    BOOST_TEST(f.requests[0].amount.sat == 1000);
    BOOST_TEST((f.requests[0].script == p2wpkh(3)));
    BOOST_TEST((f.requests[0].outpoint == OutPoint{compute_txid(tx), 0}));
    BOOST_TEST(f.burns.sat == 230);
    BOOST_TEST(f.unclaimed_fees.sat == 4);
}

BOOST_FIXTURE_TEST_CASE(what_the_coinbase_takes_is_not_unclaimed_and_what_it_makes_is_unbacked, Fixture) {
    add().outputs.push_back(output(100, {}));
    coinbase.outputs.push_back(output(60, p2wpkh(1)));
    BOOST_TEST(facts().unclaimed_fees.sat == 40);
    BOOST_TEST(facts().issued.sat == 0);
    coinbase.outputs.push_back(output(500, p2wpkh(1)));
    BOOST_TEST(facts().unclaimed_fees.sat == 0);
    BOOST_TEST(facts().issued.sat == 460);
    // A request in a coinbase is one like any other.
    coinbase.outputs.push_back(peg::make_pegout(chain, {p2wpkh(3), Amount{40}}));
    BOOST_TEST(facts().requests.size() == 1u);
    BOOST_TEST(facts().issued.sat == 500);
}

BOOST_FIXTURE_TEST_CASE(issuance_counts_only_of_the_pegged_asset, Fixture) {
    TxIn& in = add().inputs[0];
    in.issuance.amount = Amount{777};
    BOOST_TEST(facts().issued.sat == 0);
    chain.pegged_asset = issuance_ids(in).asset;
    BOOST_TEST(facts().issued.sat == 777);
    in.issuance.amount = ValueCommitment{};
    BOOST_TEST(facts().fault != "");
}

BOOST_FIXTURE_TEST_CASE(a_whole_life_in_satoshi, Fixture) {
    // facts -> ledger -> reserves: claim 5000, request 1000, burn 30, fee 4.
    const Script claim_script = p2wpkh(1);
    add_claim(parent::p2wsh(*peg::tweak_fedpegscript(params.sets[0].witness_script, claim_script)), 5000, claim_script);
    Transaction& tx = others[0];
    tx.outputs.push_back(peg::make_pegout(chain, {p2wpkh(3), Amount{1000}}));
    tx.outputs.push_back(output(30, Script{{0x6a}}));
    tx.outputs.push_back(output(4, {}));
    tx.outputs.push_back(output(3966, p2wpkh(4)));
    BlockFacts f = facts();
    f.height = 0;
    Ledger ledger(params);
    ledger.apply(f);
    const FakeBitcoin bitcoin;  // has not seen the deposit
    const Evaluation now = evaluate(ledger, bitcoin);
    BOOST_TEST(now.reserves.circulating.sat == 3966);
    BOOST_TEST(now.reserves.pending.sat == 1000);
    BOOST_TEST(now.reserves.pool.sat == 34);
    BOOST_TEST(now.reserves.deficit.sat == 5000);
    BOOST_TEST(now.lost.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
