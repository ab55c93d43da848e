// Packages: what a sender of several transactions sees, and what stays in the pool.
#include "mempool/fee_diagram.h"
#include "unit/mempool/pool_fixture.h"

using namespace sluice;
using mempool::PackageVerdict;
using test::output_of;
using test::Pooled;

namespace {

// The pool asks ten times the usual rate of each, as clients of the reference set it.
struct Packaged : Pooled {
    Packaged() {
        mempool::PolicyOptions policy;
        policy.min_relay = mempool::FeeRate{1000};
        policy.incremental = mempool::FeeRate{1000};
        use_policy(policy);
    }
    [[nodiscard]] static TxRef as_v3(const TxRef& tx) {
        Transaction t = tx->tx;
        t.version = 3;
        return make_tx(std::move(t));
    }
    [[nodiscard]] static TxRef spend_both(const TxRef& a, const TxRef& b, const TxRef& model) {
        Transaction t = model->tx;
        t.inputs.resize(2);
        t.inputs[0].prevout = {a->txid, 0};
        t.inputs[1].prevout = {b->txid, 0};
        t.outputs[0].value =
            Amount{a->tx.outputs[0].value.explicit_value().sat + b->tx.outputs[0].value.explicit_value().sat -
                   t.outputs[1].value.explicit_value().sat};
        return make_tx(std::move(t));
    }
    // The reason of one, or its form.
    static std::string member(const PackageVerdict& verdict, const TxRef& tx) {
        const auto found = verdict.members.find(tx->wtxid);
        if (found == verdict.members.end()) return "unjudged";
        if (const auto* refusal = std::get_if<mempool::Refusal>(&found->second)) {
            test::produced(refusal->reason, refusal->breach, test::Subject::kTransaction);
            return refusal->test_accept_reason();
        }
        if (std::holds_alternative<mempool::AlreadyHere>(found->second)) return "here";
        if (std::holds_alternative<mempool::OtherWitness>(found->second)) return "other witness";
        return "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_tested_package_builds_on_itself, Packaged) {
    const TxRef parent = spend(coin(0));
    const TxRef child = spend(output_of(parent, 0));
    const PackageVerdict verdict = pool->test_package({parent, child});
    BOOST_TEST((verdict.kind == PackageVerdict::Kind::kGood));
    BOOST_TEST(member(verdict, parent) == "");
    BOOST_TEST(member(verdict, child) == "");
    BOOST_TEST(pool->entries().empty());
    BOOST_TEST(member(pool->test_package({spend(coin(1)), child}), child) == "missing-inputs");
}

BOOST_FIXTURE_TEST_CASE(malformed_packages_are_named, Packaged) {
    const TxRef parent = spend(coin(0));
    const TxRef child = spend(output_of(parent, 0));
    const auto text = [&](const std::vector<TxRef>& txs) { return pool->test_package(txs).text; };
    BOOST_TEST(text({child, parent}) == "package-not-sorted");
    BOOST_TEST(text({parent, parent}) == "package-contains-duplicates");
    BOOST_TEST(text({parent, spend(coin(0), {.fee = 2000})}) == "conflict-in-package");
    BOOST_TEST(text(std::vector<TxRef>(26, parent)) == "package-too-many-transactions");
    BOOST_TEST(pool->submit_package({spend(coin(1)), child}, {}).text == "package-not-child-with-parents");
    const TxRef other = spend(coin(1));
    BOOST_REQUIRE(enter(other) == "");
    const TxRef joined = spend_both(parent, other, child);
    BOOST_TEST(pool->submit_package({parent, joined}, {}).text == "package-not-child-with-unconfirmed-parents");
}

BOOST_FIXTURE_TEST_CASE(a_tested_package_replaces_nothing, Packaged) {
    BOOST_REQUIRE(enter(spend(coin(0), {.sequence = 0xfffffffd})) == "");
    const TxRef rival = spend(coin(0), {.fee = 9000});
    const PackageVerdict verdict = pool->test_package({rival, spend(output_of(rival, 0))});
    BOOST_TEST(verdict.text == "transaction failed");
    BOOST_TEST(member(verdict, rival) == "bip125-replacement-disallowed");
}

BOOST_FIXTURE_TEST_CASE(limits_hold_for_a_package_as_a_whole, Packaged) {
    test::OpenCoin at = coin(0);
    for (int i = 0; i < 24; ++i) {
        const TxRef tx = spend(at);
        BOOST_REQUIRE(enter(tx) == "");
        at = output_of(tx, 0);
    }
    const TxRef last = spend(at);
    BOOST_TEST(
        pool->test_package({last, spend(coin(1))}).text.starts_with("package-mempool-limits, possibly too many"));
    test::produced("package-mempool-limits");
}

BOOST_FIXTURE_TEST_CASE(a_child_pays_for_a_parent_of_version_three, Packaged) {
    const TxRef parent = as_v3(spend(coin(0), {.fee = 0}));
    BOOST_TEST(enter(parent) == "min relay fee not met");
    const TxRef poor = as_v3(spend(output_of(parent, 0), {.fee = 200}));
    BOOST_TEST(member(pool->submit_package({parent, poor}, {}), poor) == "min relay fee not met");
    const TxRef child = as_v3(spend(output_of(parent, 0), {.fee = 1000}));
    const PackageVerdict verdict = pool->submit_package({parent, child}, {});
    BOOST_TEST(verdict.text == "");
    const auto& accepted = std::get<mempool::Acceptance>(verdict.members.at(parent->wtxid));
    BOOST_TEST(accepted.effective_with.size() == 2U);
    BOOST_TEST(accepted.effective.sat_per_kvb ==
               1000 * 1000 / (pool->find(parent->txid)->vsize + pool->find(child->txid)->vsize));
    const PackageVerdict again = pool->submit_package({parent, child}, {});
    BOOST_TEST(member(again, parent) == "here");
    BOOST_TEST(pool->find(parent->txid)->below.count == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_package_too_dear_for_its_sender_stays_out, Packaged) {
    const TxRef tx = spend(coin(0), {.fee = 50'000});
    BOOST_TEST(member(pool->submit_package({tx}, mempool::FeeRate{10'000}), tx) == "max feerate exceeded");
}

BOOST_FIXTURE_TEST_CASE(dust_is_spent_by_the_child, Packaged) {
    Transaction dusty = spend(coin(0), {.fee = 0})->tx;
    dusty.version = 3;
    TxOut dust = dusty.outputs[0];
    dust.value = Amount{1};
    dusty.outputs[0].value = Amount{dusty.outputs[0].value.explicit_value().sat - 1};
    dusty.outputs.push_back(dust);
    const TxRef parent = make_tx(std::move(dusty));
    const TxRef careless = as_v3(spend(output_of(parent, 0), {.fee = 2000}));
    const PackageVerdict refused = pool->submit_package({parent, careless}, {});
    BOOST_TEST(refused.text == "unspent-dust");
    BOOST_TEST(member(refused, careless) == "missing-ephemeral-spends");
    Transaction both = careless->tx;
    both.inputs.push_back(both.inputs[0]);
    both.inputs[1].prevout.index = 1;
    both.outputs[0].value = Amount{both.outputs[0].value.explicit_value().sat + 1};
    BOOST_TEST(pool->submit_package({parent, make_tx(std::move(both))}, {}).text == "");
}

BOOST_FIXTURE_TEST_CASE(a_package_replaces_where_the_fee_diagram_rises, Packaged) {
    const TxRef old = as_v3(spend(coin(0), {.fee = 1000}));
    BOOST_REQUIRE(enter(old) == "");
    const TxRef parent = as_v3(spend(coin(0), {.fee = 0}));
    const TxRef poor = as_v3(spend(output_of(parent, 0), {.fee = 1100}));
    BOOST_TEST(pool->submit_package({parent, poor}, {})
                   .text.starts_with("package RBF failed: insufficient anti-DoS fees, rejecting replacement"));
    const TxRef child = as_v3(spend(output_of(parent, 0), {.fee = 5000}));
    const PackageVerdict verdict = pool->submit_package({parent, child}, {});
    BOOST_TEST(verdict.text == "");
    BOOST_TEST(pool->find(old->txid) == nullptr);
    BOOST_TEST(
        (std::get<mempool::Acceptance>(verdict.members.at(parent->wtxid)).replaced == std::vector<Txid>{old->txid}));
}

BOOST_FIXTURE_TEST_CASE(a_sibling_of_version_three_gives_way_to_what_pays_more, Packaged) {
    Transaction two = spend(coin(0), {.fee = 1000})->tx;
    two.version = 3;
    two.outputs.push_back(two.outputs[0]);
    two.outputs[0].value = Amount{20'000};
    two.outputs[2].value = Amount{two.outputs[2].value.explicit_value().sat - 20'000};
    const TxRef parent = make_tx(std::move(two));
    BOOST_REQUIRE(enter(parent) == "");
    const TxRef first = as_v3(spend(output_of(parent, 0), {.fee = 1000}));
    BOOST_REQUIRE(enter(first) == "");
    const auto little = pool->accept(as_v3(spend(output_of(parent, 2), {.fee = 1010})));
    BOOST_TEST(little.error().reason == "insufficient fee (including sibling eviction)");
    const TxRef second = as_v3(spend(output_of(parent, 2), {.fee = 5000}));
    BOOST_TEST(enter(second) == "");
    BOOST_TEST(pool->find(first->txid) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_saved_transaction_keeps_its_time, Packaged) {
    const TxRef tx = spend(coin(0));
    const int64_t then = clock.unix_time() - 1000;
    BOOST_REQUIRE(pool->restore(tx, then).has_value());
    BOOST_TEST(pool->find(tx->txid)->time == then);
    BOOST_TEST(!pool->restore(spend(coin(1)), clock.unix_time() - 337 * 3600).has_value());
}

BOOST_AUTO_TEST_CASE(fee_diagrams_compare_at_every_corner) {
    using mempool::improves;
    BOOST_TEST(improves({{10, 10}}, {{9, 10}}));
    BOOST_TEST(!improves({{10, 10}}, {{10, 10}}));
    BOOST_TEST(improves({{10, 10}, {1, 10}}, {{10, 10}}));
    BOOST_TEST(!improves({{20, 20}}, {{11, 10}}));  // more in sum, less in a small block
    BOOST_TEST(improves({{20, 10}}, {{5, 5}, {10, 10}}));
}
