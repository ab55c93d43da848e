// Random histories: claims, requests, burns, donations, plans, blocks that confirm any version they can,
// reorganisations below the final depth, a change of the payout set. After each final block the promises of
// federation-design sections 4 and 6 must hold.
#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "peg/ledger/size.h"
#include "unit/ledger/world.h"

using namespace sluice;
using namespace sluice::ledger;
using namespace sluice::ledger::test;

namespace {

struct Random {
    // Uniform whatever the size of the case: inRange alone stays near its lower end in small cases.
    int below(int bound) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, bound)); }
    bool chance(int percent) { return below(100) < percent; }
};

std::vector<ParentTransaction> some_versions(const World& world, Random& random, int percent) {
    std::vector<ParentTransaction> out;
    for (const Batch& batch : world.ledger.batches()) {
        for (const Version& version : batch.versions) {
            if (!world.bitcoin.is_confirmed(version.txid) && random.chance(percent)) out.push_back(version.tx);
        }
    }
    if (random.chance(50)) std::ranges::reverse(out);
    return out;
}

// S6 and section 4.2.
void check_payments(const World& world) {
    std::map<uint64_t, int> paid;
    for (const Batch& batch : world.ledger.batches()) {
        int confirmed = 0;
        for (const Version& version : batch.versions) {
            RC_ASSERT(version.tx.inputs[0].prevout == batch.pivot);
            if (!world.bitcoin.is_confirmed(version.txid)) continue;
            ++confirmed;
            if (version.kind == PlanKind::kCancel) continue;
            for (const uint64_t request : batch.requests) ++paid[request];
        }
        RC_ASSERT(confirmed <= 1);
    }
    for (const auto& [request, times] : paid) RC_ASSERT(times == 1);
    // No request in two open batches.
    std::set<uint64_t> open;
    for (const Batch& batch : world.ledger.batches()) {
        if (batch.released_at) continue;
        for (const uint64_t request : batch.requests) RC_ASSERT(open.insert(request).second);
    }
}

void check_versions(const World& world, const Evaluation& now) {
    for (size_t i = 0; i < now.batches.size(); ++i) {
        const Batch& batch = world.ledger.batches()[i];
        for (size_t v = 0; v < batch.versions.size(); ++v) {
            const Version& version = batch.versions[v];
            const int64_t fee = now.batches[i].fees[v].sat;
            RC_ASSERT(fee > 0);
            RC_ASSERT(fee <= world.params.planner.max_fee);
            for (size_t r = 0; version.kind != PlanKind::kCancel && r < batch.requests.size(); ++r) {
                const Request& request = world.ledger.requests()[batch.requests[r]];
                RC_ASSERT(version.tx.outputs[r].value == request.amount);
                RC_ASSERT(version.tx.outputs[r].script == request.script);
            }
            for (const uint32_t change : version.change) {
                RC_ASSERT(version.tx.outputs[change].value.sat >= world.params.planner.min_change);
            }
        }
    }
}

void check_plans_agree(const World& world, uint32_t rate) {
    Ledger replayed(world.params);
    for (const BlockFacts& facts : world.history) replayed.apply(facts);
    PlanInput input;
    input.rate = rate;
    const Plan mine = plan(world.ledger, evaluate(world.ledger, world.bitcoin), world.bitcoin, input);
    const Plan theirs = plan(replayed, evaluate(replayed, world.bitcoin), world.bitcoin, input);
    RC_ASSERT(encode_plan(mine.record) == encode_plan(theirs.record));
    RC_ASSERT(decode_plan(encode_plan(mine.record)) == mine.record);
    RC_ASSERT(encode_plan(mine.record).size() <= world.params.planner.max_plan_bytes);
}

void check(const World& world) {
    const Evaluation now = evaluate(world.ledger, world.bitcoin);
    RC_ASSERT(world.ledger.fault() == "");
    RC_ASSERT(now.reserves.deficit.sat == 0);
    RC_ASSERT(now.reserves.pool.sat >= 0);
    RC_ASSERT(now.stolen.empty());
    for (const Coin& coin : now.coins) RC_ASSERT(world.bitcoin.unspent(coin.outpoint) == coin.value.sat);
    check_payments(world);
    check_versions(world, now);
}

Script random_script(Random& random) {
    switch (random.below(12)) {
        case 0: return Script{{0x6a, 0x01, 0x02}};
        case 1: return script::make_p2pkh(hash160(as_bytes("x")));
        case 2: return script::make_p2sh(hash160(as_bytes("y")));
        case 3:
            return parent::p2wsh(test_set(static_cast<uint8_t>(random.below(2) * 3 + 1)).witness_script);  // ourselves
        default: return p2wpkh(static_cast<uint32_t>(random.below(1000)));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ledger_properties)

BOOST_AUTO_TEST_CASE(random_histories_keep_every_promise) {
    BOOST_TEST(rc::check([] {
        Random random;
        World world;
        if (random.chance(90)) world.donate(200'000 + random.below(2'000'000));
        int64_t supply = 0;
        const int steps = 10 + random.below(70);
        uint32_t rate = 2000;
        for (int step = 0; step < steps; ++step) {
            const int action = random.below(100);
            if (action < 15) {
                const int64_t value = 20'000 + random.below(500'000'000);
                world.claim(value, world.active_set.value_or(0));
                supply += value;
            } else if (action < 40) {
                const int64_t amount = random.chance(10) ? random.below(600) : random.below(100'000'000);
                if (amount > 0 && amount <= supply) {
                    world.request(amount, random_script(random));
                    supply -= amount;
                }
            } else if (action < 45 && supply > 50'000) {
                const int64_t burn = random.below(50'000);
                (random.chance(50) ? world.next.burns : world.next.unclaimed_fees).sat += burn;
                supply -= burn;
            } else if (action < 50) {
                world.donate(10'000 + random.below(1'000'000));
            } else if (action < 52) {
                world.active_set = 1;
            } else if (action < 60) {
                // A reorganisation that stays above the final depth. Claims of this test are deeper.
                const size_t depth =
                    static_cast<size_t>(1 + random.below(static_cast<int>(world.params.planner.final_depth) - 1));
                std::vector<ParentTransaction> gone = world.bitcoin.drop(depth);
                if (random.chance(50)) gone.clear();
                for (ParentTransaction& tx : some_versions(world, random, 30)) gone.push_back(std::move(tx));
                world.mine(depth + 1, gone);
            } else {
                world.mine(static_cast<size_t>(1 + random.below(3)), some_versions(world, random, 40));
            }
            if (random.chance(20)) rate = static_cast<uint32_t>(1000 + random.below(20'000));
            check_plans_agree(world, rate);
            world.block(random.chance(80) ? rate : 0);
            check(world);
        }
        size_t versions = 0;
        bool released = false;
        for (const Batch& batch : world.ledger.batches()) {
            versions = std::max(versions, batch.versions.size());
            released = released || batch.released_at.has_value();
        }
        RC_CLASSIFY(versions > 1, "bumped");
        RC_CLASSIFY(versions > 2, "bumped twice");
        RC_CLASSIFY(released, "released");
        RC_CLASSIFY(world.ledger.batches().size() > 5, "more than five batches");
        // Then everything that can be paid is, in bounded time (L4).
        world.donate(50'000'000);
        for (int i = 0; i < 200; ++i) {
            std::vector<ParentTransaction> newest;
            for (const Batch& batch : world.ledger.batches()) newest.push_back(batch.versions.back().tx);
            world.mine(1, newest);
            world.block(2000);
        }
        check(world);
        const Evaluation now = evaluate(world.ledger, world.bitcoin);
        for (size_t i = 0; i < now.requests.size(); ++i) {
            if (now.requests[i].state == RequestState::kPaid) continue;
            RC_ASSERT(now.requests[i].state == RequestState::kQueued);
            const HoldReason reason = world.last_plan.waiting.at(i);
            RC_ASSERT(reason == HoldReason::kDust || reason == HoldReason::kScript || reason == HoldReason::kCoins);
            if (reason == HoldReason::kCoins) RC_ASSERT(world.ledger.requests()[i].amount.sat > 0);
        }
    }));
}

BOOST_AUTO_TEST_SUITE_END()
