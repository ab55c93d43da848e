// Confidential money: what one wallet blinds the chain accepts and the other opens; amounts are conserved per asset;
// nothing is lost by a restart, a lock, a lost record or another key.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "codec/hex.h"
#include "fake_chain.h"
#include "proof_check.h"
#include "storage/memory_disk.h"
#include "wallet/unblind.h"
#include "wallet/wallet.h"

namespace sluice::wallet {
namespace {

constexpr int64_t kFree = 1'000 * kCoin;

ChainParams make_params() {
    Options options;
    options.add("initialfreecoins", std::to_string(kFree));
    options.add("anyonecanspendaremine", "1");
    return make_chain_params("elementsregtest", options).value();
}

struct Net {
    ChainParams params = make_params();
    test::FakeChain chain{params.genesis};
    SystemClock clock;
    AssetId bitcoin = params.pegged_asset;
};

struct User {
    Net& net;
    ChainParams params;  // only the first user takes what anybody may spend
    storage::MemoryDisk disk;
    std::string folder;
    bool blinded;
    std::unique_ptr<Wallet> wallet;

    User(Net& where, const std::string& name, bool with_free_coins, bool blinded_addresses = true)
        : net(where), params(where.params), blinded(blinded_addresses) {
        params.anyone_can_spend_are_mine = with_free_coins;
        folder = std::filesystem::temp_directory_path() / ("sluice-ct-" + name + "-" + std::to_string(::getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        open();
    }
    ~User() { std::filesystem::remove_all(folder); }
    void open() {
        wallet.reset();
        WalletOptions options;
        options.folder = folder;
        options.params = &params;
        options.policy_asset = params.pegged_asset;
        options.fee_rate = 100;
        options.blinded_addresses = blinded;
        wallet = std::move(Wallet::open(options, disk, net.chain, nullptr, net.clock).value());
        BOOST_REQUIRE(wallet->catch_up().has_value());
    }
    Wallet* operator->() { return wallet.get(); }
    int64_t has(const AssetId& asset) { return wallet->balances().trusted[asset].sat; }
    const Transaction& tx(const Txid& txid) { return wallet->ledger().find(txid)->tx->tx; }
    Recipient fresh(const AssetId& asset, int64_t amount, bool confidential = true) {
        const Script script = wallet->new_script("").value();
        Recipient to{script, asset, Amount{amount}};
        if (confidential) to.blinding_key = wallet->view_keys().pubkey_of(script);
        return to;
    }
};

// Mines what waits; everybody hears of it. Each transaction is checked as the chain would.
void mine(Net& net, std::initializer_list<User*> users) {
    std::map<Txid, TxRef> known;
    for (const TxRef& tx : net.params.genesis.transactions) known.emplace(tx->txid, tx);
    for (User* user : users) {
        for (const auto& [txid, entry] : user->wallet->ledger().all()) known.emplace(txid, entry.tx);
    }
    for (const TxRef& tx : net.chain.pool) {
        std::vector<TxOut> spent;
        for (const TxIn& in : tx->tx.inputs)
            spent.push_back(known.at(in.prevout.txid)->tx.outputs.at(in.prevout.index));
        BOOST_TEST(test::complaint(tx->tx, spent) == "");
        known.emplace(tx->txid, tx);
    }
    net.chain.mine_pool();
    for (User* user : users) BOOST_REQUIRE(user->wallet->catch_up().has_value());
}

int64_t fee_of(const Transaction& tx) {
    int64_t fee = 0;
    for (const TxOut& out : tx.outputs) fee += out.is_fee() ? out.value.explicit_value().sat : 0;
    return fee;
}

BOOST_AUTO_TEST_CASE(a_confidential_payment_is_hidden_and_opens_for_both) {
    Net net;
    User alice(net, "alice", true);
    User bob(net, "bob", false);
    const Txid txid = alice->send({bob.fresh(net.bitcoin, 5 * kCoin)}, {}).value();
    const Transaction& tx = alice.tx(txid);
    for (const TxOut& out : tx.outputs)
        BOOST_TEST((out.is_fee() || (out.value.is_commitment() && out.asset.is_commitment())));
    // The fee that was put aside before blinding covers what it became.
    const TxRef sent = alice->ledger().find(txid)->tx;
    BOOST_TEST(fee_of(tx) * 40 >= static_cast<int64_t>(sent->weight()));
    BOOST_TEST(fee_of(tx) * 40 < static_cast<int64_t>(sent->weight()) + 400);
    BOOST_REQUIRE(bob->transaction_added(sent).has_value());
    BOOST_TEST(bob->balances().pending[net.bitcoin].sat == 5 * kCoin);
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == 5 * kCoin);
    BOOST_TEST(alice.has(net.bitcoin) == kFree - 5 * kCoin - fee_of(tx));

    // Back, in the open, from a confidential coin: change or a dummy balances.
    const Txid back = bob->send({alice.fresh(net.bitcoin, 2 * kCoin, false)}, {}).value();
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == 3 * kCoin - fee_of(bob.tx(back)));

    // All of it, to a plain address: nothing is left to hide behind but a zero output.
    const int64_t rest = bob.has(net.bitcoin);
    Recipient all = alice.fresh(net.bitcoin, rest, false);
    all.subtract_fee = true;
    const Txid last = bob->send({all}, {}).value();
    BOOST_TEST(bob.tx(last).outputs.size() == 3U);
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == 0);
}

BOOST_AUTO_TEST_CASE(a_restart_a_passphrase_and_a_rescan_keep_what_was_opened) {
    Net net;
    User alice(net, "alice", true);
    User bob(net, "bob", false);
    (void)alice->send({bob.fresh(net.bitcoin, 5 * kCoin)}, {}).value();
    mine(net, {&alice, &bob});
    const auto before = bob->unspent();
    BOOST_REQUIRE(bob->encrypt("pass").has_value());
    bob.disk.restart(0);
    bob.open();
    BOOST_TEST(bob->locked());
    BOOST_REQUIRE(bob->unspent().size() == 1U);
    BOOST_TEST((bob->unspent()[0].opened == before[0].opened));
    // A locked wallet sees what comes in, and spends nothing.
    (void)alice->send({bob.fresh(net.bitcoin, kCoin)}, {}).value();
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == 6 * kCoin);
    BOOST_TEST(!bob->send({alice.fresh(net.bitcoin, kCoin)}, {}).has_value());
    BOOST_REQUIRE(bob->rescan(0, UINT32_MAX).has_value());
    BOOST_TEST(bob.has(net.bitcoin) == 6 * kCoin);
}

BOOST_AUTO_TEST_CASE(amounts_are_not_in_the_database_in_the_open) {
    Net net;
    User alice(net, "alice", true);
    User bob(net, "bob", false);
    constexpr int64_t kOdd = 123'456'789;
    (void)alice->send({bob.fresh(net.bitcoin, kOdd)}, {}).value();
    mine(net, {&alice, &bob});
    const WalletCoin coin = bob->unspent().at(0);
    bob.wallet.reset();
    auto db = bob.disk.open_db("wallet", {}).value();
    const Bytes plain = encode_opened(coin.opened);
    bool found = false;
    const auto it = db->iterate();
    for (it->seek({}); it->valid(); it->next()) {
        const ByteView value = it->value();
        const auto holds = [&](ByteView part) {
            return std::search(value.begin(), value.end(), part.begin(), part.end()) != value.end();
        };
        found = found || holds(coin.opened.value_blind.view()) || holds(ByteView(plain).subspan(32, 8));
    }
    BOOST_TEST(!found);
}

BOOST_AUTO_TEST_CASE(an_asset_is_issued_sent_reissued_and_burnt) {
    for (const bool blind : {true, false}) {
        Net net;
        User alice(net, "alice", true);
        User bob(net, "bob", false);
        const Issued gold = alice->issue({Amount{1'000 * kCoin}, Amount{2}, blind, {}}).value();
        BOOST_TEST(alice.tx(gold.txid).inputs[0].issuance.amount.is_commitment() == blind);
        mine(net, {&alice, &bob});
        BOOST_TEST(alice.has(gold.asset) == 1'000 * kCoin);
        BOOST_TEST(alice.has(gold.token) == 2);
        const Txid sent = alice->send({bob.fresh(gold.asset, 10 * kCoin), bob.fresh(net.bitcoin, kCoin)}, {}).value();
        mine(net, {&alice, &bob});
        BOOST_TEST(bob.has(gold.asset) == 10 * kCoin);
        BOOST_TEST(alice->ledger().find(sent)->block.has_value());
        BOOST_TEST(!bob->reissue(gold.asset, Amount{1}).has_value());

        const Issued more = alice->reissue(gold.asset, Amount{5 * kCoin}).value();
        mine(net, {&alice, &bob});
        BOOST_TEST((more.asset == gold.asset));
        BOOST_TEST(alice.has(gold.asset) == 995 * kCoin);
        BOOST_TEST(alice.has(gold.token) == 2);
        BOOST_TEST(alice->ledger().issued(more.txid, 0, AmountPart::kIssued)->value.sat == 5 * kCoin);
        BOOST_TEST(alice->reissue(gold.token, Amount{1}).error().message ==
                   "Asset given is a reissuance token type and can not be reissued.");

        (void)bob->send({{Script{{0x6a}}, gold.asset, Amount{4 * kCoin}}}, {}).value();
        mine(net, {&alice, &bob});
        BOOST_TEST(bob.has(gold.asset) == 6 * kCoin);
        alice.open();
        BOOST_TEST(alice.has(gold.asset) == 995 * kCoin);
        BOOST_TEST(alice->ledger().issued(gold.txid, 0, AmountPart::kTokens)->value.sat == 2);
    }
}

BOOST_AUTO_TEST_CASE(one_confidential_output_alone_gets_company) {
    Net net;
    User alice(net, "alice", true, false);  // plain addresses and change
    User bob(net, "bob", false);
    const Txid txid = alice->send({bob.fresh(net.bitcoin, kCoin)}, {}).value();
    const auto& outputs = alice.tx(txid).outputs;
    BOOST_TEST(std::ranges::count_if(outputs, [](const TxOut& out) { return out.value.is_commitment(); }) == 2);
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == kCoin);
    // In the open to the open stays so.
    const Txid plain = alice->send({bob.fresh(net.bitcoin, kCoin, false)}, {}).value();
    for (const TxOut& out : alice.tx(plain).outputs) BOOST_TEST(out.is_explicit());
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == 2 * kCoin);
}

BOOST_AUTO_TEST_CASE(an_imported_key_finds_coins_at_once) {
    Net net;
    User alice(net, "alice", true);
    User bob(net, "bob", false);
    // Paid to bob's script for a key that his wallet does not derive.
    const SecretKey other = SecretKey::generate();
    const Script script = bob->new_script("").value();
    (void)alice->send({{script, net.bitcoin, Amount{kCoin}, false, other.pubkey()}}, {}).value();
    mine(net, {&alice, &bob});
    BOOST_TEST(bob.has(net.bitcoin) == 0);
    BOOST_REQUIRE(bob->import_blinding_key(script, other.clone()).has_value());
    BOOST_TEST(bob.has(net.bitcoin) == kCoin);
    bob.open();
    BOOST_TEST(bob.has(net.bitcoin) == kCoin);
    BOOST_TEST((bob->view_keys().pubkey_of(script) == other.pubkey()));
}

BOOST_AUTO_TEST_CASE(a_refused_confidential_payment_leaves_no_trace) {
    Net net;
    User alice(net, "alice", true);
    User bob(net, "bob", false);
    net.chain.refusal = "bad-txns-in-ne-out";
    BOOST_TEST(alice->send({bob.fresh(net.bitcoin, kCoin)}, {}).error().message == "bad-txns-in-ne-out");
    BOOST_TEST(alice.has(net.bitcoin) == kFree);
    net.chain.refusal.clear();
    alice.open();
    BOOST_TEST(alice.has(net.bitcoin) == kFree);
}

BOOST_AUTO_TEST_CASE(locked_coins_are_not_chosen) {
    Net net;
    User alice(net, "alice", true);
    const OutPoint coin = alice->unspent().at(0).outpoint;
    BOOST_REQUIRE(alice->lock_coin(coin, true).has_value());
    alice.open();
    BOOST_TEST(alice->locked_coins().contains(coin));
    BOOST_TEST(alice->send({alice.fresh(net.bitcoin, kCoin)}, {}).error().message == "Insufficient funds");
    BOOST_REQUIRE(alice->lock_coin(coin, false).has_value());
    BOOST_TEST(alice->send({alice.fresh(net.bitcoin, kCoin)}, {}).has_value());
}

// After a reorganisation both sides of a double spend may wait; their outputs to us must not both count.
BOOST_AUTO_TEST_CASE(two_rivals_that_wait_count_once) {
    Net net;
    User alice(net, "alice", true);
    const Txid first = alice->send({alice.fresh(net.bitcoin, 3 * kCoin)}, {}).value();
    const Transaction one = alice.tx(first);
    net.chain.pool.clear();
    // The same coin, all of it to another address of ours, confirmed elsewhere.
    Transaction other;
    other.inputs = {one.inputs[0]};
    TxOut out;
    out.asset = net.bitcoin;
    out.value = Amount{kFree - 1000};
    out.script = alice->new_script("").value();
    TxOut fee = out;
    fee.script = {};
    fee.value = Amount{1000};
    other.outputs = {out, fee};
    const TxRef rival = make_tx(other);
    net.chain.mine({rival});
    BOOST_REQUIRE(alice->catch_up().has_value());
    BOOST_TEST(alice.has(net.bitcoin) == kFree - 1000);
    net.chain.pop(1);
    net.chain.mine({});
    BOOST_REQUIRE(alice->catch_up().has_value());
    // Neither is in the mempool: neither counts. Then the mempool has the rival.
    BOOST_TEST(alice.has(net.bitcoin) == 0);
    net.chain.pool = {rival};
    BOOST_TEST(alice.has(net.bitcoin) == kFree - 1000);
    BOOST_REQUIRE(alice->abandon(first).has_value());
    BOOST_TEST(alice.has(net.bitcoin) == kFree - 1000);
}

BOOST_AUTO_TEST_CASE(a_begun_transaction_is_funded_as_it_stands) {
    Net net;
    User alice(net, "alice", true);
    User bob(net, "bob", false);
    FundOrder order;
    const Recipient to = bob.fresh(net.bitcoin, 7 * kCoin);
    TxOut out;
    out.asset = net.bitcoin;
    out.value = to.amount;
    out.script = to.script;
    out.nonce.bytes = NonceBytes::from_view(to.blinding_key->view());
    order.tx.outputs = {out};
    order.change_position = 0;
    order.lock_coins = true;
    const Funded funded = alice->fund(order).value();
    BOOST_REQUIRE(funded.tx.outputs.size() == 3U);
    BOOST_TEST(funded.change_position == 0);
    BOOST_TEST((funded.tx.outputs[1] == out));
    BOOST_TEST(funded.tx.outputs[2].is_fee());
    BOOST_TEST(funded.fee.sat == funded.tx.outputs[2].value.explicit_value().sat);
    BOOST_TEST(alice->locked_coins().contains(funded.tx.inputs[0].prevout));
}

BOOST_AUTO_TEST_CASE(blinding_refuses_what_it_cannot_hide) {
    Net net;
    const SecretKey key = SecretKey::generate();
    Transaction tx;
    tx.inputs.resize(1);
    TxOut out;
    out.asset = net.bitcoin;
    out.value = Amount{5};
    out.script = Script{{0x51}};
    tx.outputs = {out, out};
    BlindRequest request;
    request.inputs = {{Opened{net.bitcoin, Amount{10}, {}, {}}, {}}};
    request.receivers = {key.pubkey(), std::nullopt};
    BOOST_TEST(blind_transaction(tx, request).error().message.find("Add another output") != std::string::npos);
    request.receivers = {key.pubkey(), key.pubkey()};
    BOOST_TEST(blind_transaction(tx, request).has_value());
    AssetId other = net.bitcoin;
    other.bytes[0] ^= 1;
    tx.outputs[1].asset = other;
    BOOST_TEST(blind_transaction(tx, request).error().message.find("each asset type") != std::string::npos);
    tx.outputs[1].asset = net.bitcoin;
    request.inputs[0].opened->value_blind = BlindBytes::from_view(Bytes(32, 0xff));
    BOOST_TEST(!blind_transaction(tx, request).has_value());
    // Sizes told in advance are the sizes.
    request.inputs[0].opened->value_blind = {};
    const auto blinded = blind_transaction(tx, request).value();
    const TxOut sized = blinded_size_of(out, 1, {});
    BOOST_TEST(sized.witness.rangeproof.size() == blinded.tx.outputs[0].witness.rangeproof.size());
    BOOST_TEST(sized.witness.surjection_proof.size() == blinded.tx.outputs[0].witness.surjection_proof.size());
}

}  // namespace
}  // namespace sluice::wallet
