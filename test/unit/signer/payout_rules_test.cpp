// What a signer signs as a payout, and what it refuses whatever its host says.
#include <boost/test/unit_test.hpp>
#include <map>

#include "consensus/primitives/merkle.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "federation/rules/dynafed.h"
#include "federation/signer/payout_rules.h"
#include "peg/ledger/facts.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegout.h"

using namespace sluice;
using namespace sluice::signer;
namespace ag = sluice::agreement;

namespace {

// A Bitcoin transaction that pays `value` to `script` in output 1; `seed` makes it unlike others.
parent::ParentTransaction funding(uint8_t seed, int64_t value, const Script& script) {
    parent::ParentTransaction tx;
    tx.inputs.resize(1);
    tx.inputs[0].prevout.txid.bytes.fill(seed);
    tx.outputs = {{Amount{777}, Script{{0x51}}}, {Amount{value}, script}};
    return tx;
}

DynafedEntry entry_of(const Script& payout_script) {
    DynafedEntry entry;
    entry.kind = DynafedEntryKind::kFull;
    entry.signblockscript = script::p2wsh_of(payout_script);
    entry.signblock_witness_limit = 500;
    entry.fedpeg_program = script::p2wsh_of(payout_script);
    entry.fedpegscript = payout_script;
    return entry;
}

// Two requests in block 5, planned in block 6 under set 0: coins of 600,000 (change) and 400,000 (a deposit) pay
// 300,000 and 200,000, the rest is change. Set 1 is another of the manifest.
struct Scene {
    ChainParams params;
    std::vector<KnownSet> sets;
    std::vector<DynafedEntry> entries;  // of the sets
    DynafedEntry active;                // that blocks carry
    Script claim_script{{0x00, 0x14, 1, 2, 3}};
    ag::JournalState journal;
    std::map<uint32_t, BlockHash> followed;
    std::map<uint32_t, std::shared_ptr<const Block>> blocks;
    PayoutRequest request;
    ledger::PlanEntry entry;
    Script to_alice = script::make_p2wpkh(hash160(Bytes{1}));
    Script to_bob = script::make_p2wpkh(hash160(Bytes{2}));
    int64_t max_fee = 10'000;
    static constexpr int64_t kFee = 5'000;

    Scene() {
        Options options;
        options.add("parentgenesisblockhash", std::string(63, '0') + "9");
        params = *make_chain_params("payouttest", options);
        std::vector<Bytes> keys;
        for (uint8_t i = 1; i <= 3; ++i) {
            Bytes secret(32, 0);
            secret[31] = i;
            keys.push_back(to_bytes(SecretKey::from_bytes(secret)->pubkey().view()));
        }
        for (const int required : {2, 3}) {
            const Script script = script::make_multisig(required, keys);
            entries.push_back(entry_of(script));
            sets.push_back({fed_rules::entry_root(entries.back()), {script, static_cast<uint32_t>(required), 0}});
        }
        active = entries[0];

        Transaction asks = coinbase_of(5);
        asks.outputs.push_back(peg::make_pegout(params, {to_alice, Amount{300'000}}));
        asks.outputs.push_back(peg::make_pegout(params, {to_bob, Amount{200'000}}));
        const auto asked = block_of(5, {make_tx(coinbase_of(5)), make_tx(asks)});
        request.paid = {{asked, 1, 1}, {asked, 1, 2}};  // output 0 is the one of coinbase_of

        entry.requests = {0, 1};
        entry.change = {2};
        entry.tx.outputs = {{Amount{300'000}, to_alice},
                            {Amount{200'000}, to_bob},
                            {Amount{500'000 - kFee}, script::p2wsh_of(sets[0].payout.witness_script)}};
        spend(funding(7, 600'000, script::p2wsh_of(sets[0].payout.witness_script)), {});
        spend(funding(8, 400'000,
                      script::p2wsh_of(*peg::tweak_fedpegscript(sets[0].payout.witness_script, claim_script))),
              claim_script);
        plan(6);
    }

    void spend(const parent::ParentTransaction& made, std::optional<Script> tweak) {
        parent::ParentTxIn input;
        input.prevout = {compute_txid(made), 1};
        input.sequence = 0xfffffffd;
        entry.tx.inputs.push_back(input);
        request.coins.push_back({0, std::move(tweak), parent::encode_parent_tx(made)});
    }
    Transaction coinbase_of(uint32_t height) const {
        Transaction tx;
        tx.inputs.resize(1);
        tx.inputs[0].script_sig.bytes = {2, static_cast<uint8_t>(height), 0};
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{0};
        out.script.bytes = {0x6a};
        tx.outputs.push_back(out);
        return tx;
    }
    std::shared_ptr<const Block> block_of(uint32_t height, std::vector<TxRef> transactions) {
        Block block;
        block.transactions = std::move(transactions);
        block.header.height = height;
        block.header.seal = DynafedHeader{fed_rules::to_compact(active), {}, {}};
        block.header.merkle_root = tx_merkle_root(block.transactions).root;
        followed[height] = compute_hash(block.header);
        return blocks[height] = std::make_shared<const Block>(std::move(block));
    }
    std::shared_ptr<const Block> plan_block(uint32_t height, const ledger::PlanEntry& planned) {
        ledger::PlanRecord record;
        record.entries = {planned};
        Transaction coinbase = coinbase_of(height);
        coinbase.outputs[0].script = ledger::make_plan_script(encode_plan(record));
        return block_of(height, {make_tx(coinbase)});
    }
    void plan(uint32_t height) { request.plan_block = plan_block(height, entry); }
    [[nodiscard]] Result<PayoutClearance> clear() const {
        const auto lookup = [this](uint32_t height) -> std::optional<BlockHash> {
            const auto at = followed.find(height);
            if (at == followed.end()) return std::nullopt;
            return at->second;
        };
        ledger::Ledger planned{ledger::LedgerParams{}};
        for (uint32_t height = 0; height <= blocks.rbegin()->first; ++height) {
            const auto at = blocks.find(height);
            ledger::BlockFacts none;
            none.height = height;
            planned.apply(at == blocks.end() ? none : ledger::facts_of(*at->second, params, planned.params(), 0));
        }
        return clear_payout(request, {params, sets, journal, planned, max_fee, lookup});
    }
    [[nodiscard]] std::string refusal() const {
        const auto answer = clear();
        return answer ? "" : answer.error().message;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_planned_payout_of_followed_requests_is_cleared) {
    const Scene scene;
    const auto answer = scene.clear();
    BOOST_REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().message));
    BOOST_TEST(answer->requests.size() == 2u);
    BOOST_CHECK(answer->requests[0].pivot == answer->record.pivot);
    BOOST_CHECK(answer->record.txid == Hash256::from(compute_txid(scene.entry.tx)));
    const Script& script = scene.sets[0].payout.witness_script;
    BOOST_CHECK(answer->inputs[0].digest == parent::segwit_sighash_all(scene.entry.tx, 0, script, Amount{600'000}));
    const Script tweaked = *peg::tweak_fedpegscript(script, scene.claim_script);
    BOOST_CHECK(answer->inputs[1].digest == parent::segwit_sighash_all(scene.entry.tx, 1, tweaked, Amount{400'000}));
}

BOOST_AUTO_TEST_CASE(plans_and_requests_must_hang_off_followed_headers) {
    Scene scene;
    scene.followed[6].bytes[0] ^= 1;
    BOOST_TEST(scene.refusal() == "the PLAN is not in a followed block");
    scene = Scene();
    scene.followed.erase(5);
    BOOST_TEST(scene.refusal() == "a request is not in a followed block");
    scene = Scene();
    // Another transaction list under the followed header.
    auto forged = std::make_shared<Block>(*scene.request.plan_block);
    forged->transactions.push_back(make_tx(scene.coinbase_of(9)));
    scene.request.plan_block = forged;
    BOOST_TEST(scene.refusal() == "the PLAN is not in a followed block");
    scene = Scene();
    scene.request.entry = 1;
    BOOST_TEST(scene.refusal() == "the followed block holds no such PLAN entry");
}

BOOST_AUTO_TEST_CASE(outputs_pay_requests_exactly_or_the_federation) {
    Scene scene;
    scene.entry.tx.outputs[0].value.sat += 1;
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "an output does not pay what its request asks");
    scene = Scene();
    std::swap(scene.entry.tx.outputs[0], scene.entry.tx.outputs[1]);
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "an output does not pay what its request asks");
    scene = Scene();
    scene.entry.tx.outputs[2].script = script::make_p2wpkh(hash160(Bytes{3}));
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "an output pays neither a request nor the active federation");
    scene = Scene();
    scene.request.paid[1] = scene.request.paid[0];
    scene.entry.tx.outputs[1] = scene.entry.tx.outputs[0];
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "a request is paid twice");
    scene = Scene();
    scene.request.paid[0].output = 0;
    BOOST_TEST(scene.refusal() == "an output shown as a request is none");
    scene = Scene();
    scene.request.paid[0].output = 99;
    BOOST_TEST(scene.refusal() == "a request does not exist");
    scene = Scene();
    scene.request.paid.pop_back();
    BOOST_TEST(scene.refusal() == "not every request was shown");
}

BOOST_AUTO_TEST_CASE(change_goes_to_the_set_that_is_active_at_the_plan) {
    Scene scene;
    // Set 1 is of the manifest, and not active: its keys may be those of members who left, or of some who never came.
    scene.entry.tx.outputs[2].script = script::p2wsh_of(scene.sets[1].payout.witness_script);
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "an output pays neither a request nor the active federation");
    scene.active = scene.entries[1];
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "");  // coins of set 0 with change to set 1, once the headers name it
    scene.entry.tx.outputs[2].script = script::p2wsh_of(scene.sets[0].payout.witness_script);
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "an output pays neither a request nor the active federation");
    scene = Scene();
    scene.active = entry_of(Script{{0x51}});
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "the PLAN's block is under parameters that the manifest does not list");
}

BOOST_AUTO_TEST_CASE(fees_have_a_limit) {
    Scene scene;
    scene.max_fee = Scene::kFee - 1;
    BOOST_TEST(scene.refusal() == "the fee is above the limit");
    scene = Scene();
    scene.entry.tx.outputs[2].value.sat += Scene::kFee + 1;
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "the outputs are worth more than the inputs");
}

// The host's last resort is the PLAN itself, which it cannot change; all else that it says about a coin is checked
// against the transaction that made it, and that against the input's txid.
BOOST_AUTO_TEST_CASE(a_host_cannot_lie_about_coins) {
    const auto lie = [](auto change) {
        Scene scene;
        change(scene);
        return scene.refusal();
    };
    using Funding = parent::ParentTransaction;
    const auto with_funding = [&](auto change) {
        return lie([&](Scene& scene) {
            Funding tx = *parent::decode_parent_tx(scene.request.coins[0].funding);
            change(tx);
            scene.request.coins[0].funding = parent::encode_parent_tx(tx);
        });
    };
    const std::string unseen = "an input's funding transaction was not shown";
    BOOST_TEST(lie([](Scene& s) { s.request.coins[0].funding.clear(); }) == unseen);
    BOOST_TEST(lie([](Scene& s) { s.request.coins[0].funding.pop_back(); }) == unseen);
    BOOST_TEST(lie([](Scene& s) { s.request.coins[0].funding.push_back(0); }) == unseen);
    BOOST_TEST(lie([](Scene& s) { std::swap(s.request.coins[0].funding, s.request.coins[1].funding); }) == unseen);
    BOOST_TEST(with_funding([](Funding& tx) { tx.outputs[1].value.sat += 1; }) == unseen);
    BOOST_TEST(with_funding([](Funding& tx) { tx.outputs[1].value.sat -= 1; }) == unseen);
    BOOST_TEST(with_funding([](Funding& tx) { tx.outputs[1].script.bytes.back() ^= 1; }) == unseen);
    // The txid does not cover a witness: shown with one, it is the same transaction.
    BOOST_TEST(with_funding([](Funding& tx) { tx.inputs[0].witness = {Bytes{1}}; }) == "");

    const std::string not_ours = "an input's coin is not of the set and tweak that were named";
    BOOST_TEST(lie([](Scene& s) { s.request.coins[0].set = 1; }) == not_ours);
    BOOST_TEST(lie([](Scene& s) { s.request.coins[0].set = 2; }) ==
               "an input is of a set that the manifest does not list");
    BOOST_TEST(lie([](Scene& s) { s.request.coins[0].claim_script = s.claim_script; }) == not_ours);
    BOOST_TEST(lie([](Scene& s) { s.request.coins[1].claim_script.reset(); }) == not_ours);
    BOOST_TEST(lie([](Scene& s) { s.request.coins[1].claim_script->bytes.back() ^= 1; }) == not_ours);
    BOOST_TEST(lie([](Scene& s) { s.request.coins.pop_back(); }) == "not every input was shown");
    BOOST_TEST(lie([](Scene& s) { s.request.coins.push_back(s.request.coins[0]); }) == "not every input was shown");

    const auto with_input = [&](auto change) {
        return lie([&](Scene& scene) {
            change(scene.entry.tx.inputs);
            scene.plan(6);
        });
    };
    using Inputs = std::vector<parent::ParentTxIn>;
    BOOST_TEST(with_input([](Inputs& in) { in[0].prevout.index = 2; }) ==
               "an input spends an output that does not exist");
    BOOST_TEST(with_input([](Inputs& in) { in[0].prevout.index = 0; }) == not_ours);
    BOOST_TEST(with_input([](Inputs& in) { in[0].script_sig = Script{{0x51}}; }) ==
               "an input does not unlock its coin");
    BOOST_TEST(lie([](Scene& s) {
                   s.entry.tx.inputs[1] = s.entry.tx.inputs[0];
                   s.request.coins[1] = s.request.coins[0];
                   s.plan(6);
               }) == "an input is spent twice");
}

// A signature of segwit v0 covers the amount of its own input only: told in one pass that input 0 is worth less than it
// is, and in another that input 1 is, a signer that believes its host gives one good signature each time, and both
// together burn the difference as fee. Here nothing is cleared in either pass.
BOOST_AUTO_TEST_CASE(two_passes_with_lies_about_amounts_gain_nothing) {
    Scene scene;
    scene.entry.tx.outputs[2].value = Amount{100'000};  // burns 400,000; a fee of 10,000 is the most
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "the fee is above the limit");
    const auto told = scene.request;
    for (const size_t pass : {0, 1}) {
        scene.request = told;
        auto tx = *parent::decode_parent_tx(scene.request.coins[pass].funding);
        tx.outputs[1].value.sat -= 395'000;
        scene.request.coins[pass].funding = parent::encode_parent_tx(tx);
        BOOST_TEST(scene.refusal() == "an input's funding transaction was not shown");
    }
}

BOOST_AUTO_TEST_CASE(a_deposit_to_a_nested_program_is_known) {
    Scene scene;
    const Script program =
        script::p2wsh_of(*peg::tweak_fedpegscript(scene.sets[0].payout.witness_script, scene.claim_script));
    scene.entry.tx.inputs.pop_back();
    scene.request.coins.pop_back();
    scene.spend(funding(9, 400'000, script::p2sh_of(program)), scene.claim_script);
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "an input does not unlock its coin");
    scene.entry.tx.inputs[1].script_sig = script::ScriptBuilder().push(program.view()).build();
    scene.plan(6);
    BOOST_TEST(scene.refusal() == "");
}

BOOST_AUTO_TEST_CASE(a_request_keeps_its_pivot_until_it_is_released) {
    Scene scene;
    const auto first = scene.clear();
    BOOST_REQUIRE(first);
    for (const auto& bound : first->requests) apply(scene.journal, bound);
    apply(scene.journal, first->record);
    // The same batch again, and a version with a higher fee: both spend the pivot.
    BOOST_TEST(scene.refusal() == "");
    const ledger::PlanEntry opening = scene.entry;
    scene.entry.batch = compute_txid(opening.tx);
    scene.entry.version = 1;
    scene.entry.tx.outputs[2].value.sat -= 1'000;
    scene.plan(7);
    BOOST_TEST(scene.refusal() == "");
    // Another coin for the same requests could be paid beside the first.
    scene.entry = opening;
    std::swap(scene.entry.tx.inputs[0], scene.entry.tx.inputs[1]);
    std::swap(scene.request.coins[0], scene.request.coins[1]);
    scene.plan(8);
    BOOST_TEST(scene.refusal() == "a request belongs to another batch");
    scene.journal = {};  // lost
    BOOST_TEST(scene.refusal() == "the final chain holds no such version of a batch");
    for (const auto& bound : first->requests) apply(scene.journal, bound);
    apply(scene.journal, first->record);
    // A final RELEASE of that batch sets them free; one of another batch does not.
    ledger::PlanEntry release;
    release.kind = ledger::PlanKind::kRelease;
    release.batch.bytes.fill(3);
    scene.request.releases = {scene.plan_block(9, release)};
    scene.plan(10);
    BOOST_TEST(scene.refusal() == "a request belongs to another batch");
    release.batch = parent::ParentTxid::from(first->record.txid);
    scene.request.releases = {scene.plan_block(9, release)};
    BOOST_TEST(scene.refusal() == "");
    scene.followed.erase(9);
    BOOST_TEST(scene.refusal() == "a release is not in a followed block");
}

// The RELEASE names the batch by the txid of its first version, which this signer may never have signed.
BOOST_AUTO_TEST_CASE(a_release_is_known_by_the_batch_whatever_version_was_signed) {
    Scene scene;
    const ledger::PlanEntry opening = scene.entry;
    scene.entry.batch = compute_txid(opening.tx);
    scene.entry.version = 1;
    scene.entry.tx.outputs[2].value.sat -= 1'000;
    scene.plan(7);
    const auto second = scene.clear();
    BOOST_REQUIRE(second);
    for (const auto& bound : second->requests) apply(scene.journal, bound);
    apply(scene.journal, second->record);
    ledger::PlanEntry release;
    release.kind = ledger::PlanKind::kRelease;
    release.batch = scene.entry.batch;
    const auto released = scene.plan_block(8, release);
    BOOST_TEST(scene.refusal() == "the batch was released");
    scene.entry = opening;
    std::swap(scene.entry.tx.inputs[0], scene.entry.tx.inputs[1]);
    std::swap(scene.request.coins[0], scene.request.coins[1]);
    scene.plan(9);
    BOOST_TEST(scene.refusal() == "a request belongs to another batch");
    scene.request.releases = {released};
    BOOST_TEST(scene.refusal() == "");
}
