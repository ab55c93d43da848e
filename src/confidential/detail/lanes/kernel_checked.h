// The vector kernel in plain words with every bound checked: for tests, and for the self-test of the real ones.
#pragma once

#include "confidential/detail/lanes/kernel.h"

namespace sluice::confidential::detail::lanes {

const Kernel& checked_kernel();

}  // namespace sluice::confidential::detail::lanes
