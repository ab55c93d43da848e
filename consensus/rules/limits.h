// Limits of blocks and transactions (transactions.md section 4, blocks-and-dynafed.md section 9). Units in the names'
// comments.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::rules {

inline constexpr size_t kMaxBlockWeight = 4'000'000;    // weight units
inline constexpr int64_t kMaxBlockSigopsCost = 80'000;  // a legacy signature operation costs 4
inline constexpr size_t kWitnessScale = 4;              // weight of a byte outside the witness
inline constexpr uint32_t kCoinbaseMaturity = 100;      // blocks
inline constexpr int64_t kMaxFutureTime = 2 * 60 * 60;  // seconds that a block may be ahead of our clock
inline constexpr size_t kMinCoinbaseScript = 2;         // bytes
inline constexpr size_t kMaxCoinbaseScript = 100;       // bytes

}  // namespace sluice::rules
