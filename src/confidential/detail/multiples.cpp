#include "confidential/detail/multiples.h"

#include <bit>

namespace sluice::confidential::detail {

Jacobian multiple(uint64_t amount, const Affine& point) {
    Jacobian sum;
    for (int bit = std::bit_width(amount); bit-- > 0;) {
        sum = twice(sum);
        if (((amount >> bit) & 1) != 0) sum = add(sum, point);
    }
    return sum;
}

}  // namespace sluice::confidential::detail
