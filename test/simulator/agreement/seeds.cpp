// Seeded runs. SLUICE_SIM_SEED=<seed> replays one seed of every case; SLUICE_SIM_SEEDS=<count> changes how many are
// run.
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "simulator/agreement/world.h"

namespace sluice::agreement::sim {
namespace {

struct Size {
    uint32_t n;
    uint32_t k;
};

uint64_t seeds_wanted(uint64_t otherwise) {
    const char* text = std::getenv("SLUICE_SIM_SEEDS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

void for_seeds(const char* name, uint64_t count, const std::function<std::string(uint64_t)>& run) {
    if (const char* one = std::getenv("SLUICE_SIM_SEED")) {
        const std::string wrong = run(std::strtoull(one, nullptr, 10));
        BOOST_TEST(wrong == "", name << " seed " << one << ": " << wrong);
        return;
    }
    count = seeds_wanted(count);
    for (uint64_t seed = 1; seed <= count; ++seed) {
        const std::string wrong = run(seed);
        BOOST_TEST(wrong == "", name << ": " << wrong << "; replay with SLUICE_SIM_SEED=" << seed);
        if (!wrong.empty()) return;
    }
    BOOST_TEST_MESSAGE(name << ": " << count << " seeds");
}

// After faults end: three more blocks within three rotations of proposers at the capped timeouts.
std::string settle(World& world) {
    if (!world.breach.empty()) return world.breach;
    const Height target = world.highest_height() + 3;
    const int64_t view_time = 3 * world.timing.cap.count();
    const int64_t limit = world.now + 3 * static_cast<int64_t>(world.committee.size()) * view_time;
    const bool live = world.run_until(limit, [&] { return world.reached(target); });
    if (!world.breach.empty()) return world.breach;
    if (live) return "";
    std::string where = "L1: stuck; heights";
    for (const auto& node : world.nodes) {
        where += " " + std::to_string(node->height());
        if (!node->up()) {
            where += "(down)";
            continue;
        }
        const HeightMachine* machine = node->participant->agreement().machine();
        if (machine)
            where += "/v" + std::to_string(machine->view()) + "s" + std::to_string(static_cast<int>(machine->step()));
        if (node->signer->status().observing) where += "(observing)";
        if (node->signer->status().halted) where += "(halted)";
    }
    return where;
}

constexpr Size kSizes[] = {{3, 2}, {3, 3}, {4, 3}, {5, 4}, {7, 5}};

std::string name_of(Size size) { return std::to_string(size.n) + "," + std::to_string(size.k); }

// Loss, duplication, reordering, skewed clocks, one partition that heals, and one crash in the middle of a journal
// write.
std::string rough_weather(uint64_t seed, Size size) {
    World world(seed, size.n, size.k);
    world.faults = {static_cast<int>(world.random.below(30)), static_cast<int>(world.random.below(20)), 1,
                    10 + static_cast<int64_t>(world.random.below(600))};
    for (auto& node : world.nodes) node->skew = static_cast<int64_t>(world.random.below(4000)) - 2000;
    if (world.random.chance(70)) {
        Node* victim = world.nodes[world.random.below(size.n)].get();
        victim->crash_at_append = 2 + static_cast<int>(world.random.below(60));
    }
    if (world.random.chance(50)) {
        const int64_t begin = 3000 + static_cast<int64_t>(world.random.below(8000));
        world.at(begin, [&world] {
            for (auto& island : world.island) island = static_cast<int>(world.random.below(2));
        });
        world.at(begin + 2000 + static_cast<int64_t>(world.random.below(8000)), [&world] {
            for (auto& island : world.island) island = 0;
        });
    }
    world.start();
    world.run_until(25'000);
    for (auto& island : world.island) island = 0;
    world.faults = {};
    for (auto& node : world.nodes) node->crash_at_append = -1;
    world.run_until(world.now + 4000);  // a crashed member is back by now
    return settle(world);
}

std::string liars(uint64_t seed, Size size) {
    World world(seed, size.n, size.k);
    world.faults = {static_cast<int>(world.random.below(10)), 5, 1, 10 + static_cast<int64_t>(world.random.below(200))};
    // Safe with 2k-n-1, live with n-k.
    const uint32_t most = std::min(2 * size.k - size.n - 1, size.n - size.k);
    const uint32_t first = static_cast<uint32_t>(world.random.below(size.n));
    for (uint32_t i = 0; i < most; ++i) {
        const Lie kinds[] = {Lie::kEquivocate, Lie::kEquivocate, Lie::kWithhold, Lie::kMute};
        world.nodes[(first + i * 2) % size.n]->lie = kinds[world.random.below(4)];
    }
    world.start();
    world.run_until(20'000);
    world.faults = {};
    return settle(world);
}

// More liars than may be absent, but not more than safety bears: no progress is promised, two hashes never.
std::string many_liars(uint64_t seed, Size size) {
    World world(seed, size.n, size.k);
    world.faults = {5, 5, 1, 100};
    const uint32_t most = 2 * size.k - size.n - 1;
    for (uint32_t i = 0; i < most; ++i) world.nodes[(seed + i) % size.n]->lie = Lie::kEquivocate;
    world.start();
    world.run_until(40'000);
    return world.breach;
}

std::string all_restart(uint64_t seed, Size size) {
    World world(seed, size.n, size.k);
    world.faults = {5, 5, 1, 50};
    world.start();
    for (int round = 0; round < 3; ++round) {
        world.run_until(world.now + 2500 + static_cast<int64_t>(world.random.below(3000)));
        for (auto& node : world.nodes) {
            if (node->up()) node->crash();
        }
        for (auto& node : world.nodes) {
            Node* raw = node.get();
            world.at(world.now + static_cast<int64_t>(world.random.below(2000)), [raw] {
                if (!raw->up()) raw->boot();
            });
        }
    }
    world.faults = {};
    world.run_until(world.now + 2500);
    return settle(world);
}

// As many members down for good as the threshold bears.
std::string absent(uint64_t seed, Size size) {
    World world(seed, size.n, size.k);
    const uint32_t down = size.n - size.k;
    world.start();
    world.run_until(3000);
    for (uint32_t i = 0; i < down; ++i) world.nodes[(seed + i) % size.n]->crash();
    return settle(world);
}

}  // namespace

BOOST_AUTO_TEST_CASE(rough_weather_seeds) {
    for (const Size size : kSizes) {
        for_seeds(("rough weather " + name_of(size)).c_str(), 100,
                  [&](uint64_t seed) { return rough_weather(seed, size); });
    }
    for_seeds("rough weather 15,11", 6, [](uint64_t seed) { return rough_weather(seed, {15, 11}); });
}

BOOST_AUTO_TEST_CASE(liars_within_bounds_seeds) {
    for (const Size size : {Size{4, 3}, Size{5, 4}, Size{7, 5}}) {
        for_seeds(("liars " + name_of(size)).c_str(), 100, [&](uint64_t seed) { return liars(seed, size); });
    }
    for_seeds("liars 15,11", 4, [](uint64_t seed) { return liars(seed, {15, 11}); });
}

BOOST_AUTO_TEST_CASE(more_liars_than_progress_bears_seeds) {
    for (const Size size : {Size{3, 3}, Size{5, 4}, Size{7, 5}}) {
        for_seeds(("many liars " + name_of(size)).c_str(), 40, [&](uint64_t seed) { return many_liars(seed, size); });
    }
}

BOOST_AUTO_TEST_CASE(all_members_restart_seeds) {
    for (const Size size : kSizes) {
        for_seeds(("all restart " + name_of(size)).c_str(), 30, [&](uint64_t seed) { return all_restart(seed, size); });
    }
}

BOOST_AUTO_TEST_CASE(absent_members_seeds) {
    for (const Size size : kSizes) {
        for_seeds(("absent " + name_of(size)).c_str(), 20, [&](uint64_t seed) { return absent(seed, size); });
    }
}

}  // namespace sluice::agreement::sim
