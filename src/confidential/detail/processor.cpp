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

bool has_avx512_ifma() {
#if defined(__x86_64__)
    static const bool has = [] {
        unsigned a = 0, b = 0, c = 0, d = 0;
        constexpr unsigned kXgetbv = 1U << 27;  // in leaf 1, ecx
        if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kXgetbv) == 0) return false;
        unsigned enabled = 0, upper = 0;
        __asm__("xgetbv" : "=a"(enabled), "=d"(upper) : "c"(0));
        // Of xmm, ymm, mask, upper halves of zmm0-15, and zmm16-31.
        constexpr unsigned kRegisters = 1U << 1 | 1U << 2 | 1U << 5 | 1U << 6 | 1U << 7;
        constexpr unsigned kNeeded = 1U << 16 | 1U << 17 | 1U << 21 | 1U << 30 | 1U << 31;  // F, DQ, IFMA, BW, VL
        return (enabled & kRegisters) == kRegisters && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
               (b & kNeeded) == kNeeded;
    }();
    return has;
#else
    return false;
#endif
}

}  // namespace sluice::confidential::detail
