// Base64 (RFC 4648, section 4) with padding. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.h"

namespace sluice {

std::string base64_encode(ByteView bytes);
// nullopt unless the text is exactly what base64_encode gives: padding demanded, no white space, no stray bits.
std::optional<Bytes> base64_decode(std::string_view text);

}  // namespace sluice
