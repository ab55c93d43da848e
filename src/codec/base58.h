// Base58: the digits and letters of Bitcoin addresses, without a checksum (crypto/base58check.h adds one).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.h"

namespace sluice {

std::string base58_encode(ByteView bytes);
// nullopt for a character outside the alphabet or more than `max_size` bytes (which bounds the quadratic work). White
// space around the text is ignored, as Bitcoin does.
std::optional<Bytes> base58_decode(std::string_view text, size_t max_size);

}  // namespace sluice
