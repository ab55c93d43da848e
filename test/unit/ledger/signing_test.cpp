#include "peg/ledger/signing.h"

#include <boost/test/unit_test.hpp>

#include "crypto/ecdsa.h"
#include "peg/ledger/facts.h"
#include "peg/ledger/size.h"
#include "peg/proof/contract.h"
#include "unit/ledger/world.h"

using namespace sluice;
using namespace sluice::ledger;
using namespace sluice::ledger::test;

BOOST_AUTO_TEST_SUITE(payout_signing)

BOOST_AUTO_TEST_CASE(two_of_three_sign_deposit_and_donation) {
    World world;
    world.donate(100'000);
    world.claim(30'000'000);
    world.block();
    world.request(30'050'000 - 50'000, p2wpkh(1));
    world.block();
    world.block();
    BOOST_REQUIRE(!world.last_plan.empty());
    const ParentTransaction tx = world.last_plan.record.entries[0].tx;
    BOOST_REQUIRE_EQUAL(tx.inputs.size(), 2u);
    const auto inputs = inputs_to_sign(world.ledger, evaluate(world.ledger, world.bitcoin), tx);
    BOOST_REQUIRE(inputs.has_value());
    InputSignatures signatures(inputs->size());
    for (const uint8_t member : {2, 0}) {
        BOOST_TEST(!assemble(tx, *inputs, signatures).has_value());
        for (size_t i = 0; i < inputs->size(); ++i) {
            SecretKey key = test_key(static_cast<uint8_t>(1 + member));
            if ((*inputs)[i].claim_script) key = std::move(*peg::tweak_secret(key, *(*inputs)[i].claim_script));
            Bytes signature = sign_ecdsa(key, (*inputs)[i].digest);
            signature.push_back(parent::kSighashAll);
            BOOST_TEST(verify_signature((*inputs)[i], member, signature));
            BOOST_TEST(!verify_signature((*inputs)[i], member == 0 ? 1 : 0, signature));
            BOOST_TEST(!verify_signature((*inputs)[i], 3, signature));
            signatures[i][member] = signature;
        }
    }
    const auto complete = assemble(tx, *inputs, signatures);
    BOOST_REQUIRE(complete.has_value());
    BOOST_TEST((compute_txid(*complete) == compute_txid(tx)));
    const std::vector<Bytes>& witness = complete->inputs[0].witness;
    BOOST_REQUIRE_EQUAL(witness.size(), 4u);
    BOOST_TEST(witness[0].empty());
    BOOST_TEST((witness[1] == signatures[0][0]));
    BOOST_TEST((witness[2] == signatures[0][2]));
    // The estimate is an upper bound, and a tight one.
    const size_t estimate = payout_weight(world.params.sets[0], tx.inputs, tx.outputs);
    BOOST_TEST(parent::weight(*complete) <= estimate);
    BOOST_TEST(parent::weight(*complete) + 16 >= estimate);
}

BOOST_AUTO_TEST_CASE(a_deposit_behind_p2sh_is_spent_with_its_program) {
    World world;
    world.donate(100'000);
    const Script program = parent::p2wsh(*peg::tweak_fedpegscript(world.params.sets[0].witness_script, Script{{0x51}}));
    world.claim(30'000'000, 0, program);
    world.block();
    world.request(1'000'000, p2wpkh(1));
    world.block();
    world.block();
    BOOST_REQUIRE(!world.last_plan.empty());
    const ParentTransaction tx = world.last_plan.record.entries[0].tx;
    BOOST_REQUIRE_EQUAL(tx.inputs.size(), 1u);
    BOOST_REQUIRE_EQUAL(tx.inputs[0].script_sig.size(), 35u);
    BOOST_TEST(equal(tx.inputs[0].script_sig.view().subspan(1), program.view()));
    parent::ParentTxIn bare = tx.inputs[0];
    bare.script_sig = {};
    BOOST_TEST(payout_weight(world.params.sets[0], tx.inputs, {}) ==
               payout_weight(world.params.sets[0], {bare}, {}) + 4 * 35);
    // A bump keeps it.
    world.mine(3);
    world.block(10'000);
    BOOST_REQUIRE(!world.last_plan.empty());
    BOOST_TEST((world.last_plan.record.entries[0].tx.inputs[0].script_sig == tx.inputs[0].script_sig));
    BOOST_TEST(world.ledger.fault() == "");
}

BOOST_AUTO_TEST_CASE(scripts_that_are_no_multisig) {
    BOOST_TEST(leading_multisig(test_set(1).witness_script)->keys.size() == 3u);
    BOOST_TEST(!leading_multisig({}).has_value());
    BOOST_TEST(!leading_multisig(Script{{0x51}}).has_value());
    Script cut = test_set(1).witness_script;
    cut.bytes.pop_back();
    BOOST_TEST(!leading_multisig(cut).has_value());
}

BOOST_AUTO_TEST_CASE(coinbase_records) {
    Transaction coinbase;
    const ParentBlockHash hash = ParentBlockHash::from(sha256(as_bytes("c")));
    for (const size_t size : {10, 70, 300, 70'000}) {
        const Bytes plan(size, 0x5a);
        coinbase.outputs.clear();
        for (const Script& script : {Script{{0x6a}}, make_plan_script(plan), make_commitment_script(hash)}) {
            TxOut out;
            out.script = script;
            coinbase.outputs.push_back(out);
        }
        const CoinbaseRecords records = read_coinbase(coinbase);
        BOOST_TEST((records.committed == hash));
        BOOST_TEST((records.plan == plan));
    }
    BOOST_TEST(make_commitment_script(hash).bytes[1] == 0x24);
    coinbase.outputs.resize(1);
    BOOST_TEST(!read_coinbase(coinbase).committed.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
