// ScriptNum: how script reads and writes integers: little-endian, sign in the top bit of the last byte, no bytes for
// zero. Operands are at most 4 bytes (5 for lock times); results may be larger, so arithmetic is done in int64_t. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "util/bytes.h"

namespace sluice::script {

// nullopt when longer than max_size, or not in shortest form although `minimal` asks for it.
std::optional<int64_t> decode_number(ByteView bytes, bool minimal, size_t max_size = 4);
// Shortest form.
Bytes encode_number(int64_t value);
// The value moved into the range of a 32-bit int, as the reference does before it counts with it.
int32_t clamp_to_int(int64_t value);
// False for no bytes, zeros, and zeros with the sign bit.
bool cast_to_bool(ByteView bytes);

}  // namespace sluice::script
