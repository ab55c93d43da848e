// What users of the pool see: what enters, why not, what leaves when the chain moves.
#include "consensus/script/templates.h"
#include "peg/proof/pegout.h"
#include "unit/mempool/pool_fixture.h"

using namespace sluice;
using test::output_of;
using test::Pooled;

BOOST_FIXTURE_TEST_CASE(a_good_transaction_enters_once, Pooled) {
    const TxRef tx = spend(coin(0));
    const auto tested = pool->test_accept(tx);
    BOOST_REQUIRE(tested.has_value());
    BOOST_TEST(tested->fee.sat == 1000);
    BOOST_TEST(tested->vsize == (tx->weight() + 3) / 4);
    BOOST_TEST(pool->find(tx->txid) == nullptr);
    BOOST_TEST(enter(tx) == "");
    BOOST_TEST(pool->find(tx->txid) != nullptr);
    BOOST_TEST(pool->find(tx->wtxid) != nullptr);
    BOOST_TEST((pool->spender(tx->tx.inputs[0].prevout) == tx->txid));
    BOOST_TEST(enter(tx) == "txn-already-in-mempool");
    BOOST_TEST(events_text() == "+ ");
    const mempool::PoolInfo info = pool->info();
    BOOST_TEST(info.count == 1U);
    BOOST_TEST(info.fees.sat == 1000);
}

BOOST_FIXTURE_TEST_CASE(reasons_are_the_references, Pooled) {
    BOOST_TEST(enter(spend({{Txid{}, 3}, 5000})) == "missing-inputs");
    BOOST_TEST(enter(coins) == "txn-already-known");
    BOOST_TEST(enter(spend(coin(0), {.fee = 0})) == "min relay fee not met");
    BOOST_TEST(enter(spend(coin(0), {.opcode = 0x52})) == "scriptpubkey");
    BOOST_TEST(enter(spend(coin(0), {.sequence = 0, .lock_time = 100})) == "non-final");
    BOOST_TEST(enter(spend(coin(0), {.sequence = 5})) == "non-BIP68-final");
    BOOST_TEST(enter(chain->reader().block(chain->reader().tip().hash).value()->transactions[0]) == "coinbase");
    Transaction changed = spend(coin(0))->tx;
    changed.outputs[0].value = Amount{1'000'000};
    BOOST_TEST(enter(make_tx(changed)) == "bad-txns-in-ne-out");
    changed = spend(coin(0))->tx;
    changed.version = 4;
    BOOST_TEST(enter(make_tx(changed)) == "version");
    changed = spend(coin(0))->tx;
    changed.inputs[0].script_sig.bytes = {0x61};
    BOOST_TEST(enter(make_tx(changed)) == "scriptsig-not-pushonly");
    changed.inputs[0].script_sig.bytes = {0x55};
    BOOST_TEST(enter(make_tx(changed)) ==
               "non-mandatory-script-verify-flag (Stack size must be exactly one after execution)");
    changed.inputs[0].script_sig.bytes.assign(1651, 0);
    BOOST_TEST(enter(make_tx(changed)) == "scriptsig-size");
    changed = spend(coin(0))->tx;
    changed.inputs[0].witness.pegin_witness = {Bytes{1}};
    BOOST_TEST(enter(make_tx(changed)) == "extra-pegin-witness");
    changed = spend(coin(0))->tx;
    changed.inputs[0].is_pegin = true;
    BOOST_TEST(enter(make_tx(changed)) == "pegin-no-witness");
    BOOST_TEST(pool->test_accept(make_tx(changed)).error().detail == "no peg-in witness attached");
    changed = spend(coin(0))->tx;
    TxOut data = changed.outputs[0];
    data.value = Amount{0};
    data.script.bytes = {0x6a};
    changed.outputs.push_back(data);
    BOOST_TEST(enter(make_tx(changed)) == "");
    changed.inputs[0].prevout = coin(1).outpoint;
    changed.outputs.push_back(data);
    BOOST_TEST(enter(make_tx(changed)) == "multi-op-return");
    changed.outputs.pop_back();
    changed.outputs.back().script.bytes.resize(84);
    BOOST_TEST(enter(make_tx(changed)) == "scriptpubkey");
}

// elementsd takes it (28.99), and makes no block from then on.
BOOST_FIXTURE_TEST_CASE(the_fee_of_a_waiting_transaction_is_no_coin, Pooled) {
    const TxRef parent = spend(coin(0));
    BOOST_REQUIRE(enter(parent) == "");
    const auto fee = std::ranges::find_if(parent->tx.outputs, &TxOut::is_fee) - parent->tx.outputs.begin();
    Transaction child = spend(output_of(parent, 0))->tx;
    child.inputs.emplace_back();
    child.inputs[1].prevout = {parent->txid, static_cast<uint32_t>(fee)};
    child.inputs[1].script_sig.bytes = {0x51};
    child.outputs.back().value = Amount{2000};
    BOOST_TEST(enter(make_tx(child)) == "missing-inputs");
    child.inputs.pop_back();
    child.outputs.back().value = Amount{1000};
    BOOST_TEST(enter(make_tx(child)) == "");
}

BOOST_FIXTURE_TEST_CASE(a_claim_enters_when_it_is_deep_enough, Pooled) {
    struct View final : peg::ParentView {
        parent::ParentBlockHash hash;
        uint32_t depth = 0;
        [[nodiscard]] std::optional<peg::ParentBlockStatus> find(const parent::ParentBlockHash& block) const override {
            return block == hash ? std::optional(peg::ParentBlockStatus{depth, 3}) : std::nullopt;
        }
    };
    tips = std::make_unique<mempool::ChainTipSource>(*chain, true);
    use_policy({});
    const Amount value{100'000};
    const auto deposit = test::make_deposit(params, test::first_fedpeg(params), value, Script{{0x51}});
    Transaction tx = test::claim_of(params, deposit, value)->tx;
    tx.outputs[0].value = Amount{90'000};
    tx.outputs[1].value = Amount{10'000};
    const TxRef claim = make_tx(std::move(tx));
    BOOST_TEST(enter(claim) == "bad-pegin-witness");
    const auto view = std::make_shared<View>();
    view->hash = deposit.block;
    view->depth = 7;
    BOOST_REQUIRE(chain->set_parent_view(view).has_value());
    BOOST_TEST(enter(claim) == "bad-pegin-witness");
    view->depth = 8;
    BOOST_TEST(enter(claim) == "");
    BOOST_TEST(pool->find(claim->txid)->pegins.size() == 1U);
    // Another claim of the same deposit contradicts it; after the first is mined, it is refused for good.
    Transaction other = claim->tx;
    other.outputs[0].value = Amount{80'000};
    other.outputs[1].value = Amount{20'000};
    BOOST_TEST(enter(make_tx(other)) == "txn-mempool-conflict");
    auto mined = std::make_shared<Block>(*block_on(tip_header(), {}));
    mined->transactions.push_back(claim);
    Transaction coinbase = mined->transactions[0]->tx;
    coinbase.outputs.push_back(coinbase.outputs[0]);
    coinbase.outputs.back().script = rules::witness_commitment_script({}, Bytes(32, 0));
    coinbase.inputs[0].witness.script_witness = {Bytes(32, 0)};
    mined->transactions[0] = make_tx(coinbase);
    coinbase.outputs.back().script = rules::witness_commitment_script(mined->transactions, Bytes(32, 0));
    mined->transactions[0] = make_tx(coinbase);
    mined->header.merkle_root = tx_merkle_root(mined->transactions).root;
    BOOST_TEST(give(mined) == "accepted");
    BOOST_TEST(enter(make_tx(other)) == "pegin-already-claimed");
    BOOST_TEST(pool->entries().empty());
}

BOOST_FIXTURE_TEST_CASE(chains_of_transactions_are_bounded, Pooled) {
    test::OpenCoin at = coin(0);
    for (int i = 0; i < 25; ++i) {
        const TxRef tx = spend(at);
        BOOST_REQUIRE(enter(tx) == "");
        at = output_of(tx, 0);
    }
    BOOST_TEST(enter(spend(at)) == "too-long-mempool-chain");
    const Txid first = *pool->spender(coin(0).outpoint);
    BOOST_TEST(pool->descendants(first).count() == 25U);
    BOOST_TEST(pool->ancestors(at.outpoint.txid).count() == 25U);
    BOOST_TEST(pool->ancestors(at.outpoint.txid).modified_fees.sat == 25'000);
}

BOOST_FIXTURE_TEST_CASE(replacement_pays_for_itself, Pooled) {
    const TxRef first = spend(coin(0), {.sequence = 0xfffffffd});
    const TxRef child = spend(output_of(first, 0));
    BOOST_REQUIRE(enter(first) == "");
    BOOST_REQUIRE(enter(child) == "");
    BOOST_TEST(pool->is_replaceable(child->txid));
    BOOST_TEST(enter(spend(coin(0), {.fee = 999})) == "insufficient fee");
    BOOST_TEST(enter(spend(coin(0), {.fee = 2001})) == "insufficient fee");  // more than both, but not enough more
    const TxRef second = spend(coin(0), {.fee = 2500});
    events.clear();
    BOOST_TEST(enter(second) == "");
    BOOST_TEST(events_text() == "-replaced -replaced + ");
    BOOST_TEST(pool->entries().size() == 1U);
    BOOST_TEST(enter(spend(coin(0), {.fee = 9000})) ==
               "txn-mempool-conflict");  // it did not say that it may be replaced
}

BOOST_FIXTURE_TEST_CASE(blocks_take_and_contradict, Pooled) {
    const TxRef mined = spend(coin(0));
    const TxRef child = spend(output_of(mined, 0));
    const TxRef doomed = spend(coin(1));
    const TxRef orphaned = spend(output_of(doomed, 0));
    for (const TxRef& tx : {mined, child, doomed, orphaned}) BOOST_REQUIRE(enter(tx) == "");
    events.clear();
    const TxRef rival = spend(coin(1), {.fee = 5000});
    mine({mined, rival});
    pool->follow();
    BOOST_TEST(pool->entries().size() == 1U);
    BOOST_TEST(pool->find(child->txid) != nullptr);
    BOOST_TEST(pool->find(child->txid)->parents.empty());
    BOOST_TEST(events_text() == "-block -conflict -conflict ");
}

BOOST_FIXTURE_TEST_CASE(a_reorganisation_gives_back_what_still_can_be, Pooled) {
    const BlockHeader fork = tip_header();
    const TxRef kept = spend(coin(0));
    const TxRef lost = spend(coin(1));
    const TxRef waiting = spend(output_of(kept, 0));
    mine({kept, lost}, 1);
    BOOST_REQUIRE(enter(waiting) == "");
    events.clear();
    const TxRef rival = spend(coin(1), {.fee = 5000});
    const auto b1 = block_on(fork, {rival}, 2);
    const auto b2 = block_on(b1->header, {}, 2);
    give(b1);
    BOOST_TEST(give(b2) == "accepted");
    pool->follow();
    BOOST_TEST(pool->find(kept->txid) != nullptr);
    BOOST_TEST(pool->find(waiting->txid) != nullptr);
    BOOST_TEST(pool->find(lost->txid) == nullptr);
    BOOST_TEST(pool->find(waiting->txid)->parents.size() == 1U);
    BOOST_TEST(pool->find(waiting->txid)->height == fork.height + 1);  // when it came, not when it was judged again
    BOOST_TEST(events_text() == "+ ");
    // And it can be mined again, in that order.
    mine({kept, waiting}, 3);
    pool->follow();
    BOOST_TEST(pool->entries().empty());
}

BOOST_FIXTURE_TEST_CASE(a_reorganisation_may_bring_more_descendants_together_than_may_enter, Pooled) {
    mempool::PolicyOptions policy;
    policy.ancestor_count = 100;
    use_policy(policy);
    const BlockHeader fork = tip_header();
    test::OpenCoin at = coin(0);
    for (uint8_t round = 0; round < 3; ++round) {
        std::vector<TxRef> chain_of;
        for (int i = 0; i < 20; ++i) {
            chain_of.push_back(spend(at, {.fee = 200}));
            BOOST_REQUIRE(enter(chain_of.back()) == "");
            at = output_of(chain_of.back(), 0);
        }
        if (round < 2) mine(chain_of, 7);
    }
    const auto b1 = block_on(fork, {}, 8);
    const auto b2 = block_on(b1->header, {}, 8);
    const auto b3 = block_on(b2->header, {}, 8);
    for (const auto& block : {b1, b2, b3}) give(block);
    pool->follow();
    BOOST_TEST(pool->entries().size() == 60U);
    BOOST_TEST(pool->descendants(*pool->spender(coin(0).outpoint)).count() == 60U);
}

BOOST_FIXTURE_TEST_CASE(a_full_pool_drops_what_pays_least, Pooled) {
    mempool::PolicyOptions policy;
    policy.max_bytes = (1400 + size_t{spend(coin(0))->size}) * 7 / 2;  // room for three
    use_policy(policy);
    const TxRef poor = spend(coin(0), {.fee = 200});
    BOOST_REQUIRE(enter(poor) == "");
    BOOST_REQUIRE(enter(spend(coin(1), {.fee = 3000})) == "");
    BOOST_REQUIRE(enter(spend(coin(2), {.fee = 4000})) == "");
    BOOST_TEST(enter(spend(coin(3), {.fee = 5000})) == "");
    BOOST_TEST(pool->find(poor->txid) == nullptr);
    BOOST_TEST(pool->entries().size() == 3U);
    BOOST_TEST(enter(spend(coin(4), {.fee = 200})) == "mempool min fee not met");
    BOOST_TEST((pool->min_rate() > policy.min_relay));
}

BOOST_FIXTURE_TEST_CASE(version_three_stays_in_pairs, Pooled) {
    const auto as_v3 = [](const TxRef& tx) {
        Transaction t = tx->tx;
        t.version = 3;
        return make_tx(std::move(t));
    };
    const TxRef parent = as_v3(spend(coin(0)));
    BOOST_REQUIRE(enter(parent) == "");
    BOOST_TEST(enter(spend(output_of(parent, 0))) == "TRUC-violation");
    const TxRef child = as_v3(spend(output_of(parent, 0)));
    BOOST_TEST(enter(child) == "");
    BOOST_TEST(enter(as_v3(spend(output_of(child, 0)))) == "TRUC-violation");
    const TxRef plain = spend(coin(1));
    BOOST_REQUIRE(enter(plain) == "");
    BOOST_TEST(enter(as_v3(spend(output_of(plain, 0)))) == "TRUC-violation");
    BOOST_TEST(enter(as_v3(spend(coin(0), {.fee = 9000}))) == "");  // always replaceable
    BOOST_TEST(pool->find(child->txid) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(old_transactions_expire_with_what_spends_them, Pooled) {
    const TxRef old = spend(coin(0));
    BOOST_REQUIRE(enter(old) == "");
    BOOST_REQUIRE(enter(spend(output_of(old, 0))) == "");
    clock.set_mock_time(clock.unix_time() + 336 * 3600 + 1);
    events.clear();
    BOOST_REQUIRE(enter(spend(coin(1))) == "");
    BOOST_TEST(pool->entries().size() == 1U);
    BOOST_TEST(events_text() == "+ -expiry -expiry ");
}

BOOST_FIXTURE_TEST_CASE(priority_counts_as_fee, Pooled) {
    const TxRef poor = spend(coin(0), {.fee = 0});
    pool->prioritise(poor->txid, Amount{5000});
    BOOST_TEST(enter(poor) == "");
    BOOST_TEST(pool->find(poor->txid)->modified_fee().sat == 5000);
    BOOST_TEST(pool->find(poor->txid)->fee.sat == 0);
    pool->prioritise(poor->txid, Amount{-5000});
    BOOST_TEST(pool->priorities().empty());
    // Forgotten with what a block makes impossible.
    pool->prioritise(poor->txid, Amount{5000});
    mine({spend(coin(0), {.fee = 2000})});
    pool->follow();
    BOOST_TEST(pool->find(poor->txid) == nullptr);
    BOOST_TEST(pool->priorities().empty());
}

BOOST_AUTO_TEST_CASE(policy_options) {
    const auto params = make_chain_params("elementsregtest", Options{}).value();
    Options options;
    options.add("minrelaytxfee", "0.00001");
    options.add("datacarrier", "0");
    const auto policy = mempool::make_policy_options(options, params);
    BOOST_REQUIRE(policy.has_value());
    BOOST_TEST(policy->min_relay.sat_per_kvb == 1000);
    BOOST_TEST(!policy->max_data_carrier.has_value());
    Options wrong;
    wrong.add("minrelaytxfee", "cheap");
    BOOST_TEST(mempool::make_policy_options(wrong, params).error().message.find("-minrelaytxfee") != std::string::npos);
    Options loose;
    loose.add("acceptnonstdtxn", "1");
    BOOST_TEST(mempool::make_policy_options(loose, params).has_value());
    BOOST_TEST(!mempool::make_policy_options(loose, make_chain_params("liquidv1", Options{}).value()).has_value());
}

BOOST_AUTO_TEST_CASE(fees_round_up) {
    BOOST_TEST(mempool::FeeRate{100}.fee(1).sat == 1);
    BOOST_TEST(mempool::FeeRate{100}.fee(10).sat == 1);
    BOOST_TEST(mempool::FeeRate{100}.fee(11).sat == 2);
    BOOST_TEST(mempool::FeeRate{0}.fee(1000).sat == 0);
}

namespace {

// Counts headers that are read whole: they may come from the disk, and what they say is parsed.
class CountingHeaders final : public HeaderView {
public:
    CountingHeaders(const HeaderView& headers, size_t& reads) : headers_(headers), reads_(reads) {}
    [[nodiscard]] uint32_t height() const override { return headers_.height(); }
    [[nodiscard]] BlockHash hash_at(uint32_t at) const override { return headers_.hash_at(at); }
    [[nodiscard]] int32_t version_at(uint32_t at) const override { return headers_.version_at(at); }
    [[nodiscard]] uint32_t time_at(uint32_t at) const override { return headers_.time_at(at); }
    [[nodiscard]] uint32_t median_time_past_at(uint32_t at) const override { return headers_.median_time_past_at(at); }
    [[nodiscard]] bool is_dynafed_at(uint32_t at) const override { return headers_.is_dynafed_at(at); }
    [[nodiscard]] Hash256 proposed_root_at(uint32_t at) const override { return headers_.proposed_root_at(at); }
    [[nodiscard]] std::shared_ptr<const BlockHeader> header_at(uint32_t at) const override {
        ++reads_;
        return headers_.header_at(at);
    }

private:
    const HeaderView& headers_;
    size_t& reads_;
};

class CountingTips final : public mempool::TipSource {
public:
    explicit CountingTips(mempool::TipSource& tips) : tips_(tips) {}
    std::optional<Error> with_tip(const std::function<void(const mempool::Tip&)>& use) override {
        return tips_.with_tip([&](const mempool::Tip& tip) {
            const CountingHeaders headers(tip.headers, reads);
            use({headers, tip.coins, tip.version_bits, tip.parent, tip.judge_pegin_depth, tip.proofs});
        });
    }
    size_t reads = 0;

private:
    mempool::TipSource& tips_;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_the_parameters_say_is_worked_out_once_a_tip, Pooled) {
    CountingTips counted(*tips);
    params.enforce_pak = true;
    mempool::Mempool another(params, {}, clock, counted);
    const auto pegout = [&](uint32_t i) {
        Transaction tx = spend(coin(i))->tx;
        tx.outputs[0].script = peg::make_pegout_script(params.parent.genesis, script::make_p2wsh({}));
        return make_tx(std::move(tx));
    };
    BOOST_TEST(another.test_accept(pegout(0)).error().reason == "invalid-pegout-proof");
    const size_t once = counted.reads;
    BOOST_TEST(once > 0U);
    for (uint32_t i = 0; i < 5; ++i)
        BOOST_TEST(another.test_accept(pegout(i)).error().reason == "invalid-pegout-proof");
    BOOST_TEST(counted.reads == once);
    mine({});
    BOOST_TEST(another.test_accept(pegout(0)).error().reason == "invalid-pegout-proof");
    BOOST_TEST(counted.reads > once);
}

// A ring signature over the list is work: whoever has no coin to spend does not cause it.
BOOST_FIXTURE_TEST_CASE(a_pegout_is_judged_after_its_inputs_are_found, Pooled) {
    params.enforce_pak = true;
    Transaction tx = spend(coin(0))->tx;
    tx.outputs[0].script = peg::make_pegout_script(params.parent.genesis, script::make_p2wsh({}));
    BOOST_TEST(enter(make_tx(tx)) == "invalid-pegout-proof");
    tx.inputs[0].prevout.index = 99;
    BOOST_TEST(enter(make_tx(tx)) == "missing-inputs");
}

// A cut-off witness is nobody's fault that can be told; a bad scriptSig is its sender's.
BOOST_FIXTURE_TEST_CASE(what_lacks_only_its_witness_is_told_from_what_is_bad, Pooled) {
    const Script anyone{{0x51}};
    Transaction lock = spend(coin(0))->tx;
    lock.outputs[0].script = script::p2wsh_of(anyone);
    const TxRef locked = make_tx(lock);
    BOOST_REQUIRE(enter(locked) == "");
    const TxRef bare = spend(output_of(locked, 0));
    BOOST_TEST((pool->test_accept(bare).error().kind == mempool::RefusalKind::kWitness));
    Transaction odd = spend(coin(1))->tx;
    odd.outputs[0].script = script::p2sh_of(anyone);
    const TxRef hashed = make_tx(odd);
    BOOST_REQUIRE(enter(hashed) == "");
    Transaction wrong = spend(output_of(hashed, 0))->tx;
    wrong.inputs[0].script_sig.bytes = {0x01, 0x52};  // another script than the one that was hashed
    const mempool::Refusal refusal = pool->test_accept(make_tx(wrong)).error();
    BOOST_TEST((refusal.kind == mempool::RefusalKind::kInvalid), refusal.reason);
}

// What an epoch's end makes invalid goes even where more blocks came at once.
BOOST_FIXTURE_TEST_CASE(an_epochs_end_among_several_blocks_counts, Pooled) {
    Transaction tx = spend(coin(0))->tx;
    tx.outputs[0].script = peg::make_pegout_script(params.parent.genesis, script::make_p2wsh({}));
    const TxRef pegout = make_tx(std::move(tx));
    BOOST_TEST(enter(pegout) == "");
    params.enforce_pak = true;  // as if the list had lost its key
    while (tip_header().height < params.epoch_length) mine({});
    pool->follow();
    BOOST_TEST(pool->find(pegout->txid) == nullptr);
}
