// Whether a vector kernel does on this machine what the portable arithmetic does. A processor or a compiler that gets
// one operation wrong would fork its node off, so this runs once before a kernel is used. About a millisecond.
#pragma once

#include "confidential/detail/lanes/kernel.h"

namespace sluice::confidential::detail::lanes {

// Compares every operation with the checked ones, and tables, sums and roots of ordinary and of exceptional lanes with
// the portable ladder's.
bool passes_self_test(const Kernel& kernel);

}  // namespace sluice::confidential::detail::lanes
