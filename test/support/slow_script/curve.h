// Hashes and signatures of the slow reading: FIPS 180-4, SEC 1 and BIP340 spelled out over OpenSSL's points.
#pragma once

#include "support/slow_script/slow_script.h"

namespace sluice::slow {

// SHA-256 whose state can be looked at between blocks.
struct PlainSha256 {
    std::array<uint32_t, 8> words{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint64_t bytes = 0;
    Octets rest;  // fewer than 64

    void eat(const Octets& more);
    [[nodiscard]] Digest digest() const;
};

Digest sha(const Octets& bytes);
Digest sha_twice(const Octets& bytes);
Digest tagged(const std::string& tag, const Octets& bytes);
// "SHA1" or "RIPEMD160".
Octets named_hash(const char* name, const Octets& bytes);
Octets octets(const Digest& digest);

// `key` is SEC 1 (33 or 65 bytes, hybrid too), `signature` DER as blocks before BIP66 had it.
bool ecdsa_holds(const Octets& key, const Octets& signature, const Digest& digest);
// S is at most half the group order. False where the signature cannot be read.
bool has_low_s(const Octets& signature);
bool schnorr_holds(const Octets& key, const Octets& message, const Octets& signature);
// result == scalar * point, both 33 bytes.
bool multiplies(const Octets& result, const Octets& point, const Octets& scalar);
// The same point in 65 bytes, `first` (4, 6 or 7) in front. Precondition: a point.
Octets uncompressed(const Octets& key, uint8_t first);
// The same signature with the other S. Precondition: it can be read.
Octets other_s(const Octets& signature);
// output == lift(internal) + tweak * G with that parity; all 32 bytes.
bool tweaks(const Octets& output, bool odd, const Octets& internal, const Octets& tweak);

}  // namespace sluice::slow
