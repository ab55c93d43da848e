// Blocks that claim deposits which the node cannot see yet: neither refused nor connected, tried once for each view of
// the parent.
#include "chain_fixture.h"
#include "consensus/script/templates.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"

namespace {

using namespace sluice;
using namespace sluice::chain;
using namespace sluice::chain::test_support;

struct View final : peg::ParentView {
    parent::ParentBlockHash hash;
    uint32_t depth = 0;
    mutable int asked = 0;
    [[nodiscard]] std::optional<peg::ParentBlockStatus> find(const parent::ParentBlockHash& block) const override {
        ++asked;
        return block == hash && depth != 0 ? std::optional(peg::ParentBlockStatus{depth, 2}) : std::nullopt;
    }
};

struct Claiming : ChainFixture {
    FedpegScript fedpeg;
    parent::ParentTransaction deposit;
    parent::MerkleBlock proof;
    TxRef claim;

    Claiming() {
        fedpeg = {script::p2sh_of(script::p2wsh_of(params.fedpegscript)), params.fedpegscript};
        const Script claim_script{{0x51}};
        deposit.inputs.emplace_back();
        deposit.inputs[0].prevout = {parent::ParentTxid::from(params.parent.genesis), 0};
        deposit.outputs.push_back({Amount{500'000}, *peg::deposit_script(fedpeg, claim_script)});
        parent::ParentTxid other;
        other.bytes[0] = 1;
        const std::vector<parent::ParentTxid> txids = {other, parent::compute_txid(deposit)};
        proof.tree = parent::build_tree(txids, {false, true});
        proof.header.merkle_root = parent::merkle_root(txids);
        proof.header.bits = 0x207fffff;
        const auto limit = parent::U256::from_le(params.parent.work_limit.view());
        while (!parent::check_pow(parent::compute_hash(proof.header), proof.header.bits, limit)) ++proof.header.nonce;

        Transaction tx;
        tx.inputs.resize(1);
        tx.inputs[0].is_pegin = true;
        tx.inputs[0].prevout = {Txid::from(parent::compute_txid(deposit)), 0};
        tx.inputs[0].witness.pegin_witness = *peg::make_pegin_witness(params, deposit, 0, proof, claim_script);
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{499'000};
        out.script = claim_script;
        TxOut fee = out;
        fee.value = Amount{1'000};
        fee.script = {};
        tx.outputs = {out, fee};
        claim = make_tx(std::move(tx));
        start();
    }
    std::shared_ptr<View> view(uint32_t depth) {
        auto made = std::make_shared<View>();
        made->hash = parent::compute_hash(proof.header);
        made->depth = depth;
        return made;
    }
};

BOOST_FIXTURE_TEST_CASE(a_claim_waits_for_the_parent_chain, Claiming) {
    const auto block = block_on(params.genesis.header, {claim});
    const auto child = block_on(block->header);
    BOOST_TEST(give(block) == "inconclusive");
    BOOST_TEST(give(child) == "inconclusive");
    BOOST_TEST(give(block) == "duplicate");
    BOOST_TEST(tip() == to_display(params.genesis_hash));
    BOOST_TEST(!chain->reader().find(compute_hash(block->header))->failed);

    const auto shallow = view(3);
    BOOST_TEST(chain->set_parent_view(shallow).has_value());
    BOOST_TEST(tip() == to_display(params.genesis_hash));
    const int asked = shallow->asked;
    BOOST_TEST(asked > 0);
    BOOST_TEST(give(block) == "duplicate");
    BOOST_TEST(shallow->asked == asked);  // once for each view
    // Another branch is not held up by it.
    const auto other = block_on(params.genesis.header, {}, 1);
    BOOST_TEST(give(other) == "accepted");

    BOOST_TEST(chain->set_parent_view(view(200)).has_value());
    BOOST_TEST(tip() == hash_text(child));
    const rules::PeginId id{params.parent.genesis, claim->tx.inputs[0].prevout};
    BOOST_TEST(chain->reader().pegin_spent(id).value());

    // Claimed once: a second claim is wrong whatever the parent says, and undoing the block frees the deposit.
    const auto again = block_on(child->header, {claim}, 2);
    BOOST_TEST(give(again).starts_with("bad-txns"));
    BOOST_TEST(chain->invalidate_block(compute_hash(block->header)).has_value());
    BOOST_TEST(tip() == hash_text(other));
    BOOST_TEST(!chain->reader().pegin_spent(id).value());
    BOOST_TEST(chain->reconsider_block(compute_hash(block->header)).has_value());
    BOOST_TEST(tip() == hash_text(child));
    BOOST_TEST(chain->reader().pegin_spent(id).value());
}

BOOST_FIXTURE_TEST_CASE(an_operator_passes_a_claim_whose_parent_block_is_orphaned_for_good, Claiming) {
    const auto block = block_on(params.genesis.header, {claim});
    const auto child = block_on(block->header);
    BOOST_TEST(chain->set_parent_view(view(0)).has_value());
    BOOST_TEST(chain->reader().waiting().empty());
    BOOST_TEST(give(block) == "inconclusive");
    BOOST_TEST(give(child) == "inconclusive");
    const OutPoint deposit = claim->tx.inputs[0].prevout;
    const std::string outpoint = to_display(deposit.txid) + ":0";
    BOOST_TEST(chain->reader().waiting().find("deposit " + outpoint) != std::string::npos);

    OutPoint other = deposit;
    other.index = 1;
    BOOST_TEST(chain->accept_pegin(other).has_value());
    BOOST_TEST(tip() == to_display(params.genesis_hash));
    BOOST_TEST(chain->accept_pegin(deposit).has_value());
    BOOST_TEST(tip() == hash_text(child));
    BOOST_TEST(chain->reader().waiting().empty());
    BOOST_TEST(chain->reader().accepted_pegins().value().size() == 2u);

    // The decision was on disk when it was answered, and says nothing about other rules: the deposit is claimed once.
    disk.restart(0);
    start();
    BOOST_TEST(tip() == hash_text(child));
    BOOST_TEST(chain->invalidate_block(compute_hash(block->header)).has_value());
    BOOST_TEST(chain->reconsider_block(compute_hash(block->header)).has_value());
    BOOST_TEST(tip() == hash_text(child));
    BOOST_TEST(chain->reader().accepted_pegins().value().size() == 2u);
    BOOST_TEST(give(block_on(child->header, {claim}, 2)).starts_with("bad-txns"));
}

BOOST_FIXTURE_TEST_CASE(a_deferred_branch_falls_back_to_the_old_one, Claiming) {
    const auto a1 = block_on(params.genesis.header, {test::split(params, test::free_coins(params), 2)});
    BOOST_TEST(give(a1) == "accepted");
    const std::string before = coins();
    const auto b1 = block_on(params.genesis.header, {}, 1);
    const auto b2 = block_on(b1->header, {claim}, 1);
    const auto b3 = block_on(b2->header, {}, 1);
    for (const auto& block : {b1, b2, b3}) BOOST_TEST(give(block) == "inconclusive");
    BOOST_TEST(tip() == hash_text(a1));
    BOOST_TEST(coins() == before);
    start();  // a restart forgets that it waited, not what it knows
    BOOST_TEST(tip() == hash_text(a1));
    BOOST_TEST(chain->set_parent_view(view(200)).has_value());
    BOOST_TEST(tip() == hash_text(b3));
}

}  // namespace
