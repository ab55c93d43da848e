// Randomness from the operating system. Thread-safe. Secrets are drawn with random_bytes into Secret memory.
#pragma once

#include "util/bytes.h"

namespace sluice {

void random_bytes(MutableBytes out);
uint64_t random_u64();
// Uniform in [0, bound); precondition bound > 0.
uint64_t random_below(uint64_t bound);

}  // namespace sluice
