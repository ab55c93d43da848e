// The field's inner loops for x86-64 processors with BMI2 and ADX (mulx, adcx, adox): the same results as PlainOps,
// word for word modulo p. Ask has_adx() before running any of this.
#pragma once

#include "confidential/detail/field_ops.h"
#include "confidential/detail/processor.h"

#if defined(__x86_64__)
#define SLUICE_ADX 1

namespace sluice::confidential::detail {

// In all of these a 512-bit product stands in t0..t7; %rdx is the multiplier that mulx takes; lo and hi are scratch.
// The reduction folds t4..t7 (each worth kFold) into t0..t3, then what overflows (below 2^33), then a last carry, which
// is rare.
#define SLUICE_ADX_REDUCE            \
    "movabs $0x1000003d1, %%rdx\n\t" \
    "xor %k[lo], %k[lo]\n\t"         \
    "mulx %[t4], %[lo], %[hi]\n\t"   \
    "adcx %[lo], %[t0]\n\t"          \
    "adox %[hi], %[t1]\n\t"          \
    "mulx %[t5], %[lo], %[hi]\n\t"   \
    "adcx %[lo], %[t1]\n\t"          \
    "adox %[hi], %[t2]\n\t"          \
    "mulx %[t6], %[lo], %[hi]\n\t"   \
    "adcx %[lo], %[t2]\n\t"          \
    "adox %[hi], %[t3]\n\t"          \
    "mulx %[t7], %[lo], %[hi]\n\t"   \
    "adcx %[lo], %[t3]\n\t"          \
    "mov $0, %k[lo]\n\t"             \
    "adox %[lo], %[hi]\n\t"          \
    "adcx %[lo], %[hi]\n\t"          \
    "mulx %[hi], %[lo], %[hi]\n\t"   \
    "add %[lo], %[t0]\n\t"           \
    "adc %[hi], %[t1]\n\t"           \
    "adc $0, %[t2]\n\t"              \
    "adc $0, %[t3]\n\t"              \
    "jnc 1f\n\t"                     \
    "add %%rdx, %[t0]\n\t"           \
    "adc $0, %[t1]\n"                \
    "1:\n\t"

// clang-format off
// t_i..t_{i+4} += b_i * a, where t_{i+4} is new.
#define SLUICE_ADX_ROW(b_i, t0_, t1_, t2_, t3_, t4_) \
    "mov %[" b_i "], %%rdx\n\t"                      \
    "xor %k[lo], %k[lo]\n\t"                         \
    "mulx %[a0], %[lo], %[hi]\n\t"                   \
    "adox %[lo], %[" t0_ "]\n\t"                     \
    "adcx %[hi], %[" t1_ "]\n\t"                     \
    "mulx %[a1], %[lo], %[hi]\n\t"                   \
    "adox %[lo], %[" t1_ "]\n\t"                     \
    "adcx %[hi], %[" t2_ "]\n\t"                     \
    "mulx %[a2], %[lo], %[hi]\n\t"                   \
    "adox %[lo], %[" t2_ "]\n\t"                     \
    "adcx %[hi], %[" t3_ "]\n\t"                     \
    "mulx %[a3], %[lo], %[" t4_ "]\n\t"              \
    "adox %[lo], %[" t3_ "]\n\t"                     \
    "mov $0, %k[lo]\n\t"                             \
    "adox %[lo], %[" t4_ "]\n\t"                     \
    "adcx %[lo], %[" t4_ "]\n\t"
// clang-format on

struct AdxOps {
    static Fe mul(const Fe& a, const Fe& b) {
        uint64_t t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
        __asm__(
            "mov %[b0], %%rdx\n\t"
            "mulx %[a0], %[t0], %[t1]\n\t"
            "mulx %[a1], %[lo], %[t2]\n\t"
            "add %[lo], %[t1]\n\t"
            "mulx %[a2], %[lo], %[t3]\n\t"
            "adc %[lo], %[t2]\n\t"
            "mulx %[a3], %[lo], %[t4]\n\t"
            "adc %[lo], %[t3]\n\t"
            "adc $0, %[t4]\n\t"
            // clang-format off
            SLUICE_ADX_ROW("b1", "t1", "t2", "t3", "t4", "t5")
            SLUICE_ADX_ROW("b2", "t2", "t3", "t4", "t5", "t6")
            SLUICE_ADX_ROW("b3", "t3", "t4", "t5", "t6", "t7")
            SLUICE_ADX_REDUCE
            // clang-format on
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [t5] "=&r"(t5),
              [t6] "=&r"(t6), [t7] "=&r"(t7), [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a0] "m"(a.n[0]), [a1] "m"(a.n[1]), [a2] "m"(a.n[2]), [a3] "m"(a.n[3]), [b0] "m"(b.n[0]),
              [b1] "m"(b.n[1]), [b2] "m"(b.n[2]), [b3] "m"(b.n[3])
            : "rdx", "cc");
        return Fe{{t0, t1, t2, t3}};
    }

    static Fe sqr(const Fe& a) {
        uint64_t t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
        __asm__(
            // The products of different words, once.
            "mov %[a0], %%rdx\n\t"
            "mulx %[a1], %[t1], %[t2]\n\t"
            "mulx %[a2], %[lo], %[t3]\n\t"
            "add %[lo], %[t2]\n\t"
            "mulx %[a3], %[lo], %[t4]\n\t"
            "adc %[lo], %[t3]\n\t"
            "adc $0, %[t4]\n\t"
            "mov %[a1], %%rdx\n\t"
            "xor %k[t7], %k[t7]\n\t"
            "mulx %[a2], %[lo], %[hi]\n\t"
            "adcx %[lo], %[t3]\n\t"
            "adox %[hi], %[t4]\n\t"
            "mulx %[a3], %[lo], %[t5]\n\t"
            "adcx %[lo], %[t4]\n\t"
            "adox %[t7], %[t5]\n\t"
            "adcx %[t7], %[t5]\n\t"
            "mov %[a2], %%rdx\n\t"
            "mulx %[a3], %[lo], %[t6]\n\t"
            "add %[lo], %[t5]\n\t"
            "adc $0, %[t6]\n\t"
            // Twice those, plus the squares.
            "xor %k[t7], %k[t7]\n\t"
            "mov %[a0], %%rdx\n\t"
            "mulx %%rdx, %[t0], %[hi]\n\t"
            "adcx %[t1], %[t1]\n\t"
            "adox %[hi], %[t1]\n\t"
            "mov %[a1], %%rdx\n\t"
            "mulx %%rdx, %[lo], %[hi]\n\t"
            "adcx %[t2], %[t2]\n\t"
            "adox %[lo], %[t2]\n\t"
            "adcx %[t3], %[t3]\n\t"
            "adox %[hi], %[t3]\n\t"
            "mov %[a2], %%rdx\n\t"
            "mulx %%rdx, %[lo], %[hi]\n\t"
            "adcx %[t4], %[t4]\n\t"
            "adox %[lo], %[t4]\n\t"
            "adcx %[t5], %[t5]\n\t"
            "adox %[hi], %[t5]\n\t"
            "mov %[a3], %%rdx\n\t"
            "mulx %%rdx, %[lo], %[hi]\n\t"
            "adcx %[t6], %[t6]\n\t"
            "adox %[lo], %[t6]\n\t"
            "adcx %[t7], %[t7]\n\t"
            "adox %[hi], %[t7]\n\t"  //
            SLUICE_ADX_REDUCE
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [t5] "=&r"(t5),
              [t6] "=&r"(t6), [t7] "=&r"(t7), [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a0] "m"(a.n[0]), [a1] "m"(a.n[1]), [a2] "m"(a.n[2]), [a3] "m"(a.n[3])
            : "rdx", "cc");
        return Fe{{t0, t1, t2, t3}};
    }

    static Fe add(const Fe& a, const Fe& b) { return PlainOps::add(a, b); }
    static Fe sub(const Fe& a, const Fe& b) { return PlainOps::sub(a, b); }
    static Fe half(const Fe& a) { return PlainOps::half(a); }
};

#undef SLUICE_ADX_ROW
#undef SLUICE_ADX_REDUCE

}  // namespace sluice::confidential::detail

#endif
