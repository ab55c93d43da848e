// BIP32 extended keys: derivation and their text form. Secret halves live in locked memory. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys.h"

namespace sluice {

constexpr uint32_t kHardened = 0x80000000;

// Where a key sits in its tree; the same for both halves.
struct KeyOrigin {
    uint8_t depth = 0;
    std::array<uint8_t, 4> parent_fingerprint{};
    uint32_t child = 0;
};

using VersionBytes = std::array<uint8_t, 4>;  // e.g. 04 88 b2 1e for "xpub"; from the chain parameters

class ExtPubKey {
public:
    ExtPubKey(KeyOrigin origin, const Hash256& chain_code, const PubKey& key)
        : origin_(origin), chain_code_(chain_code), key_(key) {}
    // nullopt for a hardened index, depth 255, or (with negligible probability) an index without a key.
    [[nodiscard]] std::optional<ExtPubKey> derive(uint32_t child) const;
    // The number whose multiple of G derive(child) adds to the key. nullopt as derive.
    [[nodiscard]] std::optional<SecretKey> tweak(uint32_t child) const;
    [[nodiscard]] std::string encode(const VersionBytes& version) const;
    static std::optional<ExtPubKey> decode(std::string_view text, const VersionBytes& version);
    [[nodiscard]] const PubKey& key() const { return key_; }
    [[nodiscard]] const KeyOrigin& origin() const { return origin_; }
    [[nodiscard]] const Hash256& chain_code() const { return chain_code_; }

private:
    KeyOrigin origin_;
    Hash256 chain_code_;
    PubKey key_;
};

class ExtSecretKey {
public:
    // Seed: 16 to 64 bytes of entropy. nullopt with negligible probability, or for another size.
    static std::optional<ExtSecretKey> from_seed(ByteView seed);
    [[nodiscard]] std::optional<ExtSecretKey> derive(uint32_t child) const;
    // Several steps; nullopt if any step is.
    [[nodiscard]] std::optional<ExtSecretKey> derive(const std::vector<uint32_t>& path) const;
    [[nodiscard]] ExtPubKey neuter() const { return {origin_, chain_code_, key_.pubkey()}; }
    [[nodiscard]] std::string encode(const VersionBytes& version) const;  // a secret: the caller wipes it
    static std::optional<ExtSecretKey> decode(std::string_view text, const VersionBytes& version);
    // The secret half of `of`. Precondition: `key` is its key.
    static ExtSecretKey of(const ExtPubKey& of, const SecretKey& key) {
        return {of.origin(), of.chain_code(), key.clone()};
    }
    [[nodiscard]] const SecretKey& key() const { return key_; }
    [[nodiscard]] const KeyOrigin& origin() const { return origin_; }
    [[nodiscard]] ExtSecretKey clone() const { return {origin_, chain_code_, key_.clone()}; }

private:
    ExtSecretKey(KeyOrigin origin, const Hash256& chain_code, SecretKey key)
        : origin_(origin), chain_code_(chain_code), key_(std::move(key)) {}

    KeyOrigin origin_;
    Hash256 chain_code_;
    SecretKey key_;
};

}  // namespace sluice
