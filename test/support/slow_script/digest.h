// What signatures cover, put together field by field (protocol page "script", sections 5.1, 6 and 7).
#pragma once

#include <optional>

#include "support/slow_script/slow_script.h"

namespace sluice::slow {

// Octets in the order they are hashed.
struct Tape {
    Octets bytes;
    Tape& u8(uint8_t value);
    Tape& u32(uint32_t value);
    Tape& raw(const Octets& more);
    Tape& raw(const Digest& more);
    Tape& size(uint64_t value);  // compact size
    Tape& sized(const Octets& more);
};

Octets asset_octets(const ConfidentialAsset& asset);
Octets value_octets(const ConfidentialValue& value);
Octets nonce_octets(const ConfidentialNonce& nonce);
uint8_t input_flags(const TxIn& in);
uint64_t transaction_weight(const Transaction& tx);

Digest legacy_digest(const Spending& on, const Octets& code, uint8_t hash_type);
Digest v0_digest(const Spending& on, const Octets& code, uint8_t hash_type);
// Nothing for hash types that do not exist, and for SINGLE without its output.
std::optional<Digest> taproot_digest(const Spending& on, uint8_t hash_type, bool script_path,
                                     const TaprootState& state);

}  // namespace sluice::slow
