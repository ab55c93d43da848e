// The local predicates of a fresh proposal.
#include <boost/test/unit_test.hpp>

#include "consensus/script/templates.h"
#include "federation/member/acceptance.h"
#include "peg/ledger/facts.h"

using namespace sluice;
using namespace sluice::member;
using agreement::Judgement;

namespace {

parent::ParentBlockHash bitcoin(uint8_t height, uint8_t branch = 0) {
    parent::ParentBlockHash out;
    out.bytes[0] = height;
    out.bytes[1] = branch;
    return out;
}

// Blocks 0..9 of the best chain; branch 1 is known and has less work.
class Headers final : public ParentSnapshot {
public:
    [[nodiscard]] parent::ParentBlockHash tip() const override { return bitcoin(9); }
    [[nodiscard]] uint32_t height() const override { return 9; }
    [[nodiscard]] std::optional<parent::ParentBlockHash> hash_at(uint32_t height) const override {
        if (height > 9) return std::nullopt;
        return bitcoin(static_cast<uint8_t>(height));
    }
    [[nodiscard]] std::optional<uint32_t> height_in_best(const parent::ParentBlockHash& hash) const override {
        if (hash.bytes[1] != 0 || hash.bytes[0] > 9) return std::nullopt;
        return hash.bytes[0];
    }
    [[nodiscard]] std::optional<parent::U256> work(const parent::ParentBlockHash& hash) const override {
        if (hash.bytes[1] > 1) return std::nullopt;
        return parent::U256(hash.bytes[0] + 1U);
    }
    [[nodiscard]] std::shared_ptr<const ledger::BitcoinView> view_at(const parent::ParentBlockHash&) const override {
        return nullptr;
    }
};

struct Scene {
    ChainParams params;
    Manifest manifest;
    ledger::Ledger ledger{ledger::LedgerParams{}};
    std::shared_ptr<const ParentSnapshot> parent = std::make_shared<const Headers>();
    agreement::View view = 0;
    bool frozen = false;
    parent::ParentBlockHash before = bitcoin(5);
    int64_t wall = 1'000'000;
    // Of the block.
    parent::ParentBlockHash commitment = bitcoin(5);
    std::optional<Bytes> plan;
    uint32_t time = 1'000'000;
    DynafedEntry proposed;
    std::vector<TxOut> extra;
    bool fee_first = false;

    Scene() {
        Options options;
        options.add("parentgenesisblockhash", std::string(63, '0') + "9");
        params = *make_chain_params("acceptancetest", options);
        std::vector<Bytes> keys;
        for (uint8_t i = 2; i < 5; ++i) keys.push_back(Bytes(33, i));
        ParameterSet set;
        set.start_height = 1;
        set.block_script = script::make_multisig(2, keys);
        set.payout_script = set.block_script;
        set.witness_limit = 300;
        manifest.sets = {set};
    }
    [[nodiscard]] TxOut output(Script script, int64_t value = 0) const {
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{value};
        out.script = std::move(script);
        return out;
    }
    [[nodiscard]] Block block() const {
        Transaction coinbase;
        coinbase.inputs.resize(1);
        coinbase.outputs.push_back(output(ledger::make_commitment_script(commitment)));
        if (plan) coinbase.outputs.push_back(output(ledger::make_plan_script(*plan)));
        coinbase.outputs.push_back(output(Script{{0x6a}}));
        if (fee_first) std::swap(coinbase.outputs[0], coinbase.outputs[1]);
        for (const TxOut& each : extra) coinbase.outputs.push_back(each);
        Bytes witness{0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed};
        witness.resize(38, 1);
        coinbase.outputs.push_back(output(Script{witness}));
        Block out;
        out.transactions.push_back(make_tx(coinbase));
        out.header.height = 7;
        out.header.time = time;
        DynafedHeader seal;
        seal.proposed = proposed;
        out.header.seal = seal;
        return out;
    }
    [[nodiscard]] Judgement judge() const {
        return judge_acceptance(
                   block(),
                   {params, manifest, view, 999'999, before, wall, parent, ledger, frozen, {}, 0, std::nullopt})
            .judgement;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_plain_block_that_repeats_the_commitment_needs_no_bitcoin) {
    Scene scene;
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.parent = nullptr;
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.before = scene.commitment = bitcoin(3, 7);  // an orphan that I never saw must not mute me
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.frozen = true;
    BOOST_CHECK(scene.judge() == Judgement::kYes);  // blocks go on
    scene.view = 3;
    BOOST_CHECK(scene.judge() == Judgement::kYes);
}

BOOST_AUTO_TEST_CASE(time_is_after_the_parent_and_not_ahead_of_my_clock) {
    Scene scene;
    scene.time = 999'999;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene.time = 1'000'010;  // drift
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.time = 1'000'011;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
}

BOOST_AUTO_TEST_CASE(a_new_commitment_has_more_work_and_is_in_my_best_chain) {
    Scene scene;
    scene.commitment = bitcoin(8);
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.view = 1;  // only in view 0
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene.view = 0;
    scene.commitment = bitcoin(4);  // less work
    BOOST_CHECK(scene.judge() == Judgement::kDeferred);
    scene.commitment = bitcoin(8, 1);  // not in the best chain, perhaps not yet
    BOOST_CHECK(scene.judge() == Judgement::kDeferred);
    scene.commitment = bitcoin(8);
    scene.parent = nullptr;
    BOOST_CHECK(scene.judge() == Judgement::kDeferred);
    scene.parent = std::make_shared<const Headers>();
    scene.before = bitcoin(9, 9);  // unknown: no work
    BOOST_CHECK(scene.judge() == Judgement::kYes);
}

BOOST_AUTO_TEST_CASE(the_coinbase_has_its_layout_and_nothing_else) {
    Scene scene;
    scene.fee_first = true;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene = Scene();
    scene.extra = {scene.output(Script{{0x6a, 1, 2}})};
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene = Scene();
    scene.extra = {scene.output(Script{{0x51}}, 5)};
    BOOST_CHECK(scene.judge() == Judgement::kNo);
}

BOOST_AUTO_TEST_CASE(parameters_are_proposed_only_from_the_manifest) {
    Scene scene;
    scene.proposed = dynafed_entry(scene.manifest.sets[0]);
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.proposed.signblock_witness_limit += 1;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    // A witness program of version 1 is anyone-can-sign: never in a manifest's set, so never accepted.
    scene.proposed = dynafed_entry(scene.manifest.sets[0]);
    scene.proposed.signblockscript.bytes[0] = 0x51;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    // Not before its start height.
    scene = Scene();
    ParameterSet next = scene.manifest.sets[0];
    next.start_height = 8;
    next.witness_limit = 400;
    scene.manifest.sets.push_back(next);
    scene.proposed = dynafed_entry(next);
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene.manifest.sets[1].start_height = 7;
    BOOST_CHECK(scene.judge() == Judgement::kYes);
    scene.proposed = dynafed_entry(scene.manifest.sets[0]);  // older than the current set
    BOOST_CHECK(scene.judge() == Judgement::kNo);
}

BOOST_AUTO_TEST_CASE(a_plan_waits_for_bitcoin_and_is_refused_while_frozen) {
    Scene scene;
    scene.plan = encode_plan(ledger::PlanRecord{});
    BOOST_CHECK(scene.judge() == Judgement::kDeferred);  // the coins at c are not scanned yet
    scene.frozen = true;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene.frozen = false;
    scene.view = 1;
    BOOST_CHECK(scene.judge() == Judgement::kNo);
    scene.view = 0;
    scene.plan = Bytes{9, 9, 9};
    BOOST_CHECK(scene.judge() == Judgement::kNo);
}
