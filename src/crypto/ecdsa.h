// ECDSA on secp256k1 as Bitcoin uses it. Signatures here carry no sighash byte. Any thread.
#pragma once

#include "crypto/keys.h"

namespace sluice {

// Deterministic (RFC 6979, tried on until R's top bit is clear, as Bitcoin's wallets do), DER-encoded, S in the lower
// half: at most 70 bytes.
Bytes sign_ecdsa(const SecretKey& key, const Hash256& digest);
// R || S, 64 bytes, of the first nonce: R is not low always.
Bytes sign_ecdsa_compact(const SecretKey& key, const Hash256& digest);

// Bitcoin's consensus verification: the key in any serialization of a point, the signature in the lax DER that blocks
// before BIP66 used, S in either half. False for anything that does not parse.
bool verify_ecdsa(ByteView key, ByteView der, const Hash256& digest);
// R || S, 64 bytes; S must be in the lower half, so that a signature has one encoding only.
bool verify_ecdsa_compact(const PubKey& key, ByteView signature, const Hash256& digest);

// BIP66's strict DER, of a signature with its one sighash byte at the end (BIP66 counts it).
bool is_strict_der(ByteView signature_and_hash_type);
// S is in the lower half (BIP62 rule 5). The signature is DER without a sighash byte; false if it does not parse.
bool is_low_s(ByteView der);

}  // namespace sluice
