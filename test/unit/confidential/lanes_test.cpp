// The vector field and its kernel: bounds for every input, values at the bounds, and a self-test that notices.
#include <boost/test/unit_test.hpp>

#include "confidential/detail/lanes/checked.h"
#include "confidential/detail/lanes/kernel_checked.h"
#include "confidential/detail/lanes/ladder_lanes.h"
#include "confidential/detail/lanes/point.h"
#include "confidential/detail/lanes/self_test.h"
#include "support/proof_maker.h"

using namespace sluice;
using namespace sluice::test;
namespace lanes = sluice::confidential::detail::lanes;

namespace {

// What a lane can hold: every operation checks that no input within the bounds of its operands can break it. Control
// flow does not depend on values, so one run over intervals stands for all inputs.
struct IntervalOps {
    struct V {
        uint64_t low;
        uint64_t high;
    };
    using Mask = uint8_t;

    static V all(uint64_t value) { return {value, value}; }
    static V add(const V& a, const V& b) {
        CHECK(a.high + b.high >= a.high);
        return {a.low + b.low, a.high + b.high};
    }
    static V sub(const V& a, const V& b) {
        CHECK(a.low >= b.high);
        return {a.low - b.high, a.high - b.low};
    }
    static V both(const V& a, const V& b) { return {0, std::min(a.high, b.high)}; }
    static V either(const V& a, const V& b) {
        const uint64_t high = std::max(a.high, b.high);
        return {0, high == 0 ? 0 : ~uint64_t{0} >> std::countl_zero(high)};
    }
    template <int kBits>
    static V right(const V& a) {
        return {a.low >> kBits, a.high >> kBits};
    }
    template <int kBits>
    static V left(const V& a) {
        CHECK(a.high << kBits >> kBits == a.high);
        return {a.low << kBits, a.high << kBits};
    }
    template <int kBits>
    static V left_out(const V&) {
        return {0, ~uint64_t{0}};
    }
    static V low52(const V&) { return {0, lanes::kLow52}; }
    static V multiply_low(const V& sum, const V& a, const V& b) {
        CHECK(a.high <= lanes::kLow52 && b.high <= lanes::kLow52);
        const auto most = static_cast<unsigned __int128>(a.high) * b.high;
        return add(sum, {0, most < lanes::kLow52 ? static_cast<uint64_t>(most) : lanes::kLow52});
    }
    static V multiply_high(const V& sum, const V& a, const V& b) {
        CHECK(a.high <= lanes::kLow52 && b.high <= lanes::kLow52);
        return add(sum, {0, static_cast<uint64_t>((static_cast<unsigned __int128>(a.high) * b.high) >> 52)});
    }
    static V blend(Mask, const V& clear, const V& set) {
        return {std::min(clear.low, set.low), std::max(clear.high, set.high)};
    }
    static Mask equal(const V&, const V&) { return 0; }
};

using BoundsField = lanes::Field<IntervalOps>;
using BoundsCurve = lanes::Curve<IntervalOps>;

constexpr IntervalOps::V kAnyLimb = {0, lanes::kLow52};
constexpr IntervalOps::V kAnyTop = {0, lanes::kTopMax};
constexpr BoundsField::Num kAnyNum = {{kAnyLimb, kAnyLimb, kAnyLimb, kAnyLimb, kAnyTop}};
// The widest that may be multiplied.
constexpr BoundsField::Factor kAnyFactor = {{kAnyLimb, kAnyLimb, kAnyLimb, kAnyLimb, {0, lanes::kFactorTopMax}}};

template <class Number>
void check_within_num(const Number& a) {
    for (int i = 0; i < 4; ++i) BOOST_TEST(a.l[i].high <= lanes::kLow52);
    BOOST_TEST(a.l[4].high <= lanes::kTopMax);
}

using CheckedField = lanes::Field<lanes::CheckedOps>;
using CheckedNum = CheckedField::Num;

using Limbs = std::array<uint64_t, 5>;

// Limbs of the values that matter, all allowed in a Num: 0, 1, p, what stands around 2^256, and full limbs.
std::vector<Limbs> edge_limbs() {
    const uint64_t full = lanes::kLow52;
    const uint64_t top = lanes::kLow48;
    return {{0, 0, 0, 0, 0},
            {1, 0, 0, 0, 0},
            {0, 0, 0, 0, 1},
            {0xffffefffffc2e, full, full, full, top},
            {0xffffefffffc2f, full, full, full, top},
            {0xffffefffffc30, full, full, full, top},
            {full, full, full, full, top},
            {0, 0, 0, 0, top + 1},
            {full, full, full, full, lanes::kTopMax},
            {full, 0, full, 0, lanes::kTopMax},
            {0, full, 0, full, 0}};
}

Fe fe_of(const Limbs& l) {
    Fe sum;
    for (size_t i = 5; i-- > 0;) { sum = add(mul(sum, Fe{{uint64_t{1} << 52, 0, 0, 0}}), fe_small(l[i])); }
    return sum;
}

CheckedNum num_of(const std::vector<Limbs>& values, size_t first) {
    CheckedNum a;
    for (size_t i = 0; i < 5; ++i) {
        for (size_t lane = 0; lane < lanes::kLanes; ++lane) a.l[i].n[lane] = values[(first + lane) % values.size()][i];
    }
    return a;
}

Fe fe_of(const CheckedNum& a, size_t lane) {
    Limbs l;
    for (size_t i = 0; i < 5; ++i) l[i] = a.l[i].n[lane];
    const Fe value = fe_of(l);
    const CheckedField::FourWords words = CheckedField::to_words(a);
    BOOST_TEST(is_equal(value, Fe{{words.n[0].n[lane], words.n[1].n[lane], words.n[2].n[lane], words.n[3].n[lane]}}));
    return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vector_lanes)

BOOST_AUTO_TEST_CASE(no_input_breaks_a_bound) {
    // A product of any two factors, with as much added to it as formulas add, is a Num, times up to 4.
    const auto widest = BoundsField::sum(BoundsField::from_multiple<4>(BoundsField::as_linear(kAnyNum)),
                                         BoundsField::as_linear(kAnyNum));
    auto product = BoundsField::product(kAnyFactor, kAnyFactor, widest);
    BoundsField::add_product(product, kAnyFactor, kAnyFactor);
    check_within_num(BoundsField::num<1>(product));
    check_within_num(BoundsField::num<4>(product));
    check_within_num(BoundsField::num<3>(BoundsField::square(kAnyFactor, widest)));
    BoundsField::to_words(kAnyNum);
    // Both operations on sums give sums again.
    BoundsCurve::Sum sum = {kAnyNum, kAnyNum, BoundsField::as_factor(kAnyNum)};
    BoundsCurve::twice_negated<1>(&sum);
    check_within_num(sum.x);
    check_within_num(sum.w);
    check_within_num(sum.z);
    sum = {kAnyNum, kAnyNum, BoundsField::as_factor(kAnyNum)};
    const BoundsCurve::Term term = {kAnyFactor, kAnyFactor};
    const uint8_t mask = 0;
    BoundsCurve::add_negated<1>(&sum, &term, &mask, &mask);
    check_within_num(sum.x);
    check_within_num(sum.w);
    check_within_num(sum.z);
    // What tables are made with: 3p - (a + b), a - b and 2a as factors.
    const auto two = BoundsField::sum(BoundsField::as_linear(kAnyNum), BoundsField::as_linear(kAnyNum));
    check_within_num(BoundsField::num(BoundsField::square(kAnyFactor, BoundsField::from_multiple<3>(two))));
    for (const auto& factor :
         {BoundsField::carried(two),
          BoundsField::carried(BoundsField::sum(BoundsField::as_linear(kAnyNum), BoundsField::negated(kAnyNum)))}) {
        BOOST_TEST(factor.l[4].high <= lanes::kFactorTopMax);
    }
}

BOOST_AUTO_TEST_CASE(values_at_the_bounds) {
    std::vector<Limbs> values = edge_limbs();
    Scalars random(21);
    while (values.size() < 32) {
        Limbs l;
        for (uint64_t& limb : l) limb = random.number() & lanes::kLow52;
        l[4] &= lanes::kLow48;
        values.push_back(l);
    }
    for (size_t shift = 0; shift < values.size(); ++shift) {
        for (size_t first = 0; first < values.size(); first += lanes::kLanes) {
            const CheckedNum a = num_of(values, first);
            const CheckedNum b = num_of(values, first + shift);
            const CheckedNum product = CheckedField::mul(a, b);
            const CheckedNum square = CheckedField::num<3>(CheckedField::square(CheckedField::as_factor(a)));
            const CheckedNum mixed = CheckedField::num<2>(CheckedField::product(
                CheckedField::carried(CheckedField::sum(CheckedField::as_linear(a), CheckedField::negated(b))),
                CheckedField::as_factor(b), CheckedField::negated(a)));
            const uint8_t zeros = CheckedField::zero_lanes(a);
            for (size_t lane = 0; lane < lanes::kLanes; ++lane) {
                const Fe x = fe_of(a, lane);
                const Fe y = fe_of(b, lane);
                BOOST_TEST(is_equal(fe_of(product, lane), mul(x, y)));
                BOOST_TEST(is_equal(fe_of(square, lane), mul(fe_small(3), mul(x, x))));
                const Fe once = sub(mul(sub(x, y), y), x);
                BOOST_TEST(is_equal(fe_of(mixed, lane), add(once, once)));
                BOOST_TEST((((zeros >> lane) & 1) != 0) == is_zero(x));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(ordinary_lanes_are_not_climbed_again) {
    Scalars random(22);
    std::vector<Affine> keys;
    std::vector<Lane> work;
    for (uint32_t i = 0; i < 40; ++i) {
        keys.push_back(base_times(random.next()));
        work.push_back({i, random.next(), random.next()});
    }
    const lanes::Kernel& kernel = lanes::checked_kernel();
    const KeyTables tables = lanes::prepare(kernel, keys);
    std::vector<LaneResult> results(work.size());
    BOOST_TEST(lanes::multiply_add(kernel, tables, work, results) == 0U);
    // Infinity is an exception, and stays in its lane.
    work[7] = {3, Scalar{}, Scalar{}};
    BOOST_TEST(lanes::multiply_add(kernel, tables, work, results) == 1U);
    BOOST_TEST(results[7].infinity);
}

// A kernel that says of one lane, which is ordinary, that it met an exception, and leaves nonsense there.
BOOST_AUTO_TEST_CASE(a_flagged_lane_is_made_good_wherever_it_stands) {
    static size_t flagged;
    lanes::Kernel kernel = lanes::checked_kernel();
    kernel.finish = [](const lanes::Sums* sums, size_t vectors, lanes::Invert invert, lanes::Element* scratch,
                       lanes::Words* points, uint8_t* exceptions) {
        lanes::checked_kernel().finish(sums, vectors, invert, scratch, points, exceptions);
        exceptions[flagged / lanes::kLanes] |= static_cast<uint8_t>(1 << flagged % lanes::kLanes);
        points[flagged] = {};
    };
    kernel.add_pairs = [](const lanes::Words* a, const lanes::Words* b, size_t count, lanes::Invert invert,
                          lanes::Element* scratch, lanes::Words* sums, uint8_t* exceptions) {
        lanes::checked_kernel().add_pairs(a, b, count, invert, scratch, sums, exceptions);
        exceptions[flagged / lanes::kLanes] |= static_cast<uint8_t>(1 << flagged % lanes::kLanes);
        sums[flagged] = {};
    };
    Scalars random(23);
    std::vector<Affine> keys;
    std::vector<Affine> others;
    std::vector<Lane> work;
    for (uint32_t i = 0; i < 2 * lanes::kLanes + 1; ++i) {
        keys.push_back(base_times(random.next()));
        others.push_back(base_times(random.next()));
        work.push_back({i, random.next(), random.next()});
    }
    const KeyTables tables = lanes::prepare(kernel, keys);
    for (flagged = 0; flagged < work.size(); ++flagged) {
        std::vector<LaneResult> results(work.size());
        std::vector<LaneResult> sums(work.size());
        BOOST_TEST(lanes::multiply_add(kernel, tables, work, results) == 1U);
        lanes::add_pairs(kernel, keys, others, sums);
        for (size_t i = 0; i < work.size(); ++i) {
            const Affine expected = affine(multiply_add_complete(work[i].s, work[i].e, keys[i]));
            BOOST_TEST((!results[i].infinity && to_point(results[i].point) == to_point(expected)));
            const Affine sum = affine(add(to_jacobian(keys[i]), others[i]));
            BOOST_TEST((!sums[i].infinity && to_point(sums[i].point) == to_point(sum)));
        }
    }
}

BOOST_AUTO_TEST_CASE(self_test_notices_each_wrong_part) {
    const lanes::Kernel right = lanes::checked_kernel();
    BOOST_TEST(lanes::passes_self_test(right));
    lanes::Kernel wrong = right;
    wrong.roots = [](uint64_t(*)[4], size_t) {};
    BOOST_TEST(!lanes::passes_self_test(wrong));
    wrong = right;
    wrong.operations = [](const uint64_t(*in)[lanes::kLanes], uint64_t(*out)[lanes::kLanes]) {
        const size_t rows = lanes::checked_kernel().operations(in, out);
        out[rows - 1][7] ^= 1;
        return rows;
    };
    BOOST_TEST(!lanes::passes_self_test(wrong));
    wrong = right;
    wrong.tables = [](const lanes::Words* keys, size_t count, lanes::Invert invert, lanes::Element* scratch,
                      lanes::Words* records) {
        lanes::checked_kernel().tables(keys, count, invert, scratch, records);
        records[2 * lanes::kKeyMultiples * 9 + 15].n[0] ^= 1;  // one record of one key
    };
    BOOST_TEST(!lanes::passes_self_test(wrong));
    wrong = right;
    wrong.climb = [](const lanes::Plan* plans, size_t vectors, const lanes::Base& base, lanes::Sums* sums) {
        lanes::checked_kernel().climb(plans, vectors, base, sums);
        sums[1].w.limbs[2][5] ^= 1;
    };
    BOOST_TEST(!lanes::passes_self_test(wrong));
    wrong = right;
    wrong.add_pairs = [](const lanes::Words* a, const lanes::Words* b, size_t count, lanes::Invert invert,
                         lanes::Element* scratch, lanes::Words* sums, uint8_t* exceptions) {
        lanes::checked_kernel().add_pairs(a, b, count, invert, scratch, sums, exceptions);
        if (count > 1) exceptions[0] &= 0xfe;
    };
    BOOST_TEST(!lanes::passes_self_test(wrong));
    wrong = right;
    wrong.finish = [](const lanes::Sums* sums, size_t vectors, lanes::Invert invert, lanes::Element* scratch,
                      lanes::Words* points, uint8_t* exceptions) {
        lanes::checked_kernel().finish(sums, vectors, invert, scratch, points, exceptions);
        for (size_t v = 0; v < vectors; ++v) exceptions[v] = 0;
    };
    BOOST_TEST(!lanes::passes_self_test(wrong));
}

BOOST_AUTO_TEST_SUITE_END()
