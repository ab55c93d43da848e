#include "confidential/detail/lanes/kernel_checked.h"

#include "confidential/detail/lanes/checked.h"
#include "confidential/detail/lanes/climb.h"

namespace sluice::confidential::detail::lanes {

const Kernel& checked_kernel() {
    static constexpr Kernel kKernel = KernelOf<CheckedOps>::kernel();
    return kKernel;
}

}  // namespace sluice::confidential::detail::lanes
