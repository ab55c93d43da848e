#include "confidential/detail/lanes/ladder_lanes.h"

#include <cstring>

#include "util/check.h"

namespace sluice::confidential::detail::lanes {

namespace {

// A record is eight words in a cache line, as the kernel reads and writes it.
static_assert(sizeof(Record) == sizeof(Words) && alignof(Record) == alignof(Words));
static_assert(sizeof(Affine) == sizeof(Words) && sizeof(Fe) == sizeof(uint64_t[4]));
static_assert(lanes::kKeyDigits == detail::kKeyDigits && lanes::kBaseDigits == detail::kBaseDigits);
static_assert(lanes::kKeyMultiples == detail::kKeyMultiples);

const Words* words_of(const Record& record) { return reinterpret_cast<const Words*>(&record); }

Affine affine_of(const Words& w) {
    return {Fe{{w.n[0], w.n[1], w.n[2], w.n[3]}}, Fe{{w.n[4], w.n[5], w.n[6], w.n[7]}}};
}

// Aligned, as the kernel needs them.
std::vector<Words> copy_of(std::span<const Affine> points) {
    std::vector<Words> words(points.size());
    if (!points.empty()) std::memcpy(words.data(), points.data(), points.size_bytes());
    return words;
}

// Kept by each thread (KeyTables says why), at least this large; holds anything.
std::vector<Element>& scratch_of(size_t size) {
    thread_local std::vector<Element> scratch;
    if (scratch.size() < size) scratch.resize(size);
    return scratch;
}

bool has(std::span<const uint8_t> bits, size_t i) { return ((bits[i / kLanes] >> (i % kLanes)) & 1) != 0; }

void invert(uint64_t a[4]) {
    const Fe inverted = inverse(Fe{{a[0], a[1], a[2], a[3]}});
    std::memcpy(a, inverted.n.data(), sizeof(inverted.n));
}

// Where every lane starts, as a multiple of G: the first digits of pi, so that no wallet's scalars meet it.
constexpr Scalar kStart = {{0x082efa98ec4e6c89, 0xa4093822299f31d0, 0x13198a2e03707344, 0x243f6a8885a308d3}};

struct Fixed {
    Base base;
    Scalar taken_back;  // -2^125 * kStart
};

const Fixed& fixed() {
    static const Fixed fixed = [] {
        Fixed made{};
        made.base.low = words_of(base_tables()[0][0]);
        made.base.high = words_of(base_tables()[1][0]);
        const Affine start = *normalize(multiply_add_complete(kStart, Scalar{}, kBasePoint));
        std::memcpy(&made.base.start, &start, sizeof(start));
        made.taken_back = negate(mul(kStart, Scalar{{0, uint64_t{1} << 61, 0, 0}}));
        return made;
    }();
    return fixed;
}

void set_digit(Step& step, size_t lane, int digit) {
    if (digit == 0) return;
    const auto bit = static_cast<uint8_t>(1U << lane);
    step.record[lane] = static_cast<uint16_t>((digit < 0 ? -digit : digit) - 1);
    step.present |= bit;
    if (digit < 0) step.negative |= bit;
}

void set_lane(Plan& plan, size_t at, const KeyTables& tables, const Lane& lane) {
    const Digits digits = digits_of(lane);
    plan.key_records[at] = words_of(tables.record(lane.key, 0, 1));
    for (size_t i = 0; i < kKeyDigits; ++i) {
        set_digit(plan.key_low[i], at, digits.key_low[i]);
        set_digit(plan.key_high[i], at, digits.key_high[i]);
    }
    for (size_t i = 0; i < kBaseDigits; ++i) {
        set_digit(plan.base_low[i], at, digits.base_low[i]);
        set_digit(plan.base_high[i], at, digits.base_high[i]);
    }
}

std::vector<Plan> plans_of(const KeyTables& tables, std::span<const Lane> lanes) {
    std::vector<Plan> plans(vectors_for(lanes.size()), Plan{});
    for (size_t i = 0; i < plans.size() * kLanes; ++i) {
        Plan& plan = plans[i / kLanes];
        if (i < lanes.size()) {
            set_lane(plan, i % kLanes, tables, lanes[i]);
        } else {
            plan.key_records[i % kLanes] = plan.key_records[0];  // a lane without digits
        }
    }
    return plans;
}

}  // namespace

Digits digits_of(const Lane& lane) { return recode(add(lane.s, fixed().taken_back), lane.e); }

KeyTables prepare(const Kernel& kernel, std::span<const Affine> keys) {
    KeyTables tables(keys.size());
    if (keys.empty()) return tables;
    std::vector<Element>& scratch = scratch_of(table_scratch(keys.size()));
    kernel.tables(copy_of(keys).data(), keys.size(), invert, scratch.data(),
                  reinterpret_cast<Words*>(&tables.record(0, 0, 1)));
    return tables;
}

size_t multiply_add(const Kernel& kernel, const KeyTables& tables, std::span<const Lane> lanes,
                    std::span<LaneResult> results) {
    CHECK(lanes.size() == results.size());
    if (lanes.empty()) return 0;
    const std::vector<Plan> plans = plans_of(tables, lanes);
    std::vector<Sums> sums(plans.size());
    kernel.climb(plans.data(), plans.size(), fixed().base, sums.data());
    std::vector<Element> scratch(finish_scratch(plans.size()));
    std::vector<Words> points(plans.size() * kLanes);
    std::vector<uint8_t> exceptions(plans.size());
    kernel.finish(sums.data(), sums.size(), invert, scratch.data(), points.data(), exceptions.data());

    std::vector<size_t> again;
    for (size_t i = 0; i < lanes.size(); ++i) {
        if (has(exceptions, i)) {
            again.push_back(i);
            continue;
        }
        results[i].infinity = false;
        results[i].point = affine_of(points[i]);
    }
    std::vector<Jacobian> complete;
    for (const size_t i : again) complete.push_back(climb_complete(tables, lanes[i]));
    const auto normal = normalize_all(complete);
    for (size_t k = 0; k < again.size(); ++k) {
        results[again[k]].infinity = !normal[k].has_value();
        if (normal[k]) results[again[k]].point = *normal[k];
    }
    return again.size();
}

void add_pairs(const Kernel& kernel, std::span<const Affine> a, std::span<const Affine> b, std::span<LaneResult> sums) {
    CHECK(a.size() == sums.size() && b.size() == sums.size());
    const size_t vectors = vectors_for(sums.size());
    std::vector<Element> scratch(finish_scratch(vectors));
    std::vector<Words> points(sums.size());
    std::vector<uint8_t> exceptions(vectors);
    kernel.add_pairs(copy_of(a).data(), copy_of(b).data(), sums.size(), invert, scratch.data(), points.data(),
                     exceptions.data());
    for (size_t i = 0; i < sums.size(); ++i) {
        sums[i] = has(exceptions, i) ? add_complete(a[i], b[i]) : LaneResult{affine_of(points[i]), false};
    }
}

void root_candidates(const Kernel& kernel, std::span<Fe> values) {
    kernel.roots(reinterpret_cast<uint64_t(*)[4]>(values.data()), values.size());
}

}  // namespace sluice::confidential::detail::lanes
