// Whitelist (PAK) proofs: that whoever made a peg-out holds the online and the offline key of one entry of the
// authorised list, without saying which. The verifying half; signing is in confidential/secret. Pure, thread-safe;
// variable time (proofs are public). Source: doc, confidential page, section 7.
#pragma once

#include <span>

#include "crypto/keys.h"

namespace sluice::confidential {

// The number of keys that a well-formed proof names (0..255); nullopt unless its length fits that number.
std::optional<size_t> whitelist_proof_keys(ByteView proof);

// Precondition: online and offline have the same length (entry i is online[i], offline[i]). `destination` is the
// sub-key that the peg-out pays. False for an empty list: nobody is authorised.
bool verify_whitelist_proof(std::span<const PubKey> online, std::span<const PubKey> offline, const PubKey& destination,
                            ByteView proof);

}  // namespace sluice::confidential
