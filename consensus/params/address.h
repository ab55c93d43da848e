// Addresses: text forms of output scripts, plain and confidential (chain-params.md section 4). An address stands for a
// script and perhaps a blinding key; which chain's prefixes apply is an argument. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "consensus/params/address_format.h"
#include "consensus/primitives/script_bytes.h"
#include "util/fixed_bytes.h"
#include "util/result.h"

namespace sluice {

// 33 bytes that begin with 2 or 3. It need not be a point: Elements accepts such an address and falls back to its plain
// form when it writes it.
using BlindingKey = FixedBytes<struct BlindingKeyTag, 33>;

struct Address {
    Script script;
    std::optional<BlindingKey> blinding_key;
    auto operator<=>(const Address&) const = default;
};

// The error is Elements' text for people.
Result<Address> decode_address(std::string_view text, const AddressFormat& format);
// Public key hash, script hash and witness programs have an address, and a bare OP_RETURN is "null"; nullopt for other
// scripts. A blinding key that is no point on the curve is left out.
std::optional<std::string> encode_address(const Address& address, const AddressFormat& format);

}  // namespace sluice
