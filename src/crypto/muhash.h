// MuHash3072: a hash of a set that elements can be added to and taken from in any order, as gettxoutsetinfo's "muhash"
// defines it: each element is mapped to a number modulo 2^3072 - 1103717, and the set is their product. Public data
// only. A value; one thread at a time.
#pragma once

#include <array>

#include "crypto/hash.h"

namespace sluice {

class MuHash3072 {
public:
    static constexpr size_t kLimbs = 48;
    using Number = std::array<uint64_t, kLimbs>;  // least significant first

    MuHash3072();
    MuHash3072& insert(ByteView element);
    MuHash3072& remove(ByteView element);
    // The union with, and the removal of, a whole other set.
    MuHash3072& combine(const MuHash3072& other);
    MuHash3072& subtract(const MuHash3072& other);
    // Costs a modular inversion. The object stays usable.
    [[nodiscard]] Hash256 finalize() const;

private:
    Number numerator_;
    Number denominator_;
};

}  // namespace sluice
