// The field of secp256k1: integers modulo p = 2^256 - 2^32 - 977, for public data only (variable time in places). A
// value is any 256-bit integer standing for its residue ("weakly reduced"): every operation takes and gives such
// values, so there are no magnitude bounds to keep; only canonical() is unique. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "util/bytes.h"

namespace sluice::confidential::detail {

struct Fe {
    std::array<uint64_t, 4> n{};  // least significant first
};

constexpr Fe fe_small(uint64_t value) { return Fe{{value, 0, 0, 0}}; }
// Precondition: 32 bytes, big-endian. nullopt if the integer is not below p: never reduced.
std::optional<Fe> fe_from_bytes(ByteView bytes);
// Big-endian, canonical.
std::array<uint8_t, 32> fe_to_bytes(const Fe& a);
// The representative below p.
Fe canonical(const Fe& a);
// Only 0 and p stand for zero.
inline bool is_zero(const Fe& a) {
    const auto [n0, n1, n2, n3] = a.n;
    return (n0 | n1 | n2 | n3) == 0 || (n0 == 0xfffffffefffffc2f && (n1 & n2 & n3) == ~uint64_t{0});
}
bool is_equal(const Fe& a, const Fe& b);
// Of the canonical representative.
bool is_odd(const Fe& a);

Fe add(const Fe& a, const Fe& b);
Fe sub(const Fe& a, const Fe& b);
Fe negate(const Fe& a);
Fe mul(const Fe& a, const Fe& b);
Fe sqr(const Fe& a);
// 1/a, and 0 for 0.
Fe inverse(const Fe& a);
// The root of a that is itself a square; nullopt if a is no square.
std::optional<Fe> square_root(const Fe& a);
bool is_square(const Fe& a);
// Replaces each value by its inverse with one field inversion; zeros stay zero and disturb no other value.
void invert_all(std::span<Fe> values);

// Whether mulx, adcx and adox are there and give the products that plain arithmetic gives. An emulated processor may
// get them wrong (one was found whose adox loses its carry); asked once.
bool adx_is_right();

}  // namespace sluice::confidential::detail
