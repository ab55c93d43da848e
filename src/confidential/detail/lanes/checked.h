// The vector operations in plain words, with every precondition that a kernel relies on checked as it runs: no sum
// loses a carry, no difference is negative, no multiplicand has bits above the 52 that count. Slow; the yardstick of
// the processors' operations.
#pragma once

#include "confidential/detail/lanes/field.h"
#include "confidential/detail/lanes/kernel.h"
#include "util/check.h"

namespace sluice::confidential::detail::lanes {

struct CheckedOps {
    struct V {
        uint64_t n[kLanes];
    };
    using Mask = uint8_t;

    [[gnu::noinline]] static V load(const uint64_t* from) {
        return each([from](size_t i) { return from[i]; });
    }
    static void store(uint64_t* to, const V& a) {
        for (size_t i = 0; i < kLanes; ++i) to[i] = a.n[i];
    }
    [[gnu::noinline]] static V all(uint64_t value) {
        return each([value](size_t) { return value; });
    }
    [[gnu::noinline]] static V add(const V& a, const V& b) {
        return each([&](size_t i) {
            CHECK(a.n[i] + b.n[i] >= a.n[i]);
            return a.n[i] + b.n[i];
        });
    }
    [[gnu::noinline]] static V sub(const V& a, const V& b) {
        return each([&](size_t i) {
            CHECK(a.n[i] >= b.n[i]);
            return a.n[i] - b.n[i];
        });
    }
    [[gnu::noinline]] static V both(const V& a, const V& b) {
        return each([&](size_t i) { return a.n[i] & b.n[i]; });
    }
    [[gnu::noinline]] static V either(const V& a, const V& b) {
        return each([&](size_t i) { return a.n[i] | b.n[i]; });
    }
    template <int kBits>
    [[gnu::noinline]] static V right(const V& a) {
        return each([&](size_t i) { return a.n[i] >> kBits; });
    }
    template <int kBits>
    [[gnu::noinline]] static V left(const V& a) {
        return each([&](size_t i) {
            CHECK(a.n[i] << kBits >> kBits == a.n[i]);
            return a.n[i] << kBits;
        });
    }
    // What is shifted out is lost.
    template <int kBits>
    [[gnu::noinline]] static V left_out(const V& a) {
        return each([&](size_t i) { return a.n[i] << kBits; });
    }
    // For a multiplicand of which only the low 52 bits count: processors need do nothing here.
    [[gnu::noinline]] static V low52(const V& a) { return both(a, all(kLow52)); }
    // sum + the low, or the high, 52 bits of a*b.
    [[gnu::noinline]] static V multiply_low(const V& sum, const V& a, const V& b) {
        return each([&](size_t i) { return plus(sum.n[i], product(a.n[i], b.n[i]) & kLow52); });
    }
    [[gnu::noinline]] static V multiply_high(const V& sum, const V& a, const V& b) {
        return each([&](size_t i) { return plus(sum.n[i], product(a.n[i], b.n[i]) >> 52); });
    }
    [[gnu::noinline]] static V blend(Mask mask, const V& clear, const V& set) {
        return each([&](size_t i) { return ((mask >> i) & 1) != 0 ? set.n[i] : clear.n[i]; });
    }
    [[gnu::noinline]] static Mask equal(const V& a, const V& b) {
        unsigned mask = 0;
        for (size_t i = 0; i < kLanes; ++i) mask |= static_cast<unsigned>(a.n[i] == b.n[i]) << i;
        return static_cast<Mask>(mask);
    }
    // Lane i becomes lane i + kBy, going round.
    template <int kBy>
    [[gnu::noinline]] static V rotate(const V& a) {
        return each([&](size_t i) { return a.n[(i + kBy) % kLanes]; });
    }
    static void transpose(V* rows) {
        for (size_t i = 0; i < kLanes; ++i) {
            for (size_t j = 0; j < i; ++j) {
                const uint64_t moved = rows[i].n[j];
                rows[i].n[j] = rows[j].n[i];
                rows[j].n[i] = moved;
            }
        }
    }

private:
    using Wide = unsigned __int128;

    template <class Make>
    static V each(Make make) {
        V r;
        for (size_t i = 0; i < kLanes; ++i) r.n[i] = make(i);
        return r;
    }
    static Wide product(uint64_t a, uint64_t b) {
        CHECK(a <= kLow52 && b <= kLow52);
        return static_cast<Wide>(a) * b;
    }
    static uint64_t plus(uint64_t sum, Wide part) {
        CHECK(sum + static_cast<uint64_t>(part) >= sum);
        return sum + static_cast<uint64_t>(part);
    }
};

}  // namespace sluice::confidential::detail::lanes
