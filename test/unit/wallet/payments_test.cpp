// What a payer can rely on: fees have a limit, what waits is replaced and never paid twice, nothing is built on what
// may not confirm, change is never hidden from who owns it.
#include "codec/hex.h"
#include "unit/wallet/wallet_fixture.h"
#include "wallet/records.h"

namespace sluice::wallet {
namespace {

constexpr const char* kTooDear = "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)";

// The genesis coin, in a coin of the seed's.
struct Funded {
    Fixture f;
    Funded() {
        const Script ours = f.wallet->new_script("").value();
        BOOST_REQUIRE(f.wallet->send({f.to(ours, kFree, true)}, {}).has_value());
        f.mine();
    }
};

FundOrder order_for(Fixture& f, const Script& to, int64_t amount) {
    FundOrder order;
    TxOut out;
    out.asset = f.params.pegged_asset;
    out.value = Amount{amount};
    out.script = to;
    order.tx.outputs.push_back(std::move(out));
    return order;
}

Amount paid_to(const Transaction& tx, const Script& script) {
    Amount sum;
    for (const TxOut& out : tx.outputs) sum.sat += out.script == script ? out.value.explicit_value().sat : 0;
    return sum;
}

BOOST_AUTO_TEST_CASE(no_payment_costs_more_than_the_limit) {
    Fixture f;
    WalletOptions options = f.options();
    options.max_fee = Amount{1000};
    f.open(options);
    BOOST_TEST(f.wallet->send({f.to(kStranger, kCoin)}, {"", 100'000}).error().message == kTooDear);
    FundOrder order = order_for(f, kStranger, kCoin);
    order.fee_rate = 100'000;
    BOOST_TEST(f.wallet->fund(order).error().message == kTooDear);
    BOOST_TEST(f.trusted() == kFree);
    BOOST_TEST(f.wallet->send({f.to(kStranger, kCoin)}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_rate_below_the_least_is_refused) {
    Fixture f;
    WalletOptions options = f.options();
    options.least_fee_rate = 1000;
    f.open(options);
    BOOST_TEST(f.wallet->send({f.to(kStranger, kCoin)}, {"", 999}).error().message ==
               "Fee rate (0.999 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB)");
    BOOST_TEST(f.wallet->send({f.to(kStranger, kCoin)}, {"", 1000}).has_value());
}

BOOST_AUTO_TEST_CASE(the_wallets_own_rate_holds_until_it_is_taken_back) {
    Funded funded;
    Fixture& f = funded.f;
    const auto fee = [&] { return f.wallet->fund(order_for(f, kStranger, kCoin)).value().fee.sat; };
    const int64_t usual = fee();
    f.wallet->set_fee_rate(10'000);
    BOOST_TEST(fee() >= 9 * usual);
    f.wallet->set_fee_rate(std::nullopt);
    BOOST_TEST(fee() == usual);
}

BOOST_AUTO_TEST_CASE(a_payment_that_waits_is_replaced_and_paid_once) {
    Funded funded;
    Fixture& f = funded.f;
    const int64_t before = f.trusted();
    const Txid first = f.wallet->send({f.to(kStranger, 5 * kCoin)}, {"rent", 1000, "landlord"}).value();
    const Bumped bumped = f.wallet->bump({first, 5000, {}, {}, {}}).value();
    BOOST_REQUIRE(bumped.txid.has_value());
    BOOST_TEST(bumped.fee.sat > bumped.old_fee.sat);
    const WalletTx& second = *f.wallet->ledger().find(*bumped.txid);
    const Transaction& old = f.wallet->ledger().find(first)->tx->tx;
    BOOST_TEST(fee_of(second.tx->tx) == bumped.fee.sat);
    BOOST_TEST(paid_to(second.tx->tx, kStranger).sat == 5 * kCoin);
    for (const TxIn& in : old.inputs) {
        BOOST_TEST(std::ranges::any_of(second.tx->tx.inputs, [&](const TxIn& i) { return i.prevout == in.prevout; }));
    }
    BOOST_TEST(second.comment == "rent");
    BOOST_TEST(second.comment_to == "landlord");
    BOOST_CHECK(second.replaces == first);
    BOOST_CHECK(f.wallet->ledger().find(first)->replaced_by == *bumped.txid);
    BOOST_TEST(f.wallet->bump({first, 9000, {}, {}, {}}).error().message ==
               "Cannot bump transaction " + to_display(first) + " which was already bumped by transaction " +
                   to_display(*bumped.txid));
    // The mempool keeps the second only; so does a restart.
    std::erase_if(f.chain.pool, [&](const TxRef& tx) { return tx->txid == first; });
    f.open();
    BOOST_CHECK(f.wallet->ledger().find(first)->replaced_by == *bumped.txid);
    BOOST_TEST(f.trusted() == before - 5 * kCoin - bumped.fee.sat);
    f.mine();
    BOOST_TEST(f.wallet->ledger().find(first)->conflicted);
    BOOST_TEST(f.wallet->bump({*bumped.txid, 9000, {}, {}, {}}).error().message ==
               "Transaction has been mined, or is conflicted with a mined transaction");
}

BOOST_AUTO_TEST_CASE(a_replacement_that_is_refused_leaves_the_first) {
    Funded funded;
    Fixture& f = funded.f;
    const Txid first = f.wallet->send({f.to(kStranger, 5 * kCoin)}, {}).value();
    f.chain.refusal = "insufficient fee, rejecting replacement";
    BOOST_TEST(f.wallet->bump({first, 5000, {}, {}, {}}).error().message == f.chain.refusal);
    BOOST_TEST(!f.wallet->ledger().find(first)->replaced_by.has_value());
    f.chain.refusal.clear();
    BOOST_TEST(f.wallet->bump({first, 500, {}, {}, {}}).error().message.starts_with("Insufficient total fee"));
    const Bumped drawn = f.wallet->bump({first, 5000, {}, {}, {}, false}).value();
    BOOST_TEST(!drawn.txid.has_value());
    BOOST_TEST(f.chain.pool.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_does_not_signal_replacement_is_not_replaced) {
    Funded funded;
    Fixture& f = funded.f;
    SendOptions options;
    options.replaceable = false;
    const Txid txid = f.wallet->send({f.to(kStranger, kCoin)}, options).value();
    BOOST_TEST(f.wallet->bump({txid, 5000, {}, {}, {}}).error().message == "Transaction is not BIP 125 replaceable");
}

BOOST_AUTO_TEST_CASE(what_left_the_mempool_is_not_built_upon) {
    Funded funded;
    Fixture& f = funded.f;
    (void)f.wallet->send({f.to(kStranger, kCoin)}, {}).value();
    BOOST_TEST(f.trusted() > 0);
    const auto dropped = std::exchange(f.chain.pool, {});
    BOOST_TEST(f.trusted() == 0);
    BOOST_TEST(f.wallet->send({f.to(kStranger, kCoin)}, {}).error().message == "Insufficient funds");
    f.wallet->rebroadcast();
    BOOST_TEST(f.trusted() > 0);
}

BOOST_AUTO_TEST_CASE(what_was_given_up_and_comes_again_spends_its_coins) {
    Funded funded;
    Fixture& f = funded.f;
    const int64_t before = f.trusted();
    const Txid txid = f.wallet->send({f.to(kStranger, kCoin)}, {}).value();
    const auto dropped = std::exchange(f.chain.pool, {});
    BOOST_REQUIRE(f.wallet->abandon(txid).has_value());
    BOOST_TEST(f.trusted() == before);
    f.chain.pool = dropped;
    BOOST_REQUIRE(f.wallet->transaction_added(dropped.front()).has_value());
    BOOST_TEST(!f.wallet->ledger().find(txid)->abandoned);
    BOOST_TEST(f.trusted() < before - kCoin);
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_not_kept_ends_with_the_wallet) {
    Funded funded;
    Fixture& f = funded.f;
    const OutPoint coin = f.wallet->unspent().at(0).outpoint;
    BOOST_REQUIRE(f.wallet->lock_coin(coin, true, false).has_value());
    BOOST_TEST(f.wallet->locked_coins().contains(coin));
    f.open();
    BOOST_TEST(!f.wallet->locked_coins().contains(coin));
}

BOOST_AUTO_TEST_CASE(change_of_a_payment_that_others_fund_too_is_not_trusted) {
    Funded funded;
    Fixture& f = funded.f;
    const Script ours = f.wallet->new_script("").value();
    Transaction tx = f.wallet->make(order_for(f, ours, kCoin), false).value().tx;
    TxIn stranger;
    stranger.prevout = {Txid::from_view(Bytes(32, 7)), 0};
    tx.inputs.push_back(stranger);
    f.chain.pool.push_back(make_tx(std::move(tx)));
    BOOST_REQUIRE(f.wallet->read_mempool().has_value());
    BOOST_TEST(f.trusted() == 0);
    BOOST_TEST(f.wallet->balances().pending[f.params.pegged_asset].sat > 0);
}

BOOST_AUTO_TEST_CASE(coins_are_chosen_as_the_caller_says) {
    Funded funded;
    Fixture& f = funded.f;
    FundOrder order = order_for(f, kStranger, kCoin);
    order.coins.any = false;
    BOOST_TEST(f.wallet->fund(order).error().message == "Insufficient funds");
    order.coins.any = true;
    order.coins.min_depth = 2;
    BOOST_TEST(f.wallet->fund(order).error().message == "Insufficient funds");
    order.coins.min_depth = 1;
    order.lock_coins = true;
    const auto done = f.wallet->fund(order).value();
    BOOST_TEST(f.wallet->locked_coins().contains(done.tx.inputs[0].prevout));
    order.lock_coins = false;
    BOOST_TEST(f.wallet->fund(order).error().message == "Insufficient funds");
}

BOOST_AUTO_TEST_CASE(change_to_a_stranger_is_hidden_for_the_stranger_or_not_at_all) {
    Fixture f;
    WalletOptions options = f.options();
    options.blinded_addresses = true;
    f.open(options);
    const Script ours = f.wallet->new_script("").value();
    BOOST_REQUIRE(f.wallet->send({{ours, f.params.pegged_asset, Amount{kFree}, true, f.wallet->receiver_key(ours)}}, {})
                      .has_value());
    f.mine();
    const PubKey theirs = SecretKey::generate().pubkey();
    const auto nonce_of_change = [&](const std::optional<PubKey>& key) {
        FundOrder order = order_for(f, ours, kCoin);
        order.change[f.params.pegged_asset] = {kStranger, key};
        const auto funded = f.wallet->fund(order).value();
        for (const TxOut& out : funded.tx.outputs) {
            if (out.script == kStranger) return out.nonce;
        }
        BOOST_FAIL("no change");
        return ConfidentialNonce{};
    };
    BOOST_TEST(!nonce_of_change(std::nullopt).bytes.has_value());
    const ConfidentialNonce nonce = nonce_of_change(theirs);
    BOOST_REQUIRE(nonce.bytes.has_value());
    BOOST_TEST(std::ranges::equal(nonce.bytes->view(), theirs.view()));
}

BOOST_AUTO_TEST_CASE(a_stranger_is_given_no_blinding_key_of_ours) {
    Fixture f;
    WalletOptions options = f.options();
    options.blinded_addresses = true;
    f.open(options);
    BOOST_REQUIRE(f.wallet->set_label(kStranger, "landlord").has_value());
    BOOST_TEST(!f.wallet->receiver_key(kStranger).has_value());
    BOOST_TEST(f.wallet->receiver_key(f.wallet->new_script("").value()).has_value());
}

BOOST_AUTO_TEST_CASE(a_range_of_blocks_is_read_again_and_nothing_is_unsaid) {
    Funded funded;
    Fixture& f = funded.f;
    const int64_t before = f.trusted();
    f.mine();
    BOOST_CHECK(f.wallet->rescan(0, 1).value() == 1U);
    BOOST_CHECK(f.wallet->rescan(2, 100).value() == 2U);
    BOOST_CHECK(f.wallet->rescan(5, 100).value() == std::nullopt);
    BOOST_TEST(f.trusted() == before);
    BOOST_TEST(f.wallet->best_block()->height == 2U);
}

BOOST_AUTO_TEST_CASE(a_record_keeps_what_was_said_and_for_whom_it_was_hidden) {
    WalletTx entry;
    entry.tx = make_tx(Transaction{});
    entry.comment = "why";
    const Bytes plain = encode_wallet_tx(entry);
    BOOST_TEST(decode_wallet_tx(plain).value().comment_to.empty());
    entry.comment_to = "who";
    entry.replaces = Txid::from_view(Bytes(32, 1));
    entry.receivers = {std::nullopt, SecretKey::generate().pubkey()};
    const WalletTx back = decode_wallet_tx(encode_wallet_tx(entry)).value();
    BOOST_TEST(back.comment_to == "who");
    BOOST_CHECK(back.replaces == entry.replaces);
    BOOST_CHECK(!back.replaced_by);
    BOOST_CHECK(back.receivers == entry.receivers);
    // Cut off anywhere it is damaged, but for the place where former versions ended.
    const Bytes whole = encode_wallet_tx(entry);
    for (size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST(decode_wallet_tx(ByteView(whole).first(size)).has_value() == (size == plain.size()));
    }
}

}  // namespace
}  // namespace sluice::wallet
