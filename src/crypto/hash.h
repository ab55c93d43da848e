// Hash functions over bytes. Pure; any thread. Inputs are public unless a comment says otherwise.
#pragma once

#include <optional>

#include "util/bytes.h"
#include "util/fixed_bytes.h"

namespace sluice {

struct Hash256Tag;
struct Hash160Tag;
struct Hash512Tag;
using Hash256 = FixedBytes<Hash256Tag, 32>;
using Hash160 = FixedBytes<Hash160Tag, 20>;
using Hash512 = FixedBytes<Hash512Tag, 64>;

// Incremental SHA-256 (FIPS 180-4) with the processor's own instructions where it has them. No allocation.
class Sha256 {
public:
    Sha256();
    Sha256& write(ByteView bytes);
    // The digest; the object must not be written afterwards.
    Hash256 finish();

    // The state between two writes, in the form of Elements' streaming opcodes: eight big-endian words, the bits eaten
    // so far as 64 bits little-endian, and the bytes that do not fill a block yet. load refuses any other form.
    [[nodiscard]] Bytes save() const;
    static std::optional<Sha256> load(ByteView saved);
    // Bytes eaten so far.
    [[nodiscard]] uint64_t length() const;

    // One compression of 64 bytes from the initial state, without padding: a node of Elements' fast Merkle tree.
    // Precondition: block.size() == 64.
    static Hash256 midstate64(ByteView block);

private:
    alignas(8) uint8_t state_[112];  // libcrypto's SHA256_CTX, checked in the .cpp
};

Hash256 sha256(ByteView bytes);
// SHA-256 twice: Bitcoin's hash of transactions and headers.
Hash256 sha256d(ByteView bytes);
Hash512 sha512(ByteView bytes);
Hash160 ripemd160(ByteView bytes);
Hash160 sha1(ByteView bytes);
// RIPEMD-160 of SHA-256: Bitcoin's hash of keys and redeem scripts.
Hash160 hash160(ByteView bytes);

// SHA256(SHA256(tag) || SHA256(tag) || bytes) (BIP340).
Hash256 tagged_hash(std::string_view tag, ByteView bytes);
// A hasher that has already eaten the two tag hashes.
Sha256 tagged_hasher(std::string_view tag);

// RFC 2104. Key and message may be secret: intermediate values are wiped.
Hash256 hmac_sha256(ByteView key, ByteView message);
Hash512 hmac_sha512(ByteView key, ByteView message);

// SipHash-2-4; k0 and k1 must be unpredictable where an attacker chooses the bytes.
uint64_t siphash24(uint64_t k0, uint64_t k1, ByteView bytes);

}  // namespace sluice
