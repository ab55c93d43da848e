#include "pset/keyring.h"

namespace sluice::pset {
namespace {

template <class K, class V>
const V* find_in(const std::map<K, V>& map, const K& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace

void Keyring::add(SecretKey secret) {
    const PubKey key = secret.pubkey();
    add(key);
    secrets_.emplace(key, std::move(secret));
}

void Keyring::add(const Script& script) {
    redeem_scripts_.emplace(hash160(script.view()), script);
    witness_scripts_.emplace(sha256(script.view()), script);
}

const PubKey* Keyring::key(const Hash160& hash) const { return find_in(keys_, hash); }
const SecretKey* Keyring::secret(const PubKey& key) const { return find_in(secrets_, key); }
const KeyPath* Keyring::origin(const PubKey& key) const { return find_in(origins_, key); }
const Script* Keyring::redeem_script(const Hash160& hash) const { return find_in(redeem_scripts_, hash); }
const Script* Keyring::witness_script(const Hash256& hash) const { return find_in(witness_scripts_, hash); }

}  // namespace sluice::pset
