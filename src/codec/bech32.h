// Bech32 and Bech32m (BIP173, BIP350), and Elements' Blech32 and Blech32m (the same with a 60-bit checksum of 12
// symbols: protocol page chain-params section 4), over groups of 5 bits. Address rules on top (versions, sizes) belong
// to callers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.h"

namespace sluice {

enum class Bech32Kind { kBech32, kBech32m, kBlech32, kBlech32m };

struct Bech32Text {
    Bech32Kind kind = Bech32Kind::kBech32;
    std::string prefix;  // human-readable part, lower case
    Bytes symbols;       // values 0..31, without the checksum
};

constexpr size_t kMaxBech32 = 90;
constexpr size_t kMaxBlech32 = 1000;

// Preconditions: prefix is lower case and not empty, each symbol < 32.
std::string bech32_encode(Bech32Kind kind, std::string_view prefix, ByteView symbols);
// Bech32 or Bech32m; nullopt for neither, mixed case, or a text longer than 90.
std::optional<Bech32Text> bech32_decode(std::string_view text);
// Blech32 or Blech32m; at most 1000 characters.
std::optional<Bech32Text> blech32_decode(std::string_view text);

// Bytes to groups of 5 bits, the last one padded with zeros.
Bytes to_base32_symbols(ByteView bytes);
// And back; nullopt if 5 or more bits, or bits that are not zero, are left over.
std::optional<Bytes> from_base32_symbols(ByteView symbols);

}  // namespace sluice
