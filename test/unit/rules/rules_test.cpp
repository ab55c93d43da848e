// Rules that need a chain of their own: claims of deposits, dynafed headers, peg-out authorization, mandatory
// destinations.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "confidential/secret/whitelist_sign.h"
#include "consensus/rules/amounts.h"
#include "consensus/rules/tx_check.h"
#include "consensus/rules/tx_inputs.h"
#include "peg/proof/pegout.h"
#include "support/block_cases.h"
#include "support/deposit_maker.h"
#include "support/memory_chain.h"

using namespace sluice;

namespace {

struct RulesFixture {
    std::unique_ptr<test::MemoryChain> chain;

    void start(std::initializer_list<std::pair<const char*, const char*>> list) {
        Options options;
        for (const auto& [name, value] : list) options.add(name, value);
        if (!options.is_set("signblockscript")) options.add("signblockscript", "51");
        if (!options.is_set("evbparams")) options.add("evbparams", "dynafed:-2:::");
        if (!options.is_set("initialfreecoins")) options.add("initialfreecoins", "1000000");
        auto params = make_chain_params("rulechain", options);
        BOOST_REQUIRE_MESSAGE(params.has_value(), (params ? std::string() : params.error().message));
        chain = std::make_unique<test::MemoryChain>(std::move(*params));
    }
    [[nodiscard]] const BlockHeader& tip() const { return *chain->headers.header_at(chain->headers.height()); }
    [[nodiscard]] Block block(std::vector<TxRef> txs = {}) const {
        Block out = *test::make_block(chain->params, tip(), std::move(txs));
        const bool witness =
            std::ranges::any_of(out.transactions, [](const TxRef& tx) { return tx->tx.has_witness(); });
        if (witness) test::commit(out);
        return out;
    }
    // A block of a dynafed chain that anybody may sign.
    [[nodiscard]] Block dynafed_block(std::vector<TxRef> txs = {}) const {
        Block out = block(std::move(txs));
        out.header.seal = DynafedHeader{fed_rules::expected_current(chain->headers, chain->params), {}, {Bytes{0x51}}};
        return out;
    }
    void connect(const Block& b) {
        const auto connected = chain->connect(b);
        BOOST_REQUIRE_MESSAGE(connected.has_value(),
                              (connected ? std::string() : connected.error().reason + connected.error().detail));
    }
    [[nodiscard]] std::string why(const Block& b) const { return chain->why_not(b); }
    [[nodiscard]] TxRef pay(const Script& script) const {
        Transaction tx = test::split(chain->params, test::free_coins(chain->params), 2)->tx;
        tx.outputs[0].script = script;
        return make_tx(std::move(tx));
    }
};

struct OneBlock final : peg::ParentView {
    parent::ParentBlockHash hash;
    uint32_t depth = 0;
    [[nodiscard]] std::optional<peg::ParentBlockStatus> find(const parent::ParentBlockHash& block) const override {
        if (block != hash) return std::nullopt;
        return peg::ParentBlockStatus{depth, 3};
    }
};

constexpr const char* kFedpeg = "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_deposit_is_claimed_once, RulesFixture) {
    start({{"fedpegscript", kFedpeg}});
    const Amount value{5000};
    const auto deposit = test::make_deposit(chain->params, test::first_fedpeg(chain->params), value, Script{{0x51}});
    const TxRef claim = test::claim_of(chain->params, deposit, value);
    Transaction again = claim->tx;
    again.outputs[0].script.bytes = {0x52};
    BOOST_TEST(why(block({claim, make_tx(again)})) == "bad-txns-double-pegin");
    const test::MemoryCoins before = chain->coins;
    connect(block({claim}));
    BOOST_TEST(chain->deltas.back().pegins.size() == 1U);
    BOOST_TEST(chain->deltas.back().spent.empty());
    BOOST_TEST((chain->deltas.back().fees.at(chain->params.pegged_asset) == Amount{1}));
    BOOST_TEST(why(block({make_tx(again)})) == "bad-txns-double-pegin");
    chain->disconnect();
    BOOST_TEST((chain->coins == before));
    BOOST_TEST(why(block({claim})) == "");
}

BOOST_FIXTURE_TEST_CASE(a_claim_waits_for_its_depth_and_blames_nobody, RulesFixture) {
    start({{"fedpegscript", kFedpeg}});
    const Amount value{5000};
    const auto deposit = test::make_deposit(chain->params, test::first_fedpeg(chain->params), value, Script{{0x51}});
    const Block claim = block({test::claim_of(chain->params, deposit, value)});
    OneBlock view;
    chain->pegin_depth = rules::PeginDepth::kJudged;
    const auto kind = [&](const Block& b) { return chain->judge(b).error().kind; };
    BOOST_TEST((kind(claim) == Failure::Kind::kDeferred));  // no view at all
    chain->parent_view = &view;
    BOOST_TEST((kind(claim) == Failure::Kind::kDeferred));
    view.hash = deposit.block;
    view.depth = 7;
    BOOST_TEST((kind(claim) == Failure::Kind::kDeferred));
    // What is wrong whatever the parent chain says is Invalid at once.
    Transaction greedy = claim.transactions[1]->tx;
    greedy.outputs[0].value = Amount{6000};
    BOOST_TEST((kind(block({make_tx(greedy)})) == Failure::Kind::kInvalid));
    view.depth = 8;
    BOOST_TEST(why(claim) == "");
}

BOOST_AUTO_TEST_CASE(a_signed_parent_must_have_signed) {
    // A claim whose proof holds but for the signature: the parent's blocks answer to a key, and this one's solution is
    // empty.
    Options options;
    options.add("fedpegscript", kFedpeg);
    options.add("con_parent_chain_signblockscript", kFedpeg);
    options.add("con_parent_pegged_asset", "05");
    ChainParams params = make_chain_params("signedparent", options).value();
    const FedpegScript fedpeg = test::first_fedpeg(params);
    Transaction deposit;
    deposit.inputs.resize(1);
    deposit.inputs[0].prevout.index = 0;
    deposit.outputs.resize(1);
    deposit.outputs[0].asset = params.parent.pegged_asset;
    deposit.outputs[0].value = Amount{7};
    deposit.outputs[0].script = peg::deposit_script(fedpeg, Script{{0x51}}).value();
    const TxRef parsed = make_tx(deposit);
    const auto txid = parent::ParentTxid::from(parsed->txid);
    BlockHeader header;
    header.merkle_root = MerkleRoot::from(parent::merkle_root({txid}));
    header.seal = BlockProof{Script{}, {}};
    ByteWriter proof;
    Writer& sink = proof;
    describe(sink, header);
    const parent::PartialMerkleTree tree = parent::build_tree({txid}, {true});
    describe(sink, tree);
    TxIn in;
    in.is_pegin = true;
    in.prevout = {parsed->txid, 0};
    in.witness.pegin_witness = {Bytes{7, 0, 0, 0, 0, 0, 0, 0},
                                to_bytes(params.pegged_asset.view()),
                                to_bytes(params.parent.genesis.view()),
                                Bytes{0x51},
                                encode_tx(deposit),
                                proof.release()};
    const std::vector<FedpegScript> fedpegs = {fedpeg};
    BOOST_TEST(peg::check_pegin(in, fedpegs, params).has_value());
    BOOST_TEST(rules::check_claim(in, fedpegs, params).error().message == "Parent signed block is invalid.");
    params.parent.signblockscript.bytes = {0x51};
    BOOST_TEST(rules::check_claim(in, fedpegs, params).has_value());
}

BOOST_FIXTURE_TEST_CASE(dynafed_headers_repeat_the_parameters, RulesFixture) {
    start({{"evbparams", "dynafed:-1:::"}, {"con_max_block_sig_size", "150"}});
    BOOST_TEST(why(block()) == "invalid-dyna-fed");  // a legacy header, whose empty proof satisfies OP_TRUE
    connect(dynafed_block());
    connect(dynafed_block());
    Block other = dynafed_block();
    std::get<DynafedHeader>(other.header.seal).current.signblock_witness_limit += 1;
    BOOST_TEST(why(other) == "invalid-dyna-fed");
    Block signals = dynafed_block();
    signals.header.version |= 1 << 25;
    BOOST_TEST(why(signals) == "invalid-dyna-fed");
    BOOST_TEST(why(dynafed_block()) == "");
}

BOOST_FIXTURE_TEST_CASE(pegouts_need_authorization_where_the_chain_says_so, RulesFixture) {
    const SecretKey online = SecretKey::from_bytes(Bytes(32, 1)).value();
    const SecretKey offline = SecretKey::from_bytes(Bytes(32, 2)).value();
    const SecretKey destination = SecretKey::from_bytes(Bytes(32, 3)).value();
    const PubKey key = destination.pubkey();
    const std::string entry = to_hex(offline.pubkey().view()) + to_hex(online.pubkey().view());
    start({{"evbparams", "dynafed:-1:::"},
           {"enforce_pak", "1"},
           {"con_max_block_sig_size", "150"},
           {"pak", entry.c_str()}});
    const Script plain = peg::make_pegout_script(chain->params.parent.genesis, script::make_p2wpkh(Hash160{}));
    BOOST_TEST(why(dynafed_block({pay(plain)})) == "bad-pak-tx");

    const auto whitelisted = [&](const Script& to, const PubKey& named, const Bytes& proof) {
        script::ScriptBuilder out;
        out.op(script::OP_RETURN).push(chain->params.parent.genesis.view()).push(to.view());
        return out.push(named.view()).push(proof).build();
    };
    const std::vector<PubKey> onlines{online.pubkey()};
    const std::vector<PubKey> offlines{offline.pubkey()};
    const SecretKey summed = offline.add_tweak(destination.view()).value();
    const Bytes proof = confidential::sign_whitelist_proof(onlines, offlines, key, online, summed, 0).value();
    const Script program = script::make_p2wpkh(key.hash160());
    for (const Script& to : {program, script::make_p2pkh(key.hash160()), script::p2sh_of(program)}) {
        BOOST_TEST(why(dynafed_block({pay(whitelisted(to, key, proof))})) == "");
    }
    // A proof for another key, a payment to another key, a proof that was touched, or none of the single-key scripts.
    BOOST_TEST(why(dynafed_block({pay(whitelisted(script::make_p2wpkh(online.pubkey().hash160()), online.pubkey(),
                                                  proof))})) == "bad-pak-tx");
    BOOST_TEST(why(dynafed_block({pay(whitelisted(script::make_p2wpkh(Hash160{}), key, proof))})) == "bad-pak-tx");
    BOOST_TEST(why(dynafed_block({pay(whitelisted(script::p2wsh_of(program), key, proof))})) == "bad-pak-tx");
    for (const size_t at : {size_t{0}, size_t{1}, proof.size() - 1}) {
        Bytes touched = proof;
        touched[at] ^= 1;
        BOOST_TEST(why(dynafed_block({pay(whitelisted(program, key, touched))})) == "bad-pak-tx");
    }
    const Script shaped = whitelisted(program, key, proof);
    Script longer = shaped;
    longer.bytes.push_back(0);
    BOOST_TEST(why(dynafed_block({pay(longer)})) == "bad-pak-tx");
    Script other_parent = plain;
    other_parent.bytes[5] ^= 1;
    BOOST_TEST(why(dynafed_block({pay(other_parent)})) == "");
}

BOOST_FIXTURE_TEST_CASE(a_chain_may_name_who_is_paid, RulesFixture) {
    start({{"con_mandatorycoinbase", "52"}, {"con_blocksubsidy", "7"}});
    const auto paying = [&](uint8_t opcode) {
        Block b = block();
        Transaction t = b.transactions[0]->tx;
        t.outputs[0].value = Amount{7};
        t.outputs[0].script.bytes = {opcode};
        b.transactions[0] = make_tx(std::move(t));
        b.header.merkle_root = tx_merkle_root(b.transactions).root;
        return b;
    };
    BOOST_TEST(why(paying(0x51)) == "bad-coinbase-txos");
    BOOST_TEST(why(paying(0x52)) == "");
    BOOST_TEST(why(block()) == "");  // nothing is claimed
}

BOOST_FIXTURE_TEST_CASE(no_transaction_stands_twice, RulesFixture) {
    start({{"con_bip34height", "1000"}, {"con_blocksubsidy", "7"}});
    Block first = block();
    Transaction t = first.transactions[0]->tx;
    t.outputs[0].value = Amount{7};
    t.outputs[0].script.bytes = {0x51};
    first.transactions[0] = make_tx(t);
    first.header.merkle_root = tx_merkle_root(first.transactions).root;
    connect(first);
    Block second = block();
    second.transactions = first.transactions;
    second.header.merkle_root = first.header.merkle_root;
    BOOST_TEST(why(second) == "bad-txns-BIP30");
}

BOOST_FIXTURE_TEST_CASE(a_reward_stays_within_all_money, RulesFixture) {
    start({{"con_blocksubsidy", "2100000000000000"}});
    BOOST_TEST(why(block()) == "");
    BOOST_TEST(why(block({pay(Script{{0x51}})})) == "bad-blockreward-outofrange");
}

BOOST_FIXTURE_TEST_CASE(one_transaction_claims_a_deposit_once, RulesFixture) {
    start({{"fedpegscript", kFedpeg}});
    const Amount value{5000};
    const auto deposit = test::make_deposit(chain->params, test::first_fedpeg(chain->params), value, Script{{0x51}});
    Transaction twice = test::claim_of(chain->params, deposit, value)->tx;
    twice.inputs.push_back(twice.inputs[0]);  // in a block, the input that stands twice is refused before
    const std::vector<FedpegScript> fedpegs = {test::first_fedpeg(chain->params)};
    const auto inputs = rules::check_tx_inputs(twice, chain->coins, {chain->params, 1, fedpegs, true});
    BOOST_REQUIRE(!inputs);
    BOOST_TEST(test::produced(inputs.error(), test::Subject::kTransaction) == "bad-txns-double-pegin-in-obj");
}

BOOST_FIXTURE_TEST_CASE(a_blocks_fees_stay_within_all_money, RulesFixture) {
    start({{"fedpegscript", kFedpeg}, {"initialfreecoins", "2100000000000000"}});
    const auto all = test::free_coins(chain->params);
    Transaction donation = test::split(chain->params, all, 1)->tx;
    donation.outputs.erase(donation.outputs.begin());
    donation.outputs[0].value = Amount{all.value};
    const Amount value{5000};
    const auto deposit = test::make_deposit(chain->params, test::first_fedpeg(chain->params), value, Script{{0x51}});
    const TxRef claim = test::claim_of(chain->params, deposit, value);
    BOOST_TEST(why(block({make_tx(donation), claim})) == "bad-block-total-fee-outofrange");
}

BOOST_AUTO_TEST_CASE(fees_add_up_within_all_money) {
    rules::AmountMap total{{AssetId{}, kMaxMoney}};
    BOOST_TEST((rules::add_all(total, {{AssetId{}, Amount{1}}}) == AssetId{}));
    BOOST_TEST(!rules::add_all(total, {{AssetId(std::array<uint8_t, 32>{1}), Amount{1}}}));
    BOOST_TEST(total.size() == 2U);
    BOOST_TEST(std::string(rules::info(rules::Rule::kTxFeeTotalRange).reject) == "bad-block-total-fee-outofrange");
}

BOOST_AUTO_TEST_CASE(a_transaction_fits_into_a_block) {
    Transaction tx;
    tx.inputs.emplace_back();
    tx.inputs[0].prevout.index = 0;
    tx.outputs.emplace_back();
    tx.outputs[0].asset = AssetId{};
    tx.outputs[0].value = Amount{1};
    tx.outputs[0].script.bytes.resize(1'000'000);
    BOOST_TEST(test::produced(rules::check_transaction(*make_tx(tx)).error(), test::Subject::kTransaction) ==
               "bad-txns-oversize");
    tx.outputs[0].script.bytes.resize(900'000);
    BOOST_TEST(rules::check_transaction(*make_tx(tx)).has_value());
}

BOOST_AUTO_TEST_CASE(reasons_name_their_rules) {
    BOOST_TEST((rules::find_rule("bad-version(0x20000000)")->rule == rules::Rule::kHeaderVersion));
    BOOST_TEST((rules::find_rule("mandatory-script-verify-flag-failed (Locktime requirement not satisfied)")->rule ==
                rules::Rule::kTxScript));
    BOOST_TEST(rules::find_rule("no such reason") == nullptr);
    BOOST_TEST(rules::broken_with(rules::Rule::kHeaderVersion, "0x20000000", at_header()).value().reason ==
               "bad-version(0x20000000)");
}
