// What this processor can do, asked once. Immutable after the first call; any thread.
#pragma once

namespace sluice::confidential::detail {

// BMI2 and ADX: mulx, adcx, adox.
bool has_adx();
// AVX-512 F, DQ, BW, VL and IFMA, with an operating system that saves their registers.
bool has_avx512_ifma();

}  // namespace sluice::confidential::detail
