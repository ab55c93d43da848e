// Secret keys as text ("wallet import format"): a prefix of the chain, 32 bytes, and a 1 if the public key is
// compressed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys.h"

namespace sluice {

struct WifKey {
    SecretKey key;
    bool compressed = true;
};

std::optional<WifKey> decode_wif(std::string_view text, uint8_t prefix);
std::string encode_wif(const SecretKey& key, bool compressed, uint8_t prefix);

}  // namespace sluice
