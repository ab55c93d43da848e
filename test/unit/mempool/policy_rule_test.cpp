// Each policy rule that mempool_test.cpp does not meet on its way: what it refuses, by the reference's name.
#include "mempool/policy_rule.h"

#include "consensus/primitives/issuance.h"
#include "consensus/script/templates.h"
#include "peg/proof/pegout.h"
#include "unit/mempool/pool_fixture.h"

using namespace sluice;
using test::output_of;
using test::Pooled;

namespace {

struct Policed : Pooled {
    // A spend of one coin, changed by a test.
    template <class Change>
    std::string refused(uint32_t i, Change change, Spend how = {}) {
        Transaction tx = spend(coin(i), how)->tx;
        change(tx);
        return enter(make_tx(std::move(tx)));
    }
    // A confirmed coin with this script, of a part of coin `i`.
    test::OpenCoin lock(uint32_t i, const Script& script) {
        Transaction tx = spend(coin(i))->tx;
        tx.outputs[0].script = script;
        const TxRef locked = make_tx(std::move(tx));
        mine({locked});
        return output_of(locked, 0);
    }
    static Script multisig() {
        script::ScriptBuilder out;
        const PubKey key = SecretKey::from_bytes(Bytes(32, 3)).value().pubkey();
        return out.number(1).push(key.view()).number(1).op(script::OP_CHECKMULTISIG).build();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(sizes, Policed) {
    BOOST_TEST(refused(0, [](Transaction& t) { t.outputs[0].script.bytes.resize(100'001, 0x6a); }) == "tx-size");
    mempool::PolicyOptions loose;
    loose.require_standard = false;
    use_policy(loose);
    const auto shrink = [](Transaction& t) {
        t.outputs.resize(1);
        t.outputs[0] = TxOut{};
        t.outputs[0].script.bytes = {0x51};
    };
    BOOST_TEST(refused(0, shrink) == "tx-size-small");
}

BOOST_FIXTURE_TEST_CASE(outputs, Policed) {
    const Script key_hash = script::make_p2wpkh(Hash160{});
    const auto dust = [&](Transaction& t) {
        TxOut little = t.outputs[0];
        little.script = key_hash;
        little.value = Amount{1};
        t.outputs[0].value = Amount{t.outputs[0].value.explicit_value().sat - 1};
        t.outputs.push_back(little);
    };
    BOOST_TEST(refused(0, dust) == "dust");
    mempool::PolicyOptions strict;
    strict.permit_bare_multisig = false;
    use_policy(strict);
    BOOST_TEST(refused(0, [](Transaction& t) { t.outputs[0].script = multisig(); }) == "bare-multisig");
    use_policy({});
    BOOST_TEST(refused(0, [](Transaction& t) { t.outputs[0].script = multisig(); }) == "");
    const auto many = [](Transaction& t) {
        TxOut each = t.outputs[0];
        each.script = multisig();
        each.value = Amount{10'000};
        t.outputs[0].value = Amount{t.outputs[0].value.explicit_value().sat - 201 * 10'000};
        t.outputs.insert(t.outputs.end(), 201, each);
    };
    BOOST_TEST(refused(1, many, {.fee = 100'000}) == "bad-txns-too-many-sigops");
    params.enforce_pak = true;
    const auto pegout = [&](Transaction& t) {
        t.outputs[0].script = peg::make_pegout_script(params.parent.genesis, key_hash);
    };
    BOOST_TEST(refused(1, pegout) == "invalid-pegout-proof");
}

BOOST_FIXTURE_TEST_CASE(inputs_and_witnesses, Policed) {
    const test::OpenCoin odd = lock(0, Script{{0x61, 0x51}});
    BOOST_TEST(enter(spend(odd)) == "bad-txns-nonstandard-inputs");
    BOOST_TEST(refused(1, [](Transaction& t) { t.inputs[0].witness.script_witness = {Bytes{1}}; }) ==
               "bad-witness-nonstandard");
    const auto amount = [](Transaction& t) { t.inputs[0].witness.issuance_amount_rangeproof = {1}; };
    BOOST_TEST(refused(1, amount) == "bad-txin-extra-issuance-rangeproof");
    const auto tokens = [](Transaction& t) { t.inputs[0].witness.inflation_keys_rangeproof = {1}; };
    BOOST_TEST(refused(1, tokens) == "bad-txin-extra-inflation-rangeproof");
    const auto issue = [](Transaction& t) { t.inputs[0].issuance.amount = Amount{kMaxMoney.sat + 1}; };
    BOOST_TEST(refused(1, issue) == "issuance-out-of-range");
    const Script anyone{{0x51}};
    Transaction tx = spend(lock(2, script::p2wsh_of(anyone)))->tx;
    tx.inputs[0].witness.script_witness = {anyone.bytes};
    BOOST_TEST(enter(make_tx(tx)) == "");
    tx.inputs[0].witness.script_witness = {Bytes{1}, anyone.bytes};
    BOOST_TEST(enter(make_tx(tx)) == "txn-same-nonwitness-data-in-mempool");
}

BOOST_FIXTURE_TEST_CASE(a_claim_has_a_least_value, Policed) {
    const Amount value{100'000};
    const auto deposit = test::make_deposit(params, test::first_fedpeg(params), value, Script{{0x51}});
    Transaction claim = test::claim_of(params, deposit, value)->tx;
    claim.outputs[0].value = Amount{90'000};
    claim.outputs[1].value = Amount{10'000};
    params.pegin_policy.minimum_height = 0;
    params.pegin_policy.minimum_amount = 100'001;
    BOOST_TEST(enter(make_tx(claim)) == "pegin-value-too-low");
    params.pegin_policy.minimum_amount = 100'000;
    params.pegin_policy.subsidy_height = 0;
    params.pegin_policy.subsidy_threshold = 100'001;
    BOOST_TEST(enter(make_tx(claim)) == "pegin-subsidy-too-low");
    params.pegin_policy.subsidy_threshold = 100'000;
    BOOST_TEST(enter(make_tx(claim)) == "");
}

BOOST_FIXTURE_TEST_CASE(replacements, Policed) {
    const TxRef first = spend(coin(0), {.sequence = 0xfffffffd});
    const TxRef other = spend(coin(1));
    BOOST_REQUIRE(enter(first) == "");
    BOOST_REQUIRE(enter(other) == "");
    const auto also = [](const test::OpenCoin& more) {
        return [more](Transaction& t) {
            t.inputs.emplace_back();
            t.inputs.back().prevout = more.outpoint;
            t.outputs[0].value = Amount{t.outputs[0].value.explicit_value().sat + more.value};
        };
    };
    BOOST_TEST(refused(0, also(output_of(other, 0)), {.fee = 50'000}) == "replacement-adds-unconfirmed");
    BOOST_TEST(refused(0, also(output_of(first, 0)), {.fee = 50'000}) == "bad-txns-spends-conflicting-tx");
    mempool::PolicyOptions deep;
    deep.ancestor_count = 200;
    deep.descendant_count = 200;
    deep.ancestor_vsize = deep.descendant_vsize = 1'000'000;
    use_policy(deep);
    BOOST_REQUIRE(enter(first) == "");
    test::OpenCoin at = output_of(first, 0);
    for (int i = 0; i < 100; ++i) {
        const TxRef tx = spend(at);
        BOOST_REQUIRE(enter(tx) == "");
        at = output_of(tx, 0);
    }
    BOOST_TEST(refused(0, [](Transaction&) {}, {.fee = 1'000'000}) == "too many potential replacements");
}

BOOST_FIXTURE_TEST_CASE(a_pool_without_room, Policed) {
    mempool::PolicyOptions tiny;
    tiny.max_bytes = 100;
    use_policy(tiny);
    BOOST_TEST(enter(spend(coin(0))) == "mempool full");
}

BOOST_AUTO_TEST_CASE(reasons_name_their_policy_rules) {
    BOOST_TEST(mempool::find_policy_rule(
                   "non-mandatory-script-verify-flag (Stack size must be exactly one after execution)") != nullptr);
    BOOST_TEST(mempool::find_policy_rule("dust") != nullptr);
    BOOST_TEST(mempool::find_policy_rule("bad-txns-in-ne-out") == nullptr);
}
