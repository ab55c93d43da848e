// What the owner of a wallet can rely on: amounts are conserved, coins are used once, restarts and reorganisations lose
// nothing, a refused payment leaves no trace, a passphrase protects.
#include "wallet/wallet.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "codec/hex.h"
#include "consensus/script/templates.h"
#include "peg/parent/merkle_block.h"
#include "peg/parent/transaction.h"
#include "unit/wallet/wallet_fixture.h"
#include "wallet/coin_selection.h"

namespace sluice::wallet {
namespace {

BOOST_AUTO_TEST_CASE(outputs_of_a_genesis_block_that_are_no_coins_are_not_ours) {
    Fixture f;
    f.params.connect_genesis_outputs = false;
    f.wallet.reset();
    storage::MemoryDisk empty;
    auto opened = Wallet::open(f.options(), empty, f.chain, nullptr, f.clock);
    BOOST_REQUIRE(opened.has_value());
    BOOST_REQUIRE((*opened)->catch_up().has_value());
    BOOST_TEST((*opened)->balances().trusted[f.params.pegged_asset].sat == 0);
}

BOOST_AUTO_TEST_CASE(free_coins_are_ours_and_payments_conserve_amounts) {
    Fixture f;
    BOOST_TEST(f.trusted() == kFree);
    const Txid txid = f.wallet->send({f.to(kStranger, 5 * kCoin)}, {}).value();
    const Transaction& tx = f.wallet->ledger().find(txid)->tx->tx;
    const int64_t fee = fee_of(tx);
    BOOST_TEST(fee > 0);
    BOOST_TEST(fee < 2000);
    BOOST_TEST(f.trusted() == kFree - 5 * kCoin - fee);
    f.mine();
    BOOST_TEST(f.trusted() == kFree - 5 * kCoin - fee);
    // The second payment spends a P2WPKH coin: its signature is there and the fee covers its weight.
    const Txid second = f.wallet->send({f.to(kStranger, kCoin)}, {}).value();
    const TxRef signed_tx = f.wallet->ledger().find(second)->tx;
    BOOST_TEST(signed_tx->tx.inputs[0].witness.script_witness.size() == 2U);
    BOOST_TEST(fee_of(signed_tx->tx) * 4 >= static_cast<int64_t>(signed_tx->weight()));
}

BOOST_AUTO_TEST_CASE(the_fee_can_come_out_of_the_payment) {
    Fixture f;
    const Txid txid = f.wallet->send({f.to(kStranger, kFree, true)}, {}).value();
    BOOST_TEST(f.trusted() == 0);
    const Transaction& tx = f.wallet->ledger().find(txid)->tx->tx;
    BOOST_TEST(tx.outputs.size() == 2U);
}

BOOST_AUTO_TEST_CASE(too_much_is_refused_and_changes_nothing) {
    Fixture f;
    BOOST_TEST(f.wallet->send({f.to(kStranger, kFree)}, {}).error().message == "Insufficient funds");
    f.chain.refusal = "min relay fee not met";
    BOOST_TEST(f.wallet->send({f.to(kStranger, kCoin)}, {}).error().message == "min relay fee not met");
    BOOST_TEST(f.trusted() == kFree);
    f.chain.refusal.clear();
    f.open();
    BOOST_TEST(f.trusted() == kFree);
}

BOOST_AUTO_TEST_CASE(coins_are_not_used_twice_while_unconfirmed) {
    Fixture f;
    std::set<OutPoint> used;
    for (int i = 0; i < 5; ++i) {
        const Txid txid = f.wallet->send({f.to(kStranger, kCoin)}, {}).value();
        for (const TxIn& in : f.wallet->ledger().find(txid)->tx->tx.inputs) BOOST_TEST(used.insert(in.prevout).second);
    }
}

BOOST_AUTO_TEST_CASE(a_restart_keeps_everything_and_repeats_broadcasts) {
    Fixture f;
    const Script ours = f.wallet->new_script("savings").value();
    (void)f.wallet->send({f.to(ours, 7 * kCoin)}, {}).value();
    f.mine();
    const Txid waiting = f.wallet->send({f.to(kStranger, kCoin)}, {}).value();
    const int64_t before = f.trusted();
    f.chain.pool.clear();
    f.disk.restart(0);
    f.open();
    BOOST_TEST(f.wallet->label_of(ours) == "savings");
    f.wallet->rebroadcast();
    BOOST_TEST(f.trusted() == before);
    BOOST_TEST(f.chain.in_mempool(waiting).value());
    BOOST_TEST((f.wallet->new_script("").value() != ours));
}

BOOST_AUTO_TEST_CASE(a_reorganisation_unconfirms_and_a_double_spend_is_noticed) {
    Fixture f;
    const Txid txid = f.wallet->send({f.to(kStranger, 5 * kCoin)}, {}).value();
    const TxRef tx = f.wallet->ledger().find(txid)->tx;
    f.mine();
    const int64_t after = f.trusted();
    f.chain.pop(1);
    f.chain.mine({});
    BOOST_REQUIRE(f.wallet->catch_up().has_value());
    BOOST_TEST(!f.wallet->ledger().find(txid)->block.has_value());
    f.wallet->rebroadcast();
    BOOST_TEST(f.trusted() == after);  // still ours to wait for

    Transaction other = tx->tx;
    other.outputs[0].script = kStranger;
    other.outputs[0].value = Amount{other.outputs[0].value.explicit_value().sat};
    other.lock_time = 1;
    f.chain.mine({make_tx(other)});
    BOOST_REQUIRE(f.wallet->catch_up().has_value());
    BOOST_TEST(f.wallet->ledger().find(txid)->conflicted);
    f.chain.pop(1);
    f.chain.mine({});
    BOOST_REQUIRE(f.wallet->catch_up().has_value());
    BOOST_TEST(!f.wallet->ledger().find(txid)->conflicted);
}

BOOST_AUTO_TEST_CASE(a_payment_stays_dead_while_any_block_spends_one_of_its_coins) {
    Fixture f;
    for (int i = 0; i < 2; ++i) {
        (void)f.wallet->send({f.to(f.wallet->new_script("").value(), kCoin)}, {}).value();
        f.mine();
    }
    // One payment of two coins; each coin is then spent otherwise, in a block of its own.
    const std::vector<WalletCoin> coins = f.wallet->unspent();
    BOOST_REQUIRE(coins.size() >= 2u);
    int64_t all = f.trusted();
    const Txid txid = f.wallet->send({f.to(f.wallet->new_script("").value(), all, true)}, {}).value();
    const Transaction payment = f.wallet->ledger().find(txid)->tx->tx;
    BOOST_REQUIRE(payment.inputs.size() >= 2u);
    f.chain.pool.clear();
    for (size_t i = 0; i < 2; ++i) {
        Transaction other;
        other.inputs = {payment.inputs[i]};
        other.outputs = payment.outputs;
        f.chain.mine({make_tx(other)});
        BOOST_REQUIRE(f.wallet->catch_up().has_value());
        BOOST_TEST(f.wallet->ledger().find(txid)->conflicted);
    }
    f.chain.pop(1);
    f.chain.mine({});
    BOOST_REQUIRE(f.wallet->catch_up().has_value());
    BOOST_TEST(f.wallet->ledger().find(txid)->conflicted);
    f.chain.pop(2);
    f.chain.mine({});
    f.chain.mine({});
    BOOST_REQUIRE(f.wallet->catch_up().has_value());
    BOOST_TEST(!f.wallet->ledger().find(txid)->conflicted);
}

BOOST_AUTO_TEST_CASE(a_passphrase_guards_the_keys_but_not_receiving) {
    Fixture f;
    const Script ours = f.wallet->new_script("").value();
    (void)f.wallet->send({f.to(ours, kCoin)}, {}).value();
    f.mine();
    BOOST_REQUIRE(f.wallet->encrypt("correct horse").has_value());
    BOOST_TEST(f.wallet->locked());
    BOOST_TEST(!f.wallet->send({f.to(kStranger, 1000)}, {}).has_value());
    f.open();
    BOOST_TEST(f.wallet->locked());
    const Script next = f.wallet->new_script("").value();
    BOOST_TEST((next != ours));
    BOOST_TEST(!f.wallet->unlock("wrong").has_value());
    BOOST_REQUIRE(f.wallet->unlock("correct horse").has_value());
    BOOST_TEST(f.wallet->send({f.to(kStranger, 1000)}, {}).has_value());
    f.wallet->lock();
    BOOST_TEST(!f.wallet->send({f.to(kStranger, 1000)}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_wallet_whose_key_file_is_gone_is_not_started_over) {
    Fixture f;
    f.wallet.reset();
    std::filesystem::remove(f.folder + "/wallet.keys");
    const auto opened =
        Wallet::open({f.folder, &f.params, f.params.pegged_asset, 1000}, f.disk, f.chain, nullptr, f.clock);
    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST(opened.error().message.find("wallet.keys is missing") != std::string::npos);
}

struct FakeParent final : ports::ParentClient {
    std::set<Script> watched;
    std::vector<ports::Deposit> found;
    Status watch(const Script& script) override {
        watched.insert(script);
        return {};
    }
    Result<std::vector<ports::Deposit>> deposits() override { return found; }
};

BOOST_AUTO_TEST_CASE(a_deposit_is_claimed_once_when_it_is_deep_enough) {
    Fixture f;
    FakeParent parent;
    f.chain.fedpegs = {{script::p2wsh_of(Script{{0x51}}), Script{{0x51}}}};
    f.wallet.reset();
    const auto open = [&] {
        f.wallet.reset();
        f.wallet =
            Wallet::open({f.folder, &f.params, f.params.pegged_asset, 1000}, f.disk, f.chain, &parent, f.clock).value();
        BOOST_REQUIRE(f.wallet->catch_up().has_value());
    };
    open();
    const PeginAddress address = f.wallet->pegin_address().value();
    BOOST_TEST(parent.watched.contains(address.parent_script));

    parent::ParentTransaction deposit;
    deposit.inputs.resize(1);
    deposit.inputs[0].prevout.index = 0;
    deposit.outputs = {{Amount{5 * kCoin}, address.parent_script}};
    const auto txid = compute_txid(deposit);
    parent::MerkleBlock proof;
    proof.tree = parent::build_tree({txid}, {true});
    parent.found = {{{Txid::from_view(txid.view()), 0},
                     Amount{5 * kCoin},
                     address.parent_script,
                     7,
                     encode_parent_tx(deposit),
                     encode(proof),
                     false}};
    BOOST_TEST(f.wallet->claim_deposits().value().empty());  // eight are needed
    parent.found[0].depth = 8;
    parent.found[0].spent = true;
    BOOST_TEST(f.wallet->claim_deposits().value().empty());  // somebody took it back
    parent.found[0].spent = false;
    const auto claims = f.wallet->claim_deposits().value();
    BOOST_REQUIRE(claims.size() == 1U);
    const Transaction& claim = f.wallet->ledger().find(claims[0])->tx->tx;
    BOOST_TEST(claim.inputs[0].is_pegin);
    BOOST_TEST(claim.inputs[0].witness.script_witness.size() == 2U);
    BOOST_TEST(claim.outputs[0].value.explicit_value().sat + fee_of(claim) == 5 * kCoin);
    BOOST_TEST(f.wallet->claim_deposits().value().empty());
    parent.watched.clear();
    open();
    BOOST_TEST(parent.watched.contains(address.parent_script));
    BOOST_TEST(f.wallet->claim_deposits().value().empty());
    f.chain.refusal = "bad-pegin-witness";
    parent.found[0].outpoint.txid.bytes[0] ^= 1;  // another deposit, refused by the node
    BOOST_TEST(f.wallet->claim_deposits().value().empty());
}

BOOST_AUTO_TEST_CASE(records_have_the_bytes_that_the_storage_format_shows) {
    BOOST_TEST(to_hex(encode_address_record({KeyIndex{KeyChain::kReceive, 7}, "rent"})) == "00070000000472656e74");
    BOOST_TEST(to_hex(encode_progress({std::nullopt, {3, 1}})) == "000300000001000000");
    BOOST_TEST(decode_progress(from_hex("000300000001000000").value())->next[0] == 3U);
    BOOST_TEST(!decode_progress(from_hex("0003000000010000").value()).has_value());
}

BOOST_AUTO_TEST_CASE(coin_selection_covers_the_target_with_distinct_coins) {
    BOOST_TEST(rc::check("selection", [](const std::vector<uint32_t>& values, uint32_t wanted) {
        std::vector<Candidate> candidates;
        int64_t sum = 0;
        for (uint32_t i = 0; i < values.size(); ++i) {
            candidates.push_back({{Txid{}, i}, Amount{values[i]}, values[i] % 3 != 0});
            sum += values[i];
        }
        const Amount target{static_cast<int64_t>(wanted) + 1};
        const auto chosen = select_coins(candidates, target);
        RC_ASSERT(chosen.has_value() == (sum >= target.sat));
        if (!chosen) return;
        std::set<OutPoint> seen;
        int64_t total = 0;
        for (const Candidate& coin : chosen->coins) {
            RC_ASSERT(seen.insert(coin.outpoint).second);
            total += coin.value.sat;
        }
        RC_ASSERT(total == chosen->total.sat);
        RC_ASSERT(total >= target.sat);
    }));
}

}  // namespace
}  // namespace sluice::wallet
