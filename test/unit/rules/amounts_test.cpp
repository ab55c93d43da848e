// Issuance, burning, fees and the range of money (transactions.md sections 6 and 7), each refusal by the reference's
// string.
#include <boost/test/unit_test.hpp>

#include "consensus/primitives/issuance.h"
#include "consensus/rules/amounts.h"
#include "consensus/rules/tx_check.h"
#include "support/rule_log.h"

using namespace sluice;

namespace {

constexpr int64_t kMax = 2'100'000'000'000'000;

AssetId asset(uint8_t name) {
    AssetId out;
    out.bytes.fill(name);
    return out;
}

// One input of 1000 of the pegged asset and whatever a test adds.
struct Money {
    ChainParams params;
    Transaction tx;
    std::vector<TxOut> spent;

    Money() {
        auto made = make_chain_params("amountchain", Options{});
        BOOST_REQUIRE(made.has_value());
        params = std::move(*made);
        spend(params.pegged_asset, 1000);
    }
    void spend(const AssetId& what, int64_t amount) {
        tx.inputs.emplace_back();
        tx.inputs.back().prevout.index = static_cast<uint32_t>(tx.inputs.size());
        spent.push_back(output(what, amount, {0x51}));
    }
    static TxOut output(const AssetId& what, int64_t amount, const Bytes& script) {
        TxOut out;
        out.asset = what;
        out.value = Amount{amount};
        out.script.bytes = script;
        return out;
    }
    void pay(const AssetId& what, int64_t amount, const Bytes& script = {0x51}) {
        tx.outputs.push_back(output(what, amount, script));
    }
    void fee(const AssetId& what, int64_t amount) { pay(what, amount, {}); }
    AssetIssuance& issue(int64_t amount) {
        tx.inputs[0].issuance.amount = Amount{amount};
        // A transaction without any witness cannot issue.
        tx.inputs[0].witness.script_witness = {Bytes{1}};
        return tx.inputs[0].issuance;
    }
    [[nodiscard]] IssuanceIds ids() const { return issuance_ids(tx.inputs[0]); }

    // "" or the reject reason.
    [[nodiscard]] std::string judge() const {
        if (const auto alone = rules::check_transaction(*make_tx(tx)); !alone)
            return test::produced(alone.error(), test::Subject::kTransaction);
        if (const auto fees = rules::transaction_fees(tx); !fees)
            return test::produced(fees.error(), test::Subject::kTransaction);
        const auto balanced = rules::check_amounts(tx, spent, params);
        return balanced ? "" : test::produced(balanced.error(), test::Subject::kTransaction);
    }
};

constexpr const char* kUnbalanced = "bad-txns-in-ne-out";

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_asset_balances_by_itself, Money) {
    spend(asset(7), 50);
    pay(params.pegged_asset, 900);
    fee(params.pegged_asset, 100);
    BOOST_TEST(judge() == kUnbalanced);  // 50 of the other asset vanish
    pay(asset(7), 50);
    BOOST_TEST(judge() == "");
    tx.outputs[0].value = Amount{901};
    tx.outputs[2].value = Amount{49};
    BOOST_TEST(judge() == kUnbalanced);  // the sum over all assets would still be right
}

BOOST_FIXTURE_TEST_CASE(fees_count_by_asset, Money) {
    spend(asset(7), 50);
    pay(params.pegged_asset, 900);
    fee(params.pegged_asset, 60);
    fee(params.pegged_asset, 40);
    fee(asset(7), 50);
    BOOST_TEST(judge() == "");
    const auto fees = rules::transaction_fees(tx);
    BOOST_TEST(fees->at(params.pegged_asset).sat == 100);
    BOOST_TEST(fees->at(asset(7)).sat == 50);
    fee(params.pegged_asset, 0);
    BOOST_TEST(judge() == "bad-txns-fee-outofrange");
}

BOOST_FIXTURE_TEST_CASE(burning_is_an_output_that_nobody_can_spend, Money) {
    pay(params.pegged_asset, 1000, {0x6a});
    BOOST_TEST(judge() == "");
    pay(params.pegged_asset, 0, {0x6a, 0x01, 0x55});
    BOOST_TEST(judge() == "");
    pay(params.pegged_asset, 0, Bytes(10'001, 0x51));  // too long to be spent
    BOOST_TEST(judge() == "");
    pay(params.pegged_asset, 0);  // nothing that can be spent could stand for a token
    BOOST_TEST(judge() == kUnbalanced);
}

BOOST_FIXTURE_TEST_CASE(an_issuance_makes_an_asset_and_its_token, Money) {
    pay(params.pegged_asset, 1000);
    AssetIssuance& issuance = issue(500);
    issuance.inflation_keys = Amount{2};
    BOOST_TEST(judge() == kUnbalanced);
    pay(ids().asset, 500);
    pay(ids().token, 2);
    BOOST_TEST(judge() == "");
    // Not more, and no other token than that of an open amount.
    tx.outputs[1].value = Amount{501};
    BOOST_TEST(judge() == kUnbalanced);
    tx.outputs[1].value = Amount{500};
    tx.outputs[2].asset = reissuance_token(ids().entropy, true);
    BOOST_TEST(judge() == kUnbalanced);
    tx.outputs[2].asset = ids().token;
    // Another contract is another asset.
    tx.inputs[0].issuance.entropy.bytes[0] = 1;
    BOOST_TEST(judge() == kUnbalanced);
}

BOOST_FIXTURE_TEST_CASE(tokens_alone_may_be_issued, Money) {
    pay(params.pegged_asset, 1000);
    tx.inputs[0].issuance.inflation_keys = Amount{1};
    tx.inputs[0].witness.script_witness = {Bytes{1}};
    pay(ids().token, 1);
    BOOST_TEST(judge() == "");
}

BOOST_FIXTURE_TEST_CASE(an_issuance_of_nothing_is_none, Money) {
    pay(params.pegged_asset, 1000);
    issue(0);
    BOOST_TEST(judge() == kUnbalanced);
    issue(-1);
    BOOST_TEST(judge() == kUnbalanced);
    issue(1).inflation_keys = Amount{0};
    pay(ids().asset, 1);
    BOOST_TEST(judge() == kUnbalanced);
}

BOOST_FIXTURE_TEST_CASE(an_open_issuance_has_no_proof, Money) {
    pay(params.pegged_asset, 1000);
    issue(5).inflation_keys = Amount{1};
    pay(ids().asset, 5);
    pay(ids().token, 1);
    BOOST_TEST(judge() == "");
    tx.inputs[0].witness.issuance_amount_rangeproof = {1};
    BOOST_TEST(judge() == kUnbalanced);
    tx.inputs[0].witness.issuance_amount_rangeproof.clear();
    tx.inputs[0].witness.inflation_keys_rangeproof = {1};
    BOOST_TEST(judge() == kUnbalanced);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_issued_without_a_witness, Money) {
    pay(params.pegged_asset, 1000);
    issue(5);
    pay(ids().asset, 5);
    BOOST_TEST(judge() == "");
    tx.inputs[0].witness.script_witness.clear();
    BOOST_TEST(judge() == kUnbalanced);
}

// ELIP 203: more than all bitcoins may be issued of other assets; an output still holds 21 million at most, and so do
// all together.
BOOST_FIXTURE_TEST_CASE(more_than_all_money_may_be_issued_but_not_held, Money) {
    pay(params.pegged_asset, 1000);
    issue(kMax + 1);
    pay(ids().asset, kMax + 1);
    BOOST_TEST(judge() == "bad-txns-vout-toolarge");
    tx.outputs[1].value = Amount{kMax};
    BOOST_TEST(judge() == "bad-txns-txouttotal-toolarge");
    tx.outputs[1].value = Amount{kMax - 1000};
    BOOST_TEST(judge() == kUnbalanced);
    tx.outputs[1].value = Amount{-1};
    BOOST_TEST(judge() == "bad-txns-vout-negative");
}

BOOST_FIXTURE_TEST_CASE(an_explicit_token_reissues_nothing, Money) {
    pay(params.pegged_asset, 1000);
    AssetEntropy entropy;
    entropy.bytes.fill(3);
    spend(reissuance_token(entropy, false), 1);
    pay(reissuance_token(entropy, false), 1);
    BOOST_TEST(judge() == "");
    AssetIssuance& again = tx.inputs[1].issuance;
    again.amount = Amount{10};
    again.entropy = entropy;
    again.blinding_nonce.bytes[0] = 1;
    tx.inputs[1].witness.script_witness = {Bytes{1}};
    pay(issued_asset(entropy), 10);
    BOOST_TEST(judge() == kUnbalanced);
}

BOOST_FIXTURE_TEST_CASE(null_outputs_and_coins_of_nothing_are_refused, Money) {
    pay(params.pegged_asset, 1000);
    spent[0].value = Amount{0};
    tx.outputs[0].value = Amount{0};
    tx.outputs[0].script.bytes = {0x6a};
    BOOST_TEST(judge() == kUnbalanced);
    // A transaction with a null asset or value does not even decode.
    for (const bool null_asset : {true, false}) {
        Transaction broken = tx;
        if (null_asset) {
            broken.outputs[0].asset = {};
        } else {
            broken.outputs[0].value = {};
        }
        BOOST_TEST((parse_tx(encode_tx(broken)) == nullptr));
    }
}
