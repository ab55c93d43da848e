// Compiled with AVX-512 switched on (CMakeLists.txt). Everything here has internal linkage, and no header of the
// standard library with inline code may be included: the linker must not find a copy of a shared function that only
// some processors can run.
#include "confidential/detail/lanes/kernel_avx512.h"

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512IFMA__)
#include <immintrin.h>

#include "confidential/detail/lanes/climb.h"

namespace sluice::confidential::detail::lanes {

namespace {

// checked.h says what each operation means.
struct Avx512Ops {
    using V = __m512i;
    using Mask = uint8_t;

    static V load(const uint64_t* from) { return _mm512_load_si512(from); }
    static void store(uint64_t* to, V a) { _mm512_store_si512(to, a); }
    static V all(uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }
    static V add(V a, V b) { return _mm512_add_epi64(a, b); }
    static V sub(V a, V b) { return _mm512_sub_epi64(a, b); }
    static V both(V a, V b) { return _mm512_and_si512(a, b); }
    static V either(V a, V b) { return _mm512_or_si512(a, b); }
    template <int kBits>
    static V right(V a) {
        return _mm512_srli_epi64(a, kBits);
    }
    template <int kBits>
    static V left(V a) {
        return _mm512_slli_epi64(a, kBits);
    }
    template <int kBits>
    static V left_out(V a) {
        return _mm512_slli_epi64(a, kBits);
    }
    static V low52(V a) { return a; }
    static V multiply_low(V sum, V a, V b) { return _mm512_madd52lo_epu64(sum, a, b); }
    static V multiply_high(V sum, V a, V b) { return _mm512_madd52hi_epu64(sum, a, b); }
    static V blend(Mask mask, V clear, V set) { return _mm512_mask_blend_epi64(mask, clear, set); }
    static Mask equal(V a, V b) { return _mm512_cmpeq_epi64_mask(a, b); }
    template <int kBy>
    static V rotate(V a) {
        return _mm512_alignr_epi64(a, a, kBy);
    }
    static void transpose(V* r) {
        // Pairs of words, then of pairs, then of halves.
        const V a0 = _mm512_unpacklo_epi64(r[0], r[1]), a1 = _mm512_unpackhi_epi64(r[0], r[1]);
        const V a2 = _mm512_unpacklo_epi64(r[2], r[3]), a3 = _mm512_unpackhi_epi64(r[2], r[3]);
        const V a4 = _mm512_unpacklo_epi64(r[4], r[5]), a5 = _mm512_unpackhi_epi64(r[4], r[5]);
        const V a6 = _mm512_unpacklo_epi64(r[6], r[7]), a7 = _mm512_unpackhi_epi64(r[6], r[7]);
        const V b0 = _mm512_shuffle_i64x2(a0, a2, 0x88), b4 = _mm512_shuffle_i64x2(a4, a6, 0x88);
        const V b1 = _mm512_shuffle_i64x2(a1, a3, 0x88), b5 = _mm512_shuffle_i64x2(a5, a7, 0x88);
        const V b2 = _mm512_shuffle_i64x2(a0, a2, 0xdd), b6 = _mm512_shuffle_i64x2(a4, a6, 0xdd);
        const V b3 = _mm512_shuffle_i64x2(a1, a3, 0xdd), b7 = _mm512_shuffle_i64x2(a5, a7, 0xdd);
        r[0] = _mm512_shuffle_i64x2(b0, b4, 0x88);
        r[1] = _mm512_shuffle_i64x2(b1, b5, 0x88);
        r[2] = _mm512_shuffle_i64x2(b2, b6, 0x88);
        r[3] = _mm512_shuffle_i64x2(b3, b7, 0x88);
        r[4] = _mm512_shuffle_i64x2(b0, b4, 0xdd);
        r[5] = _mm512_shuffle_i64x2(b1, b5, 0xdd);
        r[6] = _mm512_shuffle_i64x2(b2, b6, 0xdd);
        r[7] = _mm512_shuffle_i64x2(b3, b7, 0xdd);
    }
};

constexpr Kernel kKernel = KernelOf<Avx512Ops>::kernel();

}  // namespace

const Kernel* avx512_kernel() { return &kKernel; }

}  // namespace sluice::confidential::detail::lanes

#else

namespace sluice::confidential::detail::lanes {

const Kernel* avx512_kernel() { return nullptr; }

}  // namespace sluice::confidential::detail::lanes

#endif
