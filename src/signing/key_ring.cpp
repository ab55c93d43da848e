#include "signing/key_ring.h"

#include "codec/hex.h"
#include "consensus/script/templates.h"
#include "crypto/bip32.h"
#include "crypto/key_forms.h"

namespace sluice::signing {
namespace {

template <class Map, class Id>
auto* find_in(Map& map, const Id& id) {
    const auto found = map.find(id);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace

std::string to_string(const KeyPath& path) {
    std::string out = to_hex(path.fingerprint);
    for (const uint32_t step : path.steps) {
        out += "/" + std::to_string(step & ~kHardened);
        if ((step & kHardened) != 0) out += "h";
    }
    return out;
}

void KeyRing::add_key(const PubKey& key, std::optional<KeyPath> path) {
    keys.insert_or_assign(key.hash160(), KnownKey{key, std::move(path)});
}

void KeyRing::add_secret(const SecretKey& key, bool compressed) {
    const PubKey pubkey = compressed ? key.pubkey() : uncompressed(key.pubkey());
    keys.try_emplace(pubkey.hash160(), KnownKey{pubkey, std::nullopt});
    secrets.try_emplace(pubkey.hash160(), key.clone());
}

void KeyRing::add_script(const Script& script) {
    const Script program = script::p2wsh_of(script);
    redeem_scripts.insert_or_assign(hash160(script.view()), script);
    redeem_scripts.insert_or_assign(hash160(program.view()), program);
    witness_scripts.insert_or_assign(sha256(script.view()), script);
}

const SecretKey* KeyRing::secret_of(ByteView pubkey) const { return find_in(secrets, hash160(pubkey)); }

const SecretKey* KeyRing::secret_of(const XOnlyPubKey& key) const {
    Bytes point = {2};
    append(point, key.view());
    if (const SecretKey* even = secret_of(point)) return even;
    point[0] = 3;
    return secret_of(ByteView(point));
}

}  // namespace sluice::signing
