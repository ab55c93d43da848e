// Choosing without branching. Private to confidential/secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "util/declassify.h"

namespace sluice::confidential::secret {

// All ones for "yes", zero for "no". The compiler is kept from knowing that, so that it does not branch on it.
using Mask = uint64_t;

inline Mask opaque(Mask mask) {
    asm("" : "+r"(mask));
    return mask;
}
inline Mask mask_if_zero(uint64_t value) { return opaque(((value | (0 - value)) >> 63) - 1); }
inline Mask mask_if_equal(uint64_t a, uint64_t b) { return mask_if_zero(a ^ b); }
// a < b, both below 2^63.
inline Mask mask_if_less(uint64_t a, uint64_t b) { return opaque(0 - ((a - b) >> 63)); }

// `yes` where the mask is set, else `no`, for arrays of integers.
template <class Array>
Array select(Mask mask, const Array& yes, const Array& no) {
    using Word = std::remove_cvref_t<decltype(yes[0])>;
    Array out;
    for (size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<Word>((yes[i] & static_cast<Word>(mask)) | (no[i] & static_cast<Word>(~mask)));
    }
    return out;
}

}  // namespace sluice::confidential::secret
