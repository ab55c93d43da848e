// The vector kernel for processors with AVX-512 F, DQ, BW, VL and IFMA.
#pragma once

#include "confidential/detail/lanes/kernel.h"

namespace sluice::confidential::detail::lanes {

// nullptr in builds for other processors. Ask has_avx512_ifma() before calling anything in it.
const Kernel* avx512_kernel();

}  // namespace sluice::confidential::detail::lanes
