// Amounts behind commitments: what the cache of proofs may answer, batches over several transactions, and the limit of
// 256 targets. Each refusal by itself is a block of support/confidential_cases.h.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/rules/amounts.h"
#include "consensus/rules/hidden_amounts.h"
#include "consensus/rules/proof_cache.h"
#include "support/confidential_cases.h"
#include "support/memory_chain.h"

using namespace sluice;

namespace {

struct Fixture {
    ChainParams params = test::case_chain_params();
    rules::ProofCache cache;

    // Spends `inputs` open coins into two hidden amounts.
    [[nodiscard]] test::ConfidentialTx hidden(uint32_t seed, uint32_t inputs, bool hide_asset = true) const {
        test::ConfidentialTx tx(seed);
        for (uint32_t i = 0; i < inputs; ++i)
            tx.spend(test::known_open_coin({Txid(std::array<uint8_t, 32>{9}), i}, params.pegged_asset, 1000));
        tx.pay({.asset = params.pegged_asset, .value = 400, .hide_asset = hide_asset});
        tx.pay({.asset = params.pegged_asset, .value = int64_t{inputs} * 1000 - 401, .hide_asset = hide_asset});
        tx.pay_fee(params.pegged_asset, 1);
        return tx;
    }
    [[nodiscard]] std::shared_ptr<const rules::SpendingTx> spending(const Transaction& tx,
                                                                    const std::vector<TxOut>& spent) const {
        return rules::make_spending(make_tx(tx), spent, params.genesis_hash);
    }
    // "" if the amounts are right.
    std::string why(const Transaction& tx, const std::vector<TxOut>& spent) {
        const auto left = rules::check_amounts(tx, spent, params);
        if (!left) return left.error().detail;
        const auto checked = rules::check_hidden_amounts(spending(tx, spent), &cache);
        return checked ? "" : checked.error().detail;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(proofs_found_good_are_remembered_and_bad_ones_are_not, Fixture) {
    test::ConfidentialTx builder = hidden(1, 1);
    const Transaction good = builder.finish();
    BOOST_TEST(why(good, builder.spent()) == "");
    BOOST_TEST(cache.size() == 4U);
    BOOST_TEST(why(good, builder.spent()) == "");
    BOOST_TEST(cache.size() == 4U);
    Transaction bad = good;
    bad.outputs[1].witness.rangeproof[200] ^= 4;
    BOOST_TEST(why(bad, builder.spent())
                   .starts_with("Range proof verification failed: output 1 of " + to_display(compute_txid(bad))));
    BOOST_TEST(cache.size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(a_remembered_proof_proves_nothing_else, Fixture) {
    test::ConfidentialTx builder = hidden(2, 1);
    const Transaction good = builder.finish();
    BOOST_REQUIRE(why(good, builder.spent()) == "");
    const auto refused = [&](auto change, std::string_view reason) {
        Transaction tx = good;
        std::vector<TxOut> spent = builder.spent();
        change(tx, spent);
        BOOST_TEST(why(tx, spent).starts_with(reason), why(tx, spent) << ", not " << reason);
    };
    // The script that the range proof commits to; the reference's cache leaves it out.
    refused([](Transaction& t, auto&) { t.outputs[0].script.bytes = {0x52}; },
            "Range proof verification failed: output 0");
    refused([](Transaction& t, auto&) { std::swap(t.outputs[0].witness.rangeproof, t.outputs[1].witness.rangeproof); },
            "Range proof verification failed: output 0");
    // The commitment and the generator: both of the other output, whose sums still balance.
    refused(
        [](Transaction& t, auto&) {
            std::swap(t.outputs[0].value, t.outputs[1].value);
            std::swap(t.outputs[0].asset, t.outputs[1].asset);
        },
        "Range proof verification failed: output 0");
    refused([](Transaction& t, auto&) { std::swap(t.outputs[0].asset, t.outputs[1].asset); },
            "Range proof verification failed: output 0");
    refused([](Transaction& t,
               auto&) { std::swap(t.outputs[0].witness.surjection_proof, t.outputs[1].witness.surjection_proof); },
            "Surjection check failed: output 0");
    // The targets: another input comes in.
    refused(
        [&](Transaction& t, std::vector<TxOut>& spent) {
            t.inputs.push_back(t.inputs[0]);
            t.inputs[1].prevout.index = 77;
            spent.push_back(spent[0]);
            t.outputs.push_back(t.outputs[2]);
            t.outputs.back().value = Amount{1000};
        },
        "Surjection check failed: output 0");
}

BOOST_FIXTURE_TEST_CASE(an_asset_is_hidden_among_256_targets_at_most, Fixture) {
    test::ConfidentialTx most = hidden(3, 256);
    Transaction tx = most.finish();
    BOOST_TEST(why(tx, most.spent()) == "");
    // One more target, and its amount paid out: everything is right but the proofs, which speak of 256.
    std::vector<TxOut> spent = most.spent();
    spent.push_back(spent[0]);
    tx.inputs.push_back(tx.inputs[0]);
    tx.inputs.back().prevout.index = 256;
    tx.outputs.push_back(tx.outputs.back());
    tx.outputs.back().value = Amount{1000};
    BOOST_TEST(why(tx, spent).starts_with("Surjection check failed: output 0"));
    // Nor does a proof that claims to.
    tx.outputs[0].witness.surjection_proof[0] = 1;
    tx.outputs[0].witness.surjection_proof[1] = 1;
    tx.outputs[0].witness.surjection_proof.insert(tx.outputs[0].witness.surjection_proof.begin() + 34, 0);
    BOOST_TEST(why(tx, spent).starts_with("Surjection check failed: output 0"));
    // Hidden amounts of open assets have no such limit.
    test::ConfidentialTx open = hidden(4, 257, false);
    const Transaction many = open.finish();
    BOOST_TEST(why(many, open.spent()) == "");
}

BOOST_FIXTURE_TEST_CASE(a_batch_over_transactions_names_the_proof_that_failed, Fixture) {
    rules::Connected connected;
    Txid wrong;
    for (uint32_t i = 0; i < 4; ++i) {
        test::ConfidentialTx builder = hidden(10 + i, 1 + i);
        Transaction tx = builder.finish();
        if (i == 2) tx.outputs[0].witness.rangeproof[777] ^= 1;
        connected.hidden.push_back(spending(tx, builder.spent()));
        if (i == 2) wrong = connected.hidden.back()->tx->txid;
    }
    const auto judged = rules::verify(connected, rules::run_in_order, &cache);
    BOOST_REQUIRE(!judged.has_value());
    BOOST_TEST(judged.error().reason == "bad-txns-in-ne-out");
    BOOST_TEST(judged.error().detail.starts_with("Range proof verification failed: output 0 of " + to_display(wrong)));
    BOOST_TEST(cache.size() == 0U);
    // What the mempool has verified is not verified again: only the batches of the others are run.
    connected.hidden.erase(connected.hidden.begin() + 2);
    BOOST_REQUIRE(rules::check_hidden_amounts(connected.hidden[0], &cache).has_value());
    std::vector<size_t> rounds;
    const auto counting = [&](size_t count, const std::function<bool(size_t)>& check) {
        rounds.push_back(count);
        return rules::run_in_order(count, check);
    };
    BOOST_TEST(rules::verify(connected, counting, &cache).has_value());
    BOOST_TEST(rounds == (std::vector<size_t>{3, 2}));  // three balances; four range proofs, four surjection proofs
    BOOST_TEST(cache.size() == 12U);
    BOOST_TEST(rules::verify(connected, counting, &cache).has_value());
    BOOST_TEST(rounds.back() == 0U);
}

// A bad proof ends the work. What was verified is counted by what the cache holds, and by the checks that were begun.
BOOST_FIXTURE_TEST_CASE(nothing_is_verified_after_a_bad_proof, Fixture) {
    test::ConfidentialTx builder(40);
    builder.spend(test::known_open_coin({Txid(std::array<uint8_t, 32>{9}), 0}, params.pegged_asset, 601));
    for (int i = 0; i < 6; ++i) builder.pay({.asset = params.pegged_asset, .value = 100, .hide_asset = true});
    builder.pay_fee(params.pegged_asset, 1);
    const Transaction good = builder.finish();
    for (const size_t bad : {0U, 3U, 5U}) {
        Transaction tx = good;
        tx.outputs[bad].witness.rangeproof[200] ^= 4;
        rules::ProofCache fresh;
        BOOST_TEST(!rules::check_hidden_amounts(spending(tx, builder.spent()), &fresh).has_value());
        BOOST_TEST(fresh.size() == bad);  // those before it, no other range proof and no surjection proof
    }
    rules::Connected connected;
    for (int i = 0; i < 3; ++i) {
        Transaction tx = good;
        if (i == 0) tx.outputs[1].witness.rangeproof[200] ^= 4;
        connected.hidden.push_back(spending(tx, builder.spent()));
    }
    std::vector<size_t> begun;
    const auto counting = [&](size_t count, const std::function<bool(size_t)>& check) {
        begun.push_back(0);
        return rules::run_in_order(count, [&](size_t i) {
            ++begun.back();
            return check(i);
        });
    };
    const auto judged = rules::verify(connected, counting, nullptr);
    BOOST_REQUIRE(!judged.has_value());
    BOOST_TEST((judged.error().breach.place == at_output(1)));
    BOOST_TEST(begun == (std::vector<size_t>{3, 1}));  // three balances, and the first batch of 18 + 18 proofs
    // Nor is any proof looked at where a balance is wrong.
    Transaction tx = good;
    tx.outputs[6].value = Amount{2};
    connected.hidden[0] = spending(tx, builder.spent());
    begun.clear();
    BOOST_TEST(!rules::verify(connected, counting, nullptr).has_value());
    BOOST_TEST(begun == (std::vector<size_t>{1}));
}

BOOST_AUTO_TEST_CASE(the_cache_forgets_the_oldest_half) {
    rules::ProofCache cache(4);
    const auto name = [](uint8_t n) { return sha256(ByteView(&n, 1)); };
    for (uint8_t n = 0; n < 5; ++n) cache.insert(name(n));
    BOOST_TEST(cache.size() == 3U);
    BOOST_TEST((!cache.contains(name(0)) && !cache.contains(name(1))));
    BOOST_TEST((cache.contains(name(2)) && cache.contains(name(3)) && cache.contains(name(4))));
}
