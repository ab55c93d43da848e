// 1/a in the field, in time that depends on a (public data only), by division steps in batches of 62 (Bernstein and
// Yang, "Fast constant-time gcd computation and modular inversion", 2019): about a quarter of the time of raising a to
// the power p-2. Pure; any thread.
#pragma once

#include "confidential/detail/field.h"

namespace sluice::confidential::detail {

// 0 for 0. Precondition: a is canonical. The result is canonical.
Fe inverse_by_steps(const Fe& a);

}  // namespace sluice::confidential::detail
