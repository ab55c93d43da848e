// Saying what is no longer secret, for the test of fixed-time execution (test/ctime), which marks secrets and reports
// each branch and address that depends on one. Costs nothing otherwise. Any thread.
#pragma once

#include <cstddef>
#include <type_traits>

namespace sluice {

// Says that these bytes depend on secrets but are public from here on: a public key, a proof's bytes, a commitment, or
// an outcome that has negligible probability. Does nothing; that test puts its own in this one's place.
void declassify(const void* at, size_t size);

template <class T>
const T& declassified(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    declassify(&value, sizeof(value));
    return value;
}

}  // namespace sluice
