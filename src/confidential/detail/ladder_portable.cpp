// The ladder in plain 64-bit arithmetic, one lane after another. Tables and results share inversions over all lanes.
#include <algorithm>

#include "confidential/detail/field_ops.h"
#include "confidential/detail/ladder.h"
#include "util/check.h"

namespace sluice::confidential::detail {

namespace {

// Sums are made level by level (2, 3..4, 5..8, 9..16), each with one inversion for all keys. No exception can occur:
// the key's order is n, so that m*P never equals +-P for 1 < m <= 16.
KeyTables prepare(std::span<const Affine> keys) {
    KeyTables tables(keys.size());
    for (size_t k = 0; k < keys.size(); ++k) tables.record(k, 0, 1) = {canonical(keys[k].x), canonical(keys[k].y)};
    std::vector<Fe> denominators;
    for (size_t level = 1; level < kKeyMultiples; level *= 2) {
        // level*P + i*P for i in 1..level; the last one is a doubling.
        denominators.resize(keys.size() * level);
        for (size_t k = 0; k < keys.size(); ++k) {
            const Record& top = tables.record(k, 0, level);
            for (size_t i = 1; i < level; ++i) {
                denominators[k * level + i - 1] = sub(tables.record(k, 0, i).x, top.x);
            }
            denominators[k * level + level - 1] = add(top.y, top.y);
        }
        invert_all(denominators);
        for (size_t k = 0; k < keys.size(); ++k) {
            const Record top = tables.record(k, 0, level);
            for (size_t i = 1; i <= level; ++i) {
                const Record other = tables.record(k, 0, i);
                Fe numerator = sub(other.y, top.y);
                if (i == level) {
                    const Fe xx = sqr(top.x);
                    numerator = add(add(xx, xx), xx);
                }
                const Fe slope = mul(numerator, denominators[k * level + i - 1]);
                const Fe x = sub(sub(sqr(slope), top.x), other.x);
                const Fe y = sub(mul(slope, sub(top.x, x)), top.y);
                tables.record(k, 0, level + i) = {canonical(x), canonical(y)};
            }
        }
    }
    for (size_t k = 0; k < keys.size(); ++k) {
        for (size_t m = 1; m <= kKeyMultiples; ++m) {
            const Record& plain = tables.record(k, 0, m);
            tables.record(k, 1, m) = {canonical(mul(plain.x, kBeta)), plain.y};
        }
    }
    return tables;
}

// A sum that starts at infinity (`empty`) and is added to with incomplete formulas: an exception (equal or opposite
// points) makes z zero, and z stays zero from there on.
struct Accumulator {
    Jacobian sum;
    bool empty = true;

    void twice_times(int times) {
        if (empty) return;
        for (int i = 0; i < times; ++i) sum = twice(sum);
    }

    // Adds sign(digit) * table[|digit| - 1].
    void add_digit(const Record* table, int digit) {
        if (digit == 0) return;
        const Record& entry = table[(digit < 0 ? -digit : digit) - 1];
        const Affine point = {entry.x, digit < 0 ? negate(entry.y) : entry.y};
        if (empty) {
            sum = to_jacobian(point);
            empty = false;
            return;
        }
        const Fe zz = sqr(sum.z);
        const Fe h = sub(mul(point.x, zz), sum.x);
        const Fe r = sub(mul(point.y, mul(zz, sum.z)), sum.y);
        const Fe hh = sqr(h);
        const Fe hhh = mul(h, hh);
        const Fe v = mul(sum.x, hh);
        const Fe x = sub(sub(sub(sqr(r), hhh), v), v);
        sum = {x, sub(mul(r, sub(v, x)), mul(sum.y, hhh)), mul(sum.z, h)};
    }
};

Jacobian one_lane(const KeyTables& tables, const Affine& key, const Lane& lane) {
    const BaseTables& base = base_tables();
    const Digits digits = recode(lane.s, lane.e);
    Accumulator acc;
    for (size_t w = kKeyDigits; w-- > 0;) {
        acc.twice_times(5);
        acc.add_digit(&tables.record(lane.key, 0, 1), digits.key_low[w]);
        acc.add_digit(&tables.record(lane.key, 1, 1), digits.key_high[w]);
        if (w % 2 == 0) {
            acc.add_digit(base[0].data(), digits.base_low[w / 2]);
            acc.add_digit(base[1].data(), digits.base_high[w / 2]);
        }
    }
    if (acc.empty || is_zero(acc.sum.z)) return multiply_add_complete(lane.s, lane.e, key);
    return acc.sum;
}

void multiply_add(const KeyTables& tables, std::span<const Affine> keys, std::span<const Lane> lanes,
                  std::span<LaneResult> results) {
    CHECK(lanes.size() == results.size() && keys.size() == tables.keys());
    std::vector<Jacobian> sums(lanes.size());
    std::ranges::transform(lanes, sums.begin(),
                           [&](const Lane& lane) { return one_lane(tables, keys[lane.key], lane); });
    const auto points = normalize_all(sums);
    for (size_t i = 0; i < lanes.size(); ++i) {
        results[i].infinity = !points[i].has_value();
        if (points[i]) results[i].point = *points[i];
    }
}

}  // namespace

const LadderBackend& portable_ladder() {
    static constexpr LadderBackend kBackend{"portable", prepare, multiply_add};
    return kBackend;
}

}  // namespace sluice::confidential::detail
