// KeyRing: what a signer knows: keys with where they come from, scripts by their hashes, taproot outputs. A value with
// secrets in it (not copyable); its owner decides the thread. Pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "consensus/primitives/script_bytes.h"
#include "crypto/keys.h"

namespace sluice::signing {

// The way from a root key: the first four bytes of the root's hash, and the steps (hardened ones from 1 << 31).
struct KeyPath {
    std::array<uint8_t, 4> fingerprint{};
    std::vector<uint32_t> steps;
    auto operator<=>(const KeyPath&) const = default;
};
// "d34db33f/44h/0": without brackets.
std::string to_string(const KeyPath& path);

// A public key and how it was reached.
struct KnownKey {
    PubKey key;
    std::optional<KeyPath> path;
};

// How a taproot output key was made.
struct TaprootOutput {
    XOnlyPubKey internal_key;
    Bytes merkle_root;  // empty without scripts
};

struct KeyRing {
    std::map<Hash160, KnownKey> keys;
    std::map<Hash160, SecretKey> secrets;  // by the hash of the public key as it is serialized
    std::map<Hash160, Script> redeem_scripts;
    std::map<Hash256, Script> witness_scripts;
    std::map<XOnlyPubKey, TaprootOutput> taproot;  // by output key

    void add_key(const PubKey& key, std::optional<KeyPath> path = std::nullopt);
    void add_secret(const SecretKey& key, bool compressed);
    // As a redeem script and as a witness script, and the P2WSH program of it as a redeem script.
    void add_script(const Script& script);
    // nullptr: not known.
    [[nodiscard]] const SecretKey* secret_of(ByteView pubkey) const;
    // The secret whose public key has this x coordinate.
    [[nodiscard]] const SecretKey* secret_of(const XOnlyPubKey& key) const;
};

}  // namespace sluice::signing
