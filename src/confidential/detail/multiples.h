// Multiples of a public point by a small public number.
#pragma once

#include "confidential/detail/group.h"

namespace sluice::confidential::detail {

// amount * point; infinity for 0.
Jacobian multiple(uint64_t amount, const Affine& point);

}  // namespace sluice::confidential::detail
