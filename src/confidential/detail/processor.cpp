#include "confidential/detail/processor.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace sluice::confidential::detail {

bool has_adx() {
#if defined(__x86_64__)
    static const bool has = [] {
        unsigned a = 0, b = 0, c = 0, d = 0;
        constexpr unsigned kBmi2 = 1U << 8;
        constexpr unsigned kAdx = 1U << 19;
        return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kBmi2) != 0 && (b & kAdx) != 0;
    }();
    return has;
#else
    return false;
#endif
}

}  // namespace sluice::confidential::detail
