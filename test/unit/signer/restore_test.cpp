// A signer whose journal was lost: what it knows of payouts it reads out of the final chain before it signs one.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "consensus/primitives/merkle.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"
#include "federation/signer/member_signer.h"
#include "peg/ledger/facts.h"
#include "peg/proof/pegout.h"
#include "util/random.h"

using namespace sluice;
using namespace sluice::signer;

namespace {

const std::string kNotRead = "the final chain is not read again yet";
const std::string kNoVersion = "the final chain holds no such version of a batch";
const std::string kReleased = "the batch was released";

// A federation of one, with two coins of 400,000 and two requests of 100,000 to one address.
struct Scene {
    ChainParams params;
    std::string folder =
        (std::filesystem::temp_directory_path() / ("sluice-restore-" + std::to_string(random_u64()))).string();
    MemberKeys keys{"alice", {}, *SecretKey::from_bytes(Bytes(32, 1)), *SecretKey::from_bytes(Bytes(32, 2)), {}};
    DynafedEntry entry;
    Script script;  // of the payout key alone
    Script to_bob = script::make_p2wpkh(hash160(Bytes{2}));
    std::vector<std::shared_ptr<const Block>> chain;
    std::vector<parent::ParentTransaction> coins;

    Scene() {
        Options options;
        options.add("parentgenesisblockhash", std::string(63, '0') + "9");
        params = *make_chain_params("restoretest", options);
        random_bytes(keys.journal.mutable_view());
        script = script::make_multisig(1, {to_bytes(keys.payout.pubkey().view())});
        entry.kind = DynafedEntryKind::kFull;
        entry.signblockscript = script::p2wsh_of(block_script());
        entry.signblock_witness_limit = 500;
        entry.fedpeg_program = script::p2wsh_of(script);
        entry.fedpegscript = script;
        for (const uint8_t seed : {7, 8}) {
            parent::ParentTransaction made;
            made.inputs.resize(1);
            made.inputs[0].prevout.txid.bytes.fill(seed);
            made.outputs = {{Amount{400'000}, script::p2wsh_of(script)}};
            coins.push_back(made);
        }
        chain.push_back(std::make_shared<const Block>(params.genesis));
        Transaction asks = coinbase();
        asks.outputs = {peg::make_pegout(params, {to_bob, Amount{100'000}}),
                        peg::make_pegout(params, {to_bob, Amount{100'000}})};
        add({}, {make_tx(asks)});
    }
    ~Scene() { std::filesystem::remove_all(folder); }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    [[nodiscard]] Script block_script() const {
        return script::make_multisig(1, {to_bytes(keys.block.pubkey().view())});
    }
    [[nodiscard]] Transaction coinbase() const {
        Transaction tx;
        tx.inputs.resize(1);
        tx.inputs[0].script_sig =
            script::ScriptBuilder().number(static_cast<int64_t>(chain.size())).push(Bytes{1}).build();
        return tx;
    }
    // One block more, final, with this PLAN unless it is empty.
    void add(std::vector<ledger::PlanEntry> plan, std::vector<TxRef> transactions = {}) {
        Transaction first = coinbase();
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{0};
        ledger::PlanRecord record;
        record.entries = std::move(plan);
        out.script = record.entries.empty() ? Script{{0x6a}} : ledger::make_plan_script(encode_plan(record));
        first.outputs.push_back(out);
        Block block;
        block.transactions = std::move(transactions);
        block.transactions.insert(block.transactions.begin(), make_tx(first));
        block.header.height = static_cast<uint32_t>(chain.size());
        block.header.prev = compute_hash(chain.back()->header);
        block.header.merkle_root = tx_merkle_root(block.transactions).root;
        block.header.seal = DynafedHeader{chain.size() == 1 ? entry : fed_rules::to_compact(entry), {}, {}};
        const auto signature = fed_rules::sign_block(compute_hash(block.header), keys.block);
        block.header = *fed_rules::seal(block.header, block_script(), {signature});
        chain.push_back(std::make_shared<const Block>(std::move(block)));
    }
    // Pays request `number` from a coin; the fee is 1,000.
    [[nodiscard]] ledger::PlanEntry pay(uint64_t number, size_t coin) const {
        ledger::PlanEntry out;
        out.requests = {number};
        out.change = {1};
        out.tx.inputs.resize(1);
        out.tx.inputs[0].prevout = {compute_txid(coins[coin]), 0};
        out.tx.inputs[0].sequence = 0xfffffffd;
        out.tx.outputs = {{Amount{100'000}, to_bob}, {Amount{299'000}, script::p2wsh_of(script)}};
        return out;
    }
    [[nodiscard]] static ledger::PlanEntry release(const ledger::PlanEntry& first) {
        ledger::PlanEntry out;
        out.kind = ledger::PlanKind::kRelease;
        out.batch = compute_txid(first.tx);
        return out;
    }
    // The first entry of the PLAN at `height`, said to pay the request of that number from that coin.
    [[nodiscard]] PayoutRequest ask(size_t height, uint32_t number, size_t coin) const {
        PayoutRequest out;
        out.plan_block = chain[height];
        out.paid = {{chain[1], 1, number}};
        out.coins = {{0, std::nullopt, parent::encode_parent_tx(coins[coin])}};
        return out;
    }
    // Without a journal; the operator says at once that it may sign.
    [[nodiscard]] std::unique_ptr<MemberSigner> restored() const {
        std::filesystem::remove_all(folder);
        auto out = reopened();
        BOOST_TEST(out->core().status().observing);
        BOOST_REQUIRE(out->core().resume_now());
        return out;
    }
    [[nodiscard]] std::unique_ptr<MemberSigner> reopened() const {
        auto signer =
            MemberSigner::open({keys.name, keys.journal, keys.block.clone(), keys.payout.clone(), {}}, folder);
        BOOST_REQUIRE(signer);
        const DynafedEntry named = fed_rules::to_compact(entry);
        (*signer)->set_federation({params, {{fed_rules::entry_root(named), {script, 1, 0}}}, 10'000});
        return std::move(*signer);
    }
    void show(MemberSigner& signer, size_t count) const {
        for (size_t i = 0; i < count; ++i) BOOST_REQUIRE(signer.follow(*chain[i]));
    }
    [[nodiscard]] static std::string refusal(MemberSigner& signer, const PayoutRequest& request) {
        const auto answer = signer.sign_payout(request);
        if (!answer) return answer.error().message;
        return !answer->empty() && !answer->front().empty() ? "" : "no signature";
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_restored_signer_knows_which_batch_a_request_is_bound_to) {
    Scene scene;
    scene.add({scene.pay(0, 0)});
    scene.add({scene.pay(0, 1)});  // k members signed what no planner makes: the request has an open batch
    const auto signer = scene.restored();
    scene.show(*signer, scene.chain.size());
    BOOST_TEST(Scene::refusal(*signer, scene.ask(3, 0, 1)) == kNoVersion);
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == "");
}

BOOST_AUTO_TEST_CASE(a_host_cannot_have_a_batch_bound_to_a_request_that_it_does_not_name) {
    Scene scene;
    scene.add({scene.pay(0, 0)});
    const auto signer = scene.restored();
    scene.show(*signer, scene.chain.size());
    // Request 1 asks for the same amount to the same address.
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 1, 0)) == "a request shown is not the one that the PLAN names");
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == "");
}

BOOST_AUTO_TEST_CASE(a_restored_signer_signs_no_released_batch) {
    Scene scene;
    scene.add({scene.pay(0, 0)});
    scene.add({Scene::release(scene.pay(0, 0))});
    scene.add({scene.pay(0, 1)});
    const auto signer = scene.restored();
    scene.show(*signer, scene.chain.size());
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == kReleased);
    BOOST_TEST(Scene::refusal(*signer, scene.ask(4, 0, 1)) == "");
}

BOOST_AUTO_TEST_CASE(payouts_wait_until_the_final_chain_is_read_again) {
    Scene scene;
    scene.add({scene.pay(0, 0)});
    scene.add({});
    {
        const auto signer = scene.restored();
        scene.show(*signer, 3);
        BOOST_REQUIRE(signer->follow(scene.chain[3]->header));  // its transactions are held back
        BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == kNotRead);
    }
    // A journal that knows of block 3 wants it read at each start; another block under its header is none.
    const auto signer = scene.reopened();
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == kNotRead);
    scene.show(*signer, 3);
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == kNotRead);
    {
        const auto other = scene.chain[3];
        Block forged = *other;
        forged.transactions.push_back(scene.chain[1]->transactions[1]);
        BOOST_TEST(!signer->follow(forged).has_value());
        BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == kNotRead);
    }
    BOOST_REQUIRE(signer->follow(*scene.chain[3]));
    BOOST_TEST(Scene::refusal(*signer, scene.ask(2, 0, 0)) == "");
}
