// What a vector kernel does for the ladder: eight lanes to a vector, one number a lane. Only plain data and function
// pointers: the file of a kernel is compiled for processors that others are not, so that nothing it includes may leave
// an inline function behind which the linker could give to anybody else. Nothing here allocates or keeps state; the
// caller owns every buffer. For public data only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::confidential::detail::lanes {

constexpr size_t kLanes = 8;
constexpr size_t kLimbs = 5;
constexpr size_t kKeyDigits = 26;
constexpr size_t kBaseDigits = 13;
constexpr size_t kKeyMultiples = 16;

// An affine point in two times four words, least significant first: 256-bit integers that stand for their residues.
struct alignas(64) Words {
    uint64_t n[8];  // x, then y
};

// Limb-major numbers of 5 limbs of 52 bits.
struct alignas(64) Element {
    uint64_t limbs[kLimbs][kLanes];
};

// One addition to each lane: which record of the lane's table, whether negated, and where there is nothing to add
// (`record` is 0 there).
struct Step {
    uint16_t record[kLanes];
    uint8_t negative;  // a bit a lane
    uint8_t present;
};

// The digits of one vector of lanes (ladder.h has the plan), and each lane's 2 * kKeyMultiples records.
struct Plan {
    const Words* key_records[kLanes];
    Step key_low[kKeyDigits];
    Step key_high[kKeyDigits];
    Step base_low[kBaseDigits];
    Step base_high[kBaseDigits];
};

// Sums on their way. y is doubled: w = 2y. The sum is (x/z^2, w/(2*z^3)), negated in the lanes of `negated`. A lane
// that met an exception has z = 0 for good.
struct Sums {
    Element x;
    Element w;
    Element z;
    uint8_t negated;
};

// What stands outside of the plan: the base point's two tables, and the point from which every lane starts (so that no
// sum is ever at infinity but by an exception). s takes back what the start adds: 2^125 times it.
struct Base {
    const Words* low;
    const Words* high;
    Words start;
};

// Replaces a by 1/a. Never called with 0.
using Invert = void (*)(uint64_t a[4]);

struct Kernel {
    // `vectors` plans to as many sums.
    void (*climb)(const Plan* plans, size_t vectors, const Base& base, Sums* sums);
    // Sums to points, lane by lane; exceptions[v] has a bit set for each lane that has no result. `scratch` has room
    // for finish_scratch(vectors) elements. One inversion in all.
    void (*finish)(const Sums* sums, size_t vectors, Invert invert, Element* scratch, Words* points,
                   uint8_t* exceptions);
    // The records of each key (kKeyMultiples multiples of it, then of lambda times it), key by key. `scratch` has room
    // for table_scratch(keys) elements. Four inversions in all.
    void (*tables)(const Words* keys, size_t keys_count, Invert invert, Element* scratch, Words* records);
    // sums[i] = a[i] + b[i]; exceptions[v] has a bit set for each lane of vector v whose points are equal or opposite:
    // those have no sum here. `scratch` has room for finish_scratch(vectors_for(count)) elements. One inversion in all.
    void (*add_pairs)(const Words* a, const Words* b, size_t count, Invert invert, Element* scratch, Words* sums,
                      uint8_t* exceptions);
    // Replaces each value (four words) by its power (p+1)/4.
    void (*roots)(uint64_t (*values)[4], size_t count);
    // Every operation that a kernel is made of, once, over three vectors of any bits; for comparing kernels with each
    // other. Gives how many of the kOperationRows rows it has written.
    size_t (*operations)(const uint64_t (*in)[kLanes], uint64_t (*out)[kLanes]);
};

constexpr size_t kOperationRows = 64;

constexpr size_t vectors_for(size_t lanes) { return (lanes + kLanes - 1) / kLanes; }
constexpr size_t finish_scratch(size_t vectors) { return 2 * vectors; }
// The multiples themselves, and for each of up to 8 sums at a time a denominator and a running product.
constexpr size_t table_scratch(size_t keys) { return vectors_for(keys) * (2 * kKeyMultiples + 2 * 8); }

}  // namespace sluice::confidential::detail::lanes
