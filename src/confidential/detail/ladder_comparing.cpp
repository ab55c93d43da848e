#include <algorithm>

#include "confidential/detail/ladder.h"
#include "util/check.h"

namespace sluice::confidential::detail {

namespace {

KeyTables prepare(std::span<const Affine> keys) {
    KeyTables first = available_ladders().front()->prepare(keys);
    for (const LadderBackend* backend : available_ladders()) {
        const KeyTables tables = backend->prepare(keys);
        for (size_t key = 0; key < keys.size(); ++key) {
            for (size_t half = 0; half < 2; ++half) {
                for (size_t multiple = 1; multiple <= kKeyMultiples; ++multiple) {
                    const Record& a = first.record(key, half, multiple);
                    const Record& b = tables.record(key, half, multiple);
                    CHECK(is_equal(a.x, b.x) && is_equal(a.y, b.y));
                }
            }
        }
    }
    return first;
}

bool same(const LaneResult& a, const LaneResult& b) {
    return a.infinity == b.infinity &&
           (a.infinity || (is_equal(a.point.x, b.point.x) && is_equal(a.point.y, b.point.y)));
}

void multiply_add(const KeyTables& tables, std::span<const Lane> lanes, std::span<LaneResult> results) {
    available_ladders().front()->multiply_add(tables, lanes, results);
    std::vector<LaneResult> others(lanes.size());
    for (const LadderBackend* backend : available_ladders()) {
        backend->multiply_add(tables, lanes, others);
        CHECK(std::ranges::equal(results, others, same));
    }
}

void add_pairs(std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums) {
    available_ladders().front()->add_pairs(a, b, sums);
    std::vector<LaneResult> others(sums.size());
    for (const LadderBackend* backend : available_ladders()) {
        backend->add_pairs(a, b, others);
        CHECK(std::ranges::equal(sums, others, same));
    }
}

void root_candidates(std::span<Fe> values) {
    const std::vector<Fe> before(values.begin(), values.end());
    available_ladders().front()->root_candidates(values);
    for (const LadderBackend* backend : available_ladders()) {
        std::vector<Fe> others = before;
        backend->root_candidates(others);
        for (size_t i = 0; i < others.size(); ++i) CHECK(is_equal(values[i], others[i]));
    }
}

}  // namespace

const LadderBackend& comparing_ladder() {
    static constexpr LadderBackend kBackend{"comparing", prepare, multiply_add, add_pairs, root_candidates};
    return kBackend;
}

}  // namespace sluice::confidential::detail
