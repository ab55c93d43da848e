#include "peg/ledger/planner.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "peg/ledger/size.h"
#include "unit/ledger/world.h"

using namespace sluice;
using namespace sluice::ledger;
using namespace sluice::ledger::test;

namespace {

constexpr int64_t kBtc = 100'000'000;

World funded() {
    World world;
    world.donate(100'000);
    world.claim(5 * kBtc);
    world.block();
    return world;
}

const PlanEntry& only_entry(const Plan& plan) {
    BOOST_REQUIRE_EQUAL(plan.record.entries.size(), 1u);
    return plan.record.entries[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(planner)

BOOST_AUTO_TEST_CASE(a_request_is_planned_paid_and_closed) {
    World world = funded();
    world.request(150'000'000, p2wpkh(1));
    world.block();
    BOOST_TEST((evaluate(world.ledger, world.bitcoin).requests[0].state == RequestState::kQueued));
    world.block();
    const PlanEntry entry = only_entry(world.last_plan);
    BOOST_TEST((entry.kind == PlanKind::kPay));
    BOOST_TEST((entry.requests == std::vector<uint64_t>{0}));
    BOOST_TEST(entry.tx.version == 2);
    BOOST_TEST(entry.tx.lock_time == 0u);
    BOOST_TEST((entry.tx.outputs[0] == ParentTxOut{{150'000'000}, p2wpkh(1)}));
    BOOST_TEST((entry.tx.outputs[1].script == world.donation_script()));
    for (const auto& in : entry.tx.inputs) BOOST_TEST(in.sequence == 0xfffffffdu);

    Evaluation now = evaluate(world.ledger, world.bitcoin);
    BOOST_TEST((now.requests[0].state == RequestState::kPlanned));
    BOOST_TEST(now.reserves.pending.sat == 150'000'000);
    world.mine(1, {entry.tx});
    now = evaluate(world.ledger, world.bitcoin);
    BOOST_TEST((now.requests[0].state == RequestState::kConfirming));
    BOOST_TEST(now.reserves.pending.sat == 0);
    BOOST_TEST(now.reserves.deficit.sat == 0);
    BOOST_TEST(now.batches[0].open);
    world.mine(5);
    now = evaluate(world.ledger, world.bitcoin);
    BOOST_TEST((now.requests[0].state == RequestState::kPaid));
    BOOST_TEST(now.batches[0].closed);
    BOOST_TEST(now.reserves.held.sat == now.reserves.circulating.sat + now.reserves.pool.sat);
}

// At a change of sets the plan is for a block of the new set: its signers take no change to the old one.
BOOST_AUTO_TEST_CASE(a_plan_is_made_for_the_set_of_its_own_block) {
    World world = funded();
    world.claim(3 * kBtc, 1);
    world.request(kBtc, p2wpkh(1));
    world.block(0);
    const auto pays = [&](std::optional<uint32_t> set) {
        const Evaluation now = evaluate(world.ledger, world.bitcoin);
        return plan(world.ledger, now, world.bitcoin, {2000, false, {}, set}).record.entries.front();
    };
    const PlanEntry before = pays(std::nullopt);
    BOOST_TEST((before == pays(0)));
    BOOST_TEST((before.tx.outputs.back().script == world.donation_script(0)));
    const PlanEntry after = pays(1);
    BOOST_TEST((after.kind == PlanKind::kPay));
    BOOST_TEST((after.tx.outputs.back().script == world.donation_script(1)));
    BOOST_TEST((after.tx.inputs[0].prevout == world.history.back().claims[0].outpoint));
}

BOOST_AUTO_TEST_CASE(an_empty_pool_holds_requests_until_somebody_donates) {
    World world;
    world.claim(5 * kBtc);
    world.block();
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block();
    BOOST_TEST(world.last_plan.empty());
    BOOST_TEST((world.last_plan.waiting.at(0) == HoldReason::kPool));
    world.donate(50'000);
    world.block();
    BOOST_TEST(only_entry(world.last_plan).requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_paid_is_held_with_its_reason_and_blocks_nobody) {
    World world = funded();
    world.request(293, p2wpkh(1));
    world.request(100'000, Script{{0x6a}});
    world.request(100'000, Script{{0x51}});
    world.request(6 * kBtc, p2wpkh(2));
    world.request(100'000, p2wpkh(3));
    world.block();
    for (uint32_t i = 0; i < world.params.planner.fair_after + 2; ++i) world.mine(1);
    world.block();
    const PlanEntry entry = only_entry(world.last_plan);
    BOOST_TEST((entry.requests == std::vector<uint64_t>{4}));
    BOOST_TEST((world.last_plan.waiting.at(0) == HoldReason::kDust));
    BOOST_TEST((world.last_plan.waiting.at(1) == HoldReason::kScript));
    BOOST_TEST((world.last_plan.waiting.at(2) == HoldReason::kScript));
    BOOST_TEST((world.last_plan.waiting.at(3) == HoldReason::kCoins));
}

BOOST_AUTO_TEST_CASE(an_old_large_request_is_not_starved) {
    World world = funded();
    world.claim(kBtc);
    world.block();
    // Locks the large coin into a batch.
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block();
    BOOST_REQUIRE(!world.last_plan.empty());
    const ParentTransaction first = world.last_plan.record.entries[0].tx;
    world.request(3 * kBtc, p2wpkh(2));
    world.block(0);
    world.mine(world.params.planner.fair_after + 2);
    world.request(1'000'000, p2wpkh(3));
    for (int i = 0; i < 4; ++i) world.block(0);
    Plan plan = world.make_plan(2000);
    for (const PlanEntry& entry : plan.record.entries) BOOST_TEST((entry.kind != PlanKind::kPay || entry.version > 0));
    BOOST_TEST((plan.waiting.at(1) == HoldReason::kCoins));
    BOOST_TEST((plan.waiting.at(2) == HoldReason::kLater));
    world.mine(1, {first});
    plan = world.make_plan(2000);
    BOOST_TEST((only_entry(plan).requests == std::vector<uint64_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_stuck_batch_is_bumped_from_its_change) {
    World world = funded();
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block(2000);
    const PlanEntry first = only_entry(world.last_plan);
    world.mine(2);
    BOOST_TEST(world.make_plan(10'000).empty());  // too early
    world.mine(1);
    BOOST_TEST(world.make_plan(2'400).empty());  // the rate has not risen by a step
    const PlanEntry second = only_entry(world.make_plan(10'000));
    BOOST_TEST((second.batch == compute_txid(first.tx)));
    BOOST_TEST(second.version == 1u);
    BOOST_TEST((second.tx.inputs[0].prevout == first.tx.inputs[0].prevout));
    BOOST_TEST((second.tx.outputs[0] == first.tx.outputs[0]));
    world.block(10'000);
    BOOST_TEST(world.ledger.fault() == "");
    // Version 0 is mined after version 1 was planned: harmless.
    world.mine(6, {first.tx});
    const Evaluation now = evaluate(world.ledger, world.bitcoin);
    BOOST_TEST((now.requests[0].state == RequestState::kPaid));
    BOOST_TEST(now.batches[0].confirmed.value() == 0u);
    BOOST_TEST(now.reserves.deficit.sat == 0);
    BOOST_TEST(world.make_plan(10'000).empty());
}

BOOST_AUTO_TEST_CASE(cancelling_a_batch_returns_its_requests) {
    World world = funded();
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block(2000);
    const ParentTxid batch = compute_txid(only_entry(world.last_plan).tx);
    PlanInput input;
    input.rate = 2000;
    input.cancel = {batch};
    const Plan plan_cancel = plan(world.ledger, evaluate(world.ledger, world.bitcoin), world.bitcoin, input);
    const PlanEntry cancel = only_entry(plan_cancel);
    BOOST_TEST((cancel.kind == PlanKind::kCancel));
    BOOST_TEST(cancel.tx.inputs.size() == 1u);
    world.next.plan = encode_plan(plan_cancel.record);
    world.block(0);
    BOOST_TEST(world.ledger.fault() == "");
    world.mine(5, {cancel.tx});
    BOOST_TEST(world.make_plan(2000).empty());  // not final yet
    world.mine(1);
    world.block();
    BOOST_TEST((only_entry(world.last_plan).kind == PlanKind::kRelease));
    world.block();
    const PlanEntry again = only_entry(world.last_plan);
    BOOST_TEST((again.kind == PlanKind::kPay));
    BOOST_TEST((again.requests == std::vector<uint64_t>{0}));
    BOOST_TEST(evaluate(world.ledger, world.bitcoin).reserves.deficit.sat == 0);
}

BOOST_AUTO_TEST_CASE(version_1_mined_after_version_2_kills_the_child_batch_which_is_released_and_paid_again) {
    World world = funded();
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block(2000);
    const ParentTransaction v0 = only_entry(world.last_plan).tx;
    world.mine(3);
    world.block(10'000);
    const ParentTransaction v1 = only_entry(world.last_plan).tx;
    world.mine(1, {v1});
    world.request(kBtc, p2wpkh(2));
    for (int i = 0; i < 3; ++i) world.block();
    world.block();
    const Ledger& ledger = world.ledger;
    BOOST_REQUIRE_EQUAL(ledger.batches().size(), 2u);
    const ParentTransaction child = ledger.batches()[1].versions[0].tx;
    BOOST_TEST((child.inputs[0].prevout.txid == compute_txid(v1)));
    // A reorganisation: version 0 takes its place.
    world.bitcoin.drop(1);
    world.mine(6, {v0});
    Evaluation now = evaluate(ledger, world.bitcoin);
    BOOST_TEST(now.batches[0].closed);
    BOOST_TEST(now.batches[1].releasable);
    BOOST_TEST(now.reserves.deficit.sat == 0);
    world.block();
    BOOST_TEST((world.last_plan.record.entries[0].kind == PlanKind::kRelease));
    world.block();
    BOOST_TEST((only_entry(world.last_plan).requests == std::vector<uint64_t>{1}));
    BOOST_TEST(ledger.fault() == "");
    BOOST_TEST(!world.bitcoin.can_confirm(child));
}

BOOST_AUTO_TEST_CASE(coins_of_an_old_set_are_swept_and_never_pay) {
    World world = funded();
    world.active_set = 1;
    world.request(kBtc, p2wpkh(1));
    world.block(0);
    world.block();
    const PlanEntry sweep = only_entry(world.last_plan);
    BOOST_TEST((sweep.kind == PlanKind::kSweep));
    for (const ParentTxOut& out : sweep.tx.outputs) BOOST_TEST((out.script == world.donation_script(1)));
    world.mine(1, {sweep.tx});
    for (int i = 0; i < 3; ++i) world.block();
    const Evaluation now = evaluate(world.ledger, world.bitcoin);
    BOOST_TEST((now.requests[0].state == RequestState::kPlanned));
    BOOST_TEST(now.reserves.deficit.sat == 0);
    BOOST_TEST(!now.by_set.contains(0));
}

BOOST_AUTO_TEST_CASE(a_foreign_spend_is_a_deficit_and_stops_planning) {
    World world = funded();
    ParentTransaction theft;
    theft.inputs.emplace_back();
    theft.inputs[0].prevout = world.ledger.claims()[0].outpoint;
    theft.outputs.push_back({{5 * kBtc}, p2wpkh(9)});
    world.mine(1, {theft});
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block();
    const Evaluation now = evaluate(world.ledger, world.bitcoin);
    BOOST_TEST(now.reserves.deficit.sat == 5 * kBtc);
    BOOST_TEST(now.stolen.size() == 1u);
    BOOST_TEST(world.last_plan.empty());
}

BOOST_AUTO_TEST_CASE(a_plan_that_pays_a_request_twice_is_a_fault) {
    World world = funded();
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block(2000);
    PlanEntry again = only_entry(world.last_plan);
    again.tx.inputs[0].prevout.index = 7;
    PlanRecord record;
    record.entries = {again};
    world.next.plan = encode_plan(record);
    world.block(0);
    BOOST_TEST(world.ledger.fault() != "");
    BOOST_TEST(world.ledger.batches().size() == 1u);
    BOOST_TEST(world.make_plan(2000).empty());
}

BOOST_AUTO_TEST_CASE(rates) {
    const PlannerParams params = PlannerParams::regtest();
    BOOST_TEST(choose_rate(params, {}) == 2000u);
    BOOST_TEST(choose_rate(params, {9000, 1500, 3000, 4000}) == 3000u);
    BOOST_TEST(choose_rate(params, {1, 1, 1}) == params.min_rate);
    BOOST_TEST(accept_rate(params, 2000, std::nullopt));
    BOOST_TEST(!accept_rate(params, 999, std::nullopt));
    BOOST_TEST(accept_rate(params, 20'000, 2000));
    BOOST_TEST(!accept_rate(params, 20'001, 2000));
    BOOST_TEST(!accept_rate(params, 2000, 20'001));
}

BOOST_AUTO_TEST_CASE(plan_record_of_the_protocol_page) {
    PlanRecord record;
    record.rate = 2000;
    record.entries.resize(2);
    record.entries[0].kind = PlanKind::kRelease;
    record.entries[0].batch.bytes[0] = 7;
    PlanEntry& pay = record.entries[1];
    pay.requests = {5};
    pay.change = {1};
    pay.tx.inputs.emplace_back();
    pay.tx.inputs[0].prevout.txid.bytes[0] = 9;
    pay.tx.inputs[0].prevout.index = 0;
    pay.tx.inputs[0].sequence = 0xfffffffd;
    pay.tx.outputs = {{{1000}, Script{{0x51}}}, {{2000}, Script{{0x52}}}};
    const std::string zeros(62, '0');
    BOOST_TEST(to_hex(encode_plan(record)) ==
               "0101d007000002"
               "0307" +
                   zeros + "0000" + zeros +
                   "0001050101"
                   "020000000109" +
                   zeros +
                   "0000000000fdffffff02"
                   "e8030000000000000151d007000000000000015200000000");
    BOOST_TEST((decode_plan(encode_plan(record)) == record));
}

BOOST_AUTO_TEST_CASE(plan_record_round_trip_and_refusals) {
    World world = funded();
    world.request(kBtc, p2wpkh(1));
    world.block();
    world.block();
    const Bytes bytes = encode_plan(world.last_plan.record);
    BOOST_TEST((decode_plan(bytes) == world.last_plan.record));
    for (size_t i = 0; i < bytes.size(); ++i) BOOST_TEST(!decode_plan(ByteView(bytes).first(i)).has_value());
    Bytes other = bytes;
    other[0] = 2;
    BOOST_TEST(!decode_plan(other).has_value());
    other = bytes;
    other[7] = 4;  // kind of the first entry
    BOOST_TEST(!decode_plan(other).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
