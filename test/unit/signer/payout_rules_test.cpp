// What a signer signs as a payout, and what it refuses whatever its host says.
#include <boost/test/unit_test.hpp>
#include <map>

#include "consensus/primitives/merkle.h"
#include "consensus/script/templates.h"
#include "federation/signer/payout_rules.h"
#include "peg/ledger/facts.h"
#include "peg/proof/pegout.h"

using namespace sluice;
using namespace sluice::signer;
namespace ag = sluice::agreement;

namespace {

parent::ParentOutPoint coin(uint8_t seed) {
    parent::ParentOutPoint out;
    out.txid.bytes.fill(seed);
    out.index = seed;
    return out;
}

// Two requests in block 5, planned in block 6: one coin of 1,000,000 pays 300,000 and 200,000, the rest is change.
struct Scene {
    ChainParams params;
    std::vector<ledger::PayoutSet> sets;
    ag::JournalState journal;
    std::map<uint32_t, BlockHash> followed;
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
        ledger::PayoutSet set;
        set.witness_script = script::make_multisig(2, keys);
        set.threshold = 2;
        sets.push_back(set);

        Transaction asks = coinbase_of(5);
        asks.outputs.push_back(peg::make_pegout(params, {to_alice, Amount{300'000}}));
        asks.outputs.push_back(peg::make_pegout(params, {to_bob, Amount{200'000}}));
        const auto asked = block_of(5, {make_tx(coinbase_of(5)), make_tx(asks)});
        request.paid = {{asked, 1, 1}, {asked, 1, 2}};  // output 0 is the one of coinbase_of

        entry.requests = {0, 1};
        entry.change = {2};
        entry.tx.inputs.resize(1);
        entry.tx.inputs[0].prevout = coin(7);
        entry.tx.inputs[0].sequence = 0xfffffffd;
        entry.tx.outputs = {{Amount{300'000}, to_alice},
                            {Amount{200'000}, to_bob},
                            {Amount{500'000 - kFee}, script::p2wsh_of(set.witness_script)}};
        ledger::InputToSign input;
        input.outpoint = coin(7);
        input.value = Amount{1'000'000};
        request.inputs = {input};
        plan(6);
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
        block.header.seal = DynafedHeader{};
        block.header.merkle_root = tx_merkle_root(block.transactions).root;
        followed[height] = compute_hash(block.header);
        return std::make_shared<const Block>(std::move(block));
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
        return clear_payout(request, {params, sets, journal, max_fee, lookup});
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
    const Script& script = scene.sets[0].witness_script;
    BOOST_CHECK(answer->inputs[0].digest == parent::segwit_sighash_all(scene.entry.tx, 0, script, Amount{1'000'000}));
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
    BOOST_TEST(scene.refusal() == "an output pays neither a request nor the federation");
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

BOOST_AUTO_TEST_CASE(fees_have_a_limit) {
    Scene scene;
    scene.max_fee = Scene::kFee - 1;
    BOOST_TEST(scene.refusal() == "the fee is above the limit");
    scene = Scene();
    scene.request.inputs[0].value = Amount{100'000};  // less than is paid out
    BOOST_TEST(scene.refusal() == "the fee is above the limit");
    scene = Scene();
    scene.request.inputs[0].outpoint = coin(8);
    BOOST_TEST(scene.refusal() == "inputs differ from the PLAN");
}

BOOST_AUTO_TEST_CASE(a_request_keeps_its_pivot_until_it_is_released) {
    Scene scene;
    const auto first = scene.clear();
    BOOST_REQUIRE(first);
    for (const auto& bound : first->requests) apply(scene.journal, bound);
    apply(scene.journal, first->record);
    // The same batch again, and a version with a higher fee: both spend the pivot.
    BOOST_TEST(scene.refusal() == "");
    scene.entry.tx.outputs[2].value.sat -= 1'000;
    scene.plan(7);
    BOOST_TEST(scene.refusal() == "");
    // Another coin for the same requests could be paid beside the first.
    scene.entry.tx.inputs[0].prevout = coin(9);
    scene.request.inputs[0].outpoint = coin(9);
    scene.plan(8);
    BOOST_TEST(scene.refusal() == "a request belongs to another batch");
    // A final RELEASE of that batch sets them free; one of another batch does not.
    ledger::PlanEntry release;
    release.kind = ledger::PlanKind::kRelease;
    release.batch.bytes.fill(3);
    scene.request.releases = {scene.plan_block(9, release)};
    BOOST_TEST(scene.refusal() == "a request belongs to another batch");
    release.batch = parent::ParentTxid::from(first->record.txid);
    scene.request.releases = {scene.plan_block(9, release)};
    BOOST_TEST(scene.refusal() == "");
    scene.followed.erase(9);
    BOOST_TEST(scene.refusal() == "a release is not in a followed block");
}
