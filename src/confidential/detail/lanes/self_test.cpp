#include "confidential/detail/lanes/self_test.h"

#include <algorithm>

#include "confidential/detail/lanes/kernel_checked.h"
#include "confidential/detail/lanes/ladder_lanes.h"
#include "confidential/detail/multiples.h"
#include "crypto/hash.h"

namespace sluice::confidential::detail::lanes {

namespace {

// A chain of hashes: fixed numbers that nobody has chosen.
class Numbers {
public:
    uint64_t next() {
        if (used_ == 4) {
            state_ = sha256(state_.view());
            used_ = 0;
        }
        uint64_t word = 0;
        for (size_t i = 0; i < 8; ++i) word = word << 8 | state_.bytes[8 * used_ + i];
        ++used_;
        return word;
    }
    Scalar scalar() {
        for (;;) {
            const Scalar s{{next(), next(), next(), next()}};
            if (s.n[3] != ~uint64_t{0}) return s;  // below the order
        }
    }

private:
    Hash256 state_ = sha256({});
    size_t used_ = 0;
};

struct Rows {
    alignas(64) uint64_t n[kOperationRows][kLanes] = {};
};

bool operations_agree(const Kernel& kernel) {
    constexpr uint64_t kPatterns[] = {0, ~uint64_t{0},      uint64_t{1} << 52,  (uint64_t{1} << 52) - 1,
                                      1, uint64_t{1} << 63, 0x5555555555555555, 0xffffefffffc2f};
    Numbers numbers;
    for (size_t round = 0; round < 32; ++round) {
        alignas(64) uint64_t in[3][kLanes];
        for (auto& row : in) {
            for (uint64_t& word : row) word = round % 2 == 0 ? numbers.next() : kPatterns[numbers.next() % 8];
        }
        Rows expected, got;
        if (kernel.operations(in, got.n) != checked_kernel().operations(in, expected.n)) return false;
        if (!std::equal(&got.n[0][0], &got.n[0][0] + kOperationRows * kLanes, &expected.n[0][0])) return false;
    }
    return true;
}

bool roots_agree(const Kernel& kernel) {
    Numbers numbers;
    for (const size_t count : {1, 8, 27, 40}) {
        std::vector<Fe> got;
        for (size_t i = 0; i < count; ++i) got.push_back(i == 3 ? Fe{} : Fe{numbers.scalar().n});
        std::vector<Fe> expected = got;
        root_candidates(kernel, got);
        portable_ladder().root_candidates(expected);
        if (!std::ranges::equal(got, expected, is_equal)) return false;
    }
    return true;
}

bool same(const LaneResult& a, const LaneResult& b) {
    return a.infinity == b.infinity &&
           (a.infinity || (is_equal(a.point.x, b.point.x) && is_equal(a.point.y, b.point.y)));
}

bool sums_agree(const Kernel& kernel, const std::vector<Affine>& keys, const std::vector<Lane>& lanes,
                bool may_be_exceptional) {
    std::vector<LaneResult> expected(lanes.size());
    portable_ladder().multiply_add(portable_ladder().prepare(keys), lanes, expected);
    std::vector<LaneResult> got(lanes.size());
    std::vector<LaneResult> got_pairs(keys.size()), expected_pairs(keys.size());
    std::vector<Affine> turned(keys.rbegin(), keys.rend());  // the middle one is added to itself
    turned[0] = negate(keys[0]);
    add_pairs(kernel, keys, turned, got_pairs);
    portable_ladder().add_pairs(keys, turned, expected_pairs);
    if (!std::ranges::equal(got_pairs, expected_pairs, same)) return false;
    const size_t again = multiply_add(kernel, prepare(kernel, keys), lanes, got);
    // A kernel that flags every lane would be right, and of no use.
    return (may_be_exceptional || again == 0) && std::ranges::equal(got, expected, same);
}

// Lanes without exceptions: two vectors and a part of a third.
bool ordinary_lanes_agree(const Kernel& kernel) {
    Numbers numbers;
    std::vector<Affine> keys;
    std::vector<Lane> lanes;
    for (uint32_t i = 0; i < 19; ++i) {
        keys.push_back(*normalize(multiply_add_complete(numbers.scalar(), Scalar{}, kBasePoint)));
        lanes.push_back({18 - i, numbers.scalar(), numbers.scalar()});
    }
    return sums_agree(kernel, keys, lanes, false);
}

// Keys with small logarithms and scalars to match: equal and opposite points, zero digits, sums at infinity.
bool exceptional_lanes_agree(const Kernel& kernel) {
    std::vector<Affine> keys;
    for (const uint64_t k : {1, 2, 31}) keys.push_back(*normalize(multiple(k, kBasePoint)));
    keys.push_back(negate(kBasePoint));
    std::vector<Lane> lanes;
    const std::vector<Scalar> scalars = {Scalar{}, scalar_small(1), negate(scalar_small(1)), scalar_small(32),
                                         Scalar{{0, 0, 1, 0}}};
    for (uint32_t key = 0; key < keys.size(); ++key) {
        for (const Scalar& s : scalars) {
            for (const Scalar& e : {scalars[0], scalars[1], scalars[4]}) lanes.push_back({key, s, e});
        }
    }
    return sums_agree(kernel, keys, lanes, true);
}

}  // namespace

bool passes_self_test(const Kernel& kernel) {
    return operations_agree(kernel) && roots_agree(kernel) && ordinary_lanes_agree(kernel) &&
           exceptional_lanes_agree(kernel);
}

}  // namespace sluice::confidential::detail::lanes
