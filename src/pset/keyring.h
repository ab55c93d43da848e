// What a signer or an updater knows. Owned by the caller, who fills in what it means to share: without secrets it only
// tells others where keys come from.
#pragma once

#include <map>

#include "pset/pset.h"

namespace sluice::pset {

class Keyring {
public:
    void add(const PubKey& key) { keys_.emplace(key.hash160(), key); }
    void add(const PubKey& key, KeyPath origin) {
        add(key);
        origins_.emplace(key, std::move(origin));
    }
    void add(SecretKey secret);
    // As a redeem script and as a witness script.
    void add(const Script& script);

    [[nodiscard]] const PubKey* key(const Hash160& hash) const;
    [[nodiscard]] const SecretKey* secret(const PubKey& key) const;
    [[nodiscard]] const KeyPath* origin(const PubKey& key) const;
    [[nodiscard]] const Script* redeem_script(const Hash160& hash) const;
    [[nodiscard]] const Script* witness_script(const Hash256& hash) const;

private:
    std::map<Hash160, PubKey> keys_;
    std::map<PubKey, SecretKey> secrets_;
    std::map<PubKey, KeyPath> origins_;
    std::map<Hash160, Script> redeem_scripts_;
    std::map<Hash256, Script> witness_scripts_;
};

}  // namespace sluice::pset
