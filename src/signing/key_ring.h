// KeyRing: what a signer knows: keys with where they come from, scripts by their hashes, taproot outputs. A value with
// secrets in it (not copyable); its owner decides the thread. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/primitives/script_bytes.h"
#include "crypto/keys.h"

namespace sluice::signing {

using Fingerprint = FixedBytes<struct FingerprintTag, 4>;

// The way from a root key: the first four bytes of the root's hash, and the steps (hardened ones from 1 << 31).
struct KeyPath {
    Fingerprint fingerprint;
    std::vector<uint32_t> path;
    bool operator==(const KeyPath&) const = default;
    // Shorter paths first, as Elements orders them.
    friend bool operator<(const KeyPath& a, const KeyPath& b) {
        if (a.fingerprint != b.fingerprint) return a.fingerprint < b.fingerprint;
        if (a.path.size() != b.path.size()) return a.path.size() < b.path.size();
        return a.path < b.path;
    }
};
// "d34db33f/44h/0": without brackets.
std::string to_string(const KeyPath& path);
Fingerprint fingerprint_of(const PubKey& root);

// A public key and how it was reached.
struct KnownKey {
    PubKey key;
    std::optional<KeyPath> path;
};

// A script of a taproot tree, with what proves that it is in there (the control block: BIP341).
struct TapLeaf {
    uint8_t depth = 0;
    uint8_t version = 0;
    Bytes script;
    Bytes control;
    [[nodiscard]] Hash256 hash() const;
};
// How a taproot output key was made.
struct TaprootOutput {
    XOnlyPubKey internal_key;
    Bytes merkle_root;            // empty without scripts
    std::vector<TapLeaf> leaves;  // those that are known, in the tree's order
};

struct KeyRing {
    std::map<Hash160, KnownKey> keys;
    std::map<Hash160, SecretKey> secrets;  // by the hash of the public key as it is serialized
    std::set<Hash160> held;                // keys whose secrets are not here, but can be brought along
    std::map<Hash160, Script> redeem_scripts;
    std::map<Hash256, Script> witness_scripts;
    std::map<XOnlyPubKey, TaprootOutput> taproot;  // by output key

    void add_key(const PubKey& key, std::optional<KeyPath> path = std::nullopt);
    void add_secret(const SecretKey& key, bool compressed = true);
    // As a redeem script and as a witness script, and the P2WSH program of it as a redeem script.
    void add_script(const Script& script);
    // The output of the internal key without scripts; nullopt with negligible probability.
    std::optional<XOnlyPubKey> add_taproot(const XOnlyPubKey& internal);
    // Takes over what `other` knows.
    void merge(KeyRing other);
    // nullptr: not known. Of an x coordinate: of the key that has it, whatever its y.
    [[nodiscard]] const SecretKey* secret_of(ByteView pubkey) const;
    [[nodiscard]] const SecretKey* secret_of(const XOnlyPubKey& key) const;
    [[nodiscard]] const KnownKey* find(const XOnlyPubKey& key) const;
    // The secret is here or can be brought along.
    [[nodiscard]] bool holds(const Hash160& pubkey_hash) const;
    [[nodiscard]] bool holds(const XOnlyPubKey& key) const;
};

}  // namespace sluice::signing
