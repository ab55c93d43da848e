// AddressFormat: the prefixes by which one chain writes addresses (chain-params.md sections 2 and 4). A value; pure.
#pragma once

#include <cstdint>
#include <string>

namespace sluice {

struct AddressFormat {
    uint8_t pubkey = 0;       // base58check version of a public key hash
    uint8_t script = 0;       // base58check version of a script hash
    uint8_t blinded = 0;      // base58check version that precedes one of the two in a confidential address
    std::string bech32_hrp;   // plain witness programs
    std::string blech32_hrp;  // witness programs with a blinding key
    bool operator==(const AddressFormat&) const = default;
};

}  // namespace sluice
