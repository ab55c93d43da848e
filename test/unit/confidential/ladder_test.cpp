// Every back end of the ladder against plain complete addition, in the lanes where incomplete formulas meet an
// exception.
#include <boost/test/unit_test.hpp>

#include "support/proof_maker.h"

using namespace sluice;
using namespace sluice::test;

namespace {

// Those that this processor runs, and the vector ladder in emulation.
std::vector<const LadderBackend*> every_ladder() {
    std::vector<const LadderBackend*> out(available_ladders().begin(), available_ladders().end());
    out.push_back(&checked_lane_ladder());
    return out;
}

// Keys are multiples k*G; lanes are all pairs of these scalars, so that s + e*k hits 0, doublings and opposite points
// at many windows.
std::vector<Scalar> structured() {
    std::vector<Scalar> out;
    for (const uint64_t small : {0, 1, 2, 3, 15, 16, 17, 31, 32, 512, 513, 1024}) out.push_back(scalar_small(small));
    out.push_back(Scalar{{0, 0, 1, 0}});                        // 2^128
    out.push_back(Scalar{{~uint64_t{0}, ~uint64_t{0}, 0, 0}});  // 2^128 - 1
    out.push_back(Scalar{{0, 0, 4, 0}});                        // 2^130: where the base point's halves meet
    out.push_back(Scalar{{0xdf02967c1b23bd72, 0x122e22ea20816678, 0xa5261c028812645a, 0x5363ad4cc05c30e0}});  // lambda
    const Scalar lambda = out.back();
    const Scalar one = scalar_small(1);
    out.push_back(Scalar{{1, 0, 1, 0}});  // 2^128 + 1
    out.push_back(add(lambda, one));      // -lambda^2
    out.push_back(add(lambda, negate(one)));
    out.push_back(Scalar{{0xdfe92f46681b20a0, 0x5d576e7357a4501d, ~uint64_t{0}, 0x7fffffffffffffff}});  // n/2
    const size_t plain = out.size();
    for (size_t i = 0; i < plain; ++i) out.push_back(negate(out[i]));
    return out;
}

void compare_all(const std::vector<Affine>& keys, const std::vector<Lane>& lanes) {
    std::vector<Jacobian> sums;
    for (const Lane& lane : lanes) sums.push_back(multiply_add_complete(lane.s, lane.e, keys[lane.key]));
    const auto expected = normalize_all(sums);
    for (const LadderBackend* backend : every_ladder()) {
        std::vector<LaneResult> results(lanes.size());
        backend->multiply_add(backend->prepare(keys), lanes, results);
        size_t wrong = 0;
        for (size_t i = 0; i < lanes.size(); ++i) {
            const bool same = results[i].infinity == !expected[i].has_value() &&
                              (!expected[i] || to_point(results[i].point) == to_point(*expected[i]));
            wrong += same ? 0 : 1;
        }
        BOOST_TEST(wrong == 0U, backend->name << ": " << wrong << " of " << lanes.size() << " lanes");
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ladders)

BOOST_AUTO_TEST_CASE(structured_lanes) {
    std::vector<Affine> keys;
    for (const uint64_t k : {1, 2, 5, 32}) keys.push_back(base_times(scalar_small(k)));
    keys.push_back(negate(kBasePoint));
    keys.push_back(base_times(Scalar{{0, 0, 4, 0}}));
    std::vector<Lane> lanes;
    const auto scalars = structured();
    for (uint32_t key = 0; key < keys.size(); ++key) {
        for (const Scalar& s : scalars) {
            for (const Scalar& e : scalars) lanes.push_back({key, s, e});
        }
    }
    compare_all(keys, lanes);
}

BOOST_AUTO_TEST_CASE(random_lanes_of_every_count) {
    Scalars random(7);
    std::vector<Affine> keys;
    for (int i = 0; i < 19; ++i) keys.push_back(base_times(random.next()));
    for (size_t count = 0; count <= keys.size(); ++count) {
        std::vector<Lane> lanes;
        for (size_t i = 0; i < count; ++i) {
            lanes.push_back({static_cast<uint32_t>((i * 7) % keys.size()), random.next(), random.next()});
        }
        compare_all(keys, lanes);
    }
}

// s = -e*k in one lane only: that one is infinity, its neighbours are not touched.
BOOST_AUTO_TEST_CASE(an_exception_stays_in_its_lane) {
    Scalars random(8);
    constexpr size_t kLanes = 24;
    std::vector<Affine> keys;
    std::vector<Scalar> logs;
    for (size_t i = 0; i < kLanes; ++i) {
        logs.push_back(random.next());
        keys.push_back(base_times(logs.back()));
    }
    for (size_t bad = 0; bad < kLanes; ++bad) {
        std::vector<Lane> lanes;
        for (size_t i = 0; i < kLanes; ++i) lanes.push_back({static_cast<uint32_t>(i), random.next(), random.next()});
        lanes[bad].s = negate(mul(lanes[bad].e, logs[bad]));
        for (const LadderBackend* backend : every_ladder()) {
            std::vector<LaneResult> results(kLanes);
            backend->multiply_add(backend->prepare(keys), lanes, results);
            for (size_t i = 0; i < kLanes; ++i) BOOST_TEST(results[i].infinity == (i == bad));
        }
        if (bad % 8 == 0) compare_all(keys, lanes);
    }
}

// Ordinary, equal, opposite: in every lane, and in every number of lanes.
BOOST_AUTO_TEST_CASE(pairs_of_every_kind) {
    Scalars random(10);
    for (size_t count = 0; count < 20; ++count) {
        std::vector<Affine> a, b;
        for (size_t i = 0; i < count; ++i) {
            a.push_back(base_times(random.next()));
            b.push_back(i % 5 == count % 5 ? a[i] : i % 7 == count % 7 ? negate(a[i]) : base_times(random.next()));
        }
        for (const LadderBackend* backend : every_ladder()) {
            std::vector<LaneResult> sums(count);
            backend->add_pairs(a, b, sums);
            for (size_t i = 0; i < count; ++i) {
                const auto expected = normalize(add(to_jacobian(a[i]), b[i]));
                BOOST_TEST(sums[i].infinity == !expected.has_value());
                if (expected) BOOST_TEST((to_point(sums[i].point) == to_point(*expected)));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(roots_of_every_count) {
    Scalars random(9);
    for (size_t count = 0; count < 20; ++count) {
        std::vector<Fe> values;
        for (size_t i = 0; i < count; ++i) values.push_back(i == 0 ? Fe{} : Fe{random.next().n});
        for (const LadderBackend* backend : every_ladder()) {
            std::vector<Fe> roots = values;
            backend->root_candidates(roots);
            for (size_t i = 0; i < count; ++i) {
                const auto expected = square_root(values[i]);
                BOOST_TEST(is_equal(sqr(roots[i]), values[i]) == expected.has_value());
                if (expected) BOOST_TEST(is_equal(roots[i], *expected));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
