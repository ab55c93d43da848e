// What a signer gets to sign: valid blocks, laid out as asked, with what pays most.
#include "assembly/assemble.h"

#include "assembly/select.h"
#include "consensus/script/templates.h"
#include "mempool/chain_tip.h"
#include "support/deposit_maker.h"
#include "unit/chain/chain_fixture.h"

using namespace sluice;
using test::free_coins;
using test::output_of;
using test::split;

namespace {

struct Assembling {
    ChainParams params;
    storage::MemoryDisk disk;
    SystemClock clock;
    runtime::WorkerPool workers{2};
    std::unique_ptr<chain::ChainState> chain;
    std::unique_ptr<mempool::ChainTipSource> tips;
    std::unique_ptr<mempool::Mempool> pool;

    void start(std::initializer_list<std::pair<const char*, const char*>> list) {
        Options options;
        for (const auto& [name, value] : list) options.add(name, value);
        options.add("initialfreecoins", "2100000000000000");
        auto made = make_chain_params("assembling", options);
        BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().message));
        params = std::move(*made);
        clock.set_mock_time(1'700'000'000);
        chain = chain::ChainState::open({disk, params, clock, workers}, {}).value();
        tips = std::make_unique<mempool::ChainTipSource>(*chain, false);
        pool = std::make_unique<mempool::Mempool>(params, mempool::PolicyOptions{}, clock, *tips);
        chain->add_listener([this](const chain::ChainEvent& event) { pool->on_chain_event(event); });
        BOOST_REQUIRE(chain->start().has_value());
    }
    [[nodiscard]] assembly::BlockRequest request() const {
        assembly::BlockRequest out;
        out.time = static_cast<uint32_t>(clock.unix_time());
        return out;
    }
    std::shared_ptr<Block> make(const assembly::BlockRequest& how) {
        auto block = assembly::new_block(*chain, *pool, *tips, how);
        BOOST_REQUIRE_MESSAGE(block.has_value(), (block ? std::string() : block.error().message));
        return *block;
    }
    void connect(const std::shared_ptr<Block>& block) {
        assembly::seal_if_open(block->header);
        BOOST_REQUIRE(chain->accept_block(block).bip22().value_or("accepted") == "accepted");
    }
    TxRef enter(TxRef tx) {
        const auto answer = pool->accept(tx);
        BOOST_REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error().reason));
        return tx;
    }
    [[nodiscard]] TxRef pay(const test::OpenCoin& from, int64_t fee) const {
        Transaction tx = split(params, from, 1)->tx;
        tx.outputs[0].value = Amount{from.value - fee};
        tx.outputs[1].value = Amount{fee};
        return make_tx(std::move(tx));
    }
};

constexpr std::pair<const char*, const char*> kLegacy = {"evbparams", "dynafed:-2:::"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_block_burns_nothing_and_says_what_it_is_told, Assembling) {
    start({kLegacy});
    assembly::BlockRequest how = request();
    how.commitments = {script::make_null_data({Bytes(36, 7)}), script::make_null_data({Bytes(300, 8)})};
    const auto block = make(how);
    const std::vector<TxOut>& outputs = block->transactions[0]->tx.outputs;
    BOOST_REQUIRE(outputs.size() == 4U);
    BOOST_TEST((outputs[0].script == how.commitments[0]));
    BOOST_TEST((outputs[1].script == how.commitments[1]));
    BOOST_TEST((outputs[2].script == Script{{0x6a}}));
    BOOST_TEST(to_hex(outputs[3].script.view()).starts_with("6a24aa21a9ed"));
    for (const TxOut& out : outputs) BOOST_TEST((out.value == ConfidentialValue(Amount{0})));
    BOOST_TEST(block->header.time == 1'700'000'000U);
    connect(block);
}

BOOST_FIXTURE_TEST_CASE(fees_go_where_they_are_sent, Assembling) {
    start({kLegacy});
    const TxRef tx = enter(pay(free_coins(params), 1234));
    assembly::BlockRequest burnt = request();
    const auto unclaimed = make(burnt);
    BOOST_TEST((unclaimed->transactions[0]->tx.outputs[0].value == ConfidentialValue(Amount{0})));
    assembly::BlockRequest paid = request();
    paid.fee_destination.bytes = {0x51};
    const auto block = make(paid);
    BOOST_TEST((block->transactions[0]->tx.outputs[0].value == ConfidentialValue(Amount{1234})));
    BOOST_REQUIRE(block->transactions.size() == 2U);
    BOOST_TEST((block->transactions[1]->txid == tx->txid));
    connect(block);
    pool->follow();
    BOOST_TEST(pool->entries().empty());
}

// Whatever the pool holds, there is a block: fees that together leave the range of money do not go into the same one.
BOOST_FIXTURE_TEST_CASE(fees_of_a_block_stay_in_the_range_of_money, Assembling) {
    start({kLegacy});
    const TxRef parts = enter(split(params, free_coins(params), 3));
    connect(make(request()));
    const TxRef much = enter(pay(output_of(parts, 0), 9000));
    const TxRef little = enter(pay(output_of(parts, 1), 700));
    assembly::SelectLimits limits;
    limits.reward = {{params.policy_asset, Amount{kMaxMoney.sat - 800}}};
    const auto chosen = assembly::select(*pool, limits);
    BOOST_REQUIRE(chosen.size() == 1U);
    BOOST_TEST((chosen[0]->tx->txid == little->txid));
    limits.reward.clear();
    BOOST_TEST(assembly::select(*pool, limits).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_pays_most_goes_first_with_what_it_needs, Assembling) {
    start({kLegacy});
    const TxRef parts = enter(split(params, free_coins(params), 6));
    connect(make(request()));
    const TxRef poor = enter(pay(output_of(parts, 0), 100));
    const TxRef rich_child = enter(pay(output_of(poor, 0), 20'000));
    const TxRef middle = enter(pay(output_of(parts, 1), 5000));
    const auto block = make(request());
    BOOST_REQUIRE(block->transactions.size() == 4U);
    BOOST_TEST((block->transactions[1]->txid == poor->txid));
    BOOST_TEST((block->transactions[2]->txid == rich_child->txid));
    BOOST_TEST((block->transactions[3]->txid == middle->txid));

    // Room for one package only.
    assembly::BlockRequest tight = request();
    const size_t empty = [&] {
        assembly::BlockRequest none = request();
        none.may_go = [](const mempool::Entry&) { return false; };
        return block_size(*make(none)).weight();
    }();
    tight.max_weight = empty + 4 * params.max_block_signature_size + 32 + 2 * poor->weight();
    BOOST_TEST(make(tight)->transactions.size() == 3U);
    tight.max_weight -= 1;
    const auto small = make(tight);
    BOOST_REQUIRE(small->transactions.size() == 2U);
    BOOST_TEST((small->transactions[1]->txid == middle->txid));

    assembly::BlockRequest choosy = request();
    choosy.may_go = [&](const mempool::Entry& entry) { return entry.tx->txid != poor->txid; };
    const auto chosen = make(choosy);
    BOOST_REQUIRE(chosen->transactions.size() == 2U);
    BOOST_TEST((chosen->transactions[1]->txid == middle->txid));
}

BOOST_FIXTURE_TEST_CASE(young_transactions_may_wait, Assembling) {
    start({kLegacy});
    enter(pay(free_coins(params), 1000));
    const auto at_once = assembly::getnewblock_request(params, {}, {}, clock.unix_time(), 0);
    const auto later = assembly::getnewblock_request(params, {}, {}, clock.unix_time(), 10);
    BOOST_TEST(make(at_once)->transactions.size() == 2U);
    BOOST_TEST(make(later)->transactions.size() == 1U);
    clock.set_mock_time(clock.unix_time() + 10);
    BOOST_TEST(make(assembly::getnewblock_request(params, {}, {}, clock.unix_time(), 10))->transactions.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_dynafed_chain_that_anybody_may_sign_generates, Assembling) {
    start({});
    BOOST_TEST(assembly::generate(*chain, *pool, *tips, clock, 12, Script{{0x51}}).value().size() == 12U);
    BOOST_TEST(chain->reader().tip().height == 12U);
    const auto header = chain->reader().header(chain->reader().tip().hash).value();
    BOOST_TEST(header->is_dynafed());

    // A vote for other parameters.
    assembly::BlockRequest vote = request();
    vote.proposed = assembly::make_proposal(script::p2wsh_of(Script{{0x51}}), 99, Script{{0x52}}, {});
    const auto block = make(vote);
    BOOST_TEST((block->header.dynafed().proposed == vote.proposed));
    connect(block);
    assembly::BlockRequest wrong = request();
    wrong.proposed = vote.proposed;
    wrong.proposed.signblockscript.bytes = {0x51};
    BOOST_TEST(!assembly::new_block(*chain, *pool, *tips, wrong).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_chain_with_signers_does_not_generate, Assembling) {
    start({kLegacy, {"signblockscript", "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae"}});
    BOOST_TEST(!assembly::generate(*chain, *pool, *tips, clock, 1, Script{{0x51}}).has_value());
    assembly::BlockRequest vote = request();
    vote.proposed = assembly::make_proposal(script::p2wsh_of(Script{{0x51}}), 99, Script{{0x52}}, {});
    BOOST_TEST(!assembly::new_block(*chain, *pool, *tips, vote).has_value());
}

// The pool took it when it was deep enough; the parent chain, as the chain state knows it, no longer bears it out.
BOOST_FIXTURE_TEST_CASE(a_claim_that_is_not_deep_does_not_stop_the_chain, Assembling) {
    start({kLegacy, {"fedpegscript", "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae"}});
    const Amount value{100'000};
    const auto deposit = test::make_deposit(params, test::first_fedpeg(params), value, Script{{0x51}});
    Transaction claim = test::claim_of(params, deposit, value)->tx;
    claim.outputs[0].value = Amount{90'000};
    claim.outputs[1].value = Amount{10'000};
    enter(make_tx(std::move(claim)));
    const TxRef other = enter(pay(free_coins(params), 1000));
    const auto block = make(request());
    BOOST_REQUIRE(block->transactions.size() == 2U);
    BOOST_TEST((block->transactions[1]->txid == other->txid));
    connect(block);
}

// A tip with a coin more than the chain has.
class Credulous final : public mempool::TipSource, public rules::CoinView {
public:
    Credulous(mempool::TipSource& below, OutPoint outpoint, rules::Coin coin)
        : below_(below), outpoint_(outpoint), coin_(std::move(coin)) {}
    std::optional<Error> with_tip(const std::function<void(const mempool::Tip&)>& use) override {
        return below_.with_tip([&](const mempool::Tip& tip) {
            coins_ = &tip.coins;
            use({tip.headers, *this, tip.version_bits, tip.parent, tip.judge_pegin_depth, tip.proofs});
        });
    }
    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override {
        return outpoint == outpoint_ ? std::optional(coin_) : coins_->get(outpoint);
    }
    [[nodiscard]] bool pegin_spent(const rules::PeginId& pegin) const override { return coins_->pegin_spent(pegin); }

private:
    mempool::TipSource& below_;
    const OutPoint outpoint_;
    const rules::Coin coin_;
    const rules::CoinView* coins_ = nullptr;
};

// Should the pool ever hold what no block may, the others are not kept waiting.
BOOST_FIXTURE_TEST_CASE(a_transaction_that_no_block_takes_stays_out_alone, Assembling) {
    start({kLegacy});
    const test::OpenCoin nowhere{{Txid::from(Hash256{}), 5}, 1'000'000};
    const TxRef good = pay(free_coins(params), 1000);
    Credulous credulous(*tips, nowhere.outpoint, {pay(nowhere, 0)->tx.outputs[0], 0, false});
    mempool::Mempool own(params, mempool::PolicyOptions{}, clock, credulous);
    const TxRef bad = pay(nowhere, 50'000);
    BOOST_REQUIRE(own.accept(bad).has_value());
    BOOST_REQUIRE(own.accept(pay(output_of(bad, 0), 60'000)).has_value());
    BOOST_REQUIRE(own.accept(good).has_value());
    const auto block = assembly::new_block(*chain, own, credulous, request());
    BOOST_REQUIRE(block.has_value());
    BOOST_REQUIRE((*block)->transactions.size() == 2U);
    BOOST_TEST(((*block)->transactions[1]->txid == good->txid));
}

BOOST_FIXTURE_TEST_CASE(a_mandatory_destination_is_paid, Assembling) {
    start({kLegacy, {"con_mandatorycoinbase", "5151"}});
    enter(pay(free_coins(params), 77'000));
    const auto block = make(request());
    BOOST_TEST((block->transactions[0]->tx.outputs[0].script == Script{{0x51, 0x51}}));
    BOOST_TEST((block->transactions[0]->tx.outputs[0].value == ConfidentialValue(Amount{77'000})));
}

BOOST_FIXTURE_TEST_CASE(commitments_beyond_a_block_are_refused, Assembling) {
    start({kLegacy});
    assembly::BlockRequest how = request();
    how.commitments = {script::make_null_data({Bytes(1'000'000, 1)})};
    BOOST_TEST(!assembly::new_block(*chain, *pool, *tips, how).has_value());
}
