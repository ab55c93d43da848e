// Base58 with a four-byte SHA256d checksum: addresses, WIF and extended keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.h"

namespace sluice {

std::string base58check_encode(ByteView payload);
// The payload without its checksum; nullopt for bad characters, a bad checksum, or more than `max_payload` bytes.
std::optional<Bytes> base58check_decode(std::string_view text, size_t max_payload);

}  // namespace sluice
