// MuHash3072: a hash of a set of byte strings that does not depend on their order (each becomes a number modulo
// 2^3072 - 1103717, the set is their product). Used by gettxoutsetinfo. Values are equal to Core's and Elements'.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/hash.h"

namespace sluice::chain {

class MuHash3072 {
public:
    MuHash3072() { product_[0] = 1; }
    void insert(ByteView element);
    // Of the elements so far; the object may be used on.
    [[nodiscard]] Hash256 digest() const;

private:
    static constexpr size_t kLimbs = 48;
    using Number = std::array<uint64_t, kLimbs>;  // little-endian limbs, below 2^3072
    static Number to_number(ByteView element);
    void multiply(const Number& by);

    Number product_{};
};

}  // namespace sluice::chain
