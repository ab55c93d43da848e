#include "signing/key_ring.h"

#include "codec/hex.h"
#include "consensus/script/taproot.h"
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

// The hashes of both keys with this x coordinate, even y first.
std::array<Hash160, 2> hashes_of(const XOnlyPubKey& key) {
    Bytes point = {2};
    append(point, key.view());
    const Hash160 even = hash160(point);
    point[0] = 3;
    return {even, hash160(point)};
}

}  // namespace

std::string to_string(const KeyPath& path) {
    std::string out = to_hex(path.fingerprint.view());
    for (const uint32_t step : path.path) {
        out += "/" + std::to_string(step & ~kHardened);
        if ((step & kHardened) != 0) out += "h";
    }
    return out;
}

Fingerprint fingerprint_of(const PubKey& root) { return Fingerprint::from_view(root.hash160().view().first(4)); }

Hash256 TapLeaf::hash() const { return script::tapleaf_hash(version, script); }

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

std::optional<XOnlyPubKey> KeyRing::add_taproot(const XOnlyPubKey& internal) {
    const auto output = internal.add_tweak(script::taptweak_hash(internal.view(), {}).view());
    if (!output) return std::nullopt;
    taproot.insert_or_assign(output->key, TaprootOutput{internal, {}, {}});
    return output->key;
}

void KeyRing::merge(KeyRing other) {
    for (auto& [hash, known] : other.keys) {
        const auto [at, fresh] = keys.try_emplace(hash, known);
        if (!fresh && !at->second.path) at->second.path = std::move(known.path);
    }
    secrets.merge(other.secrets);
    held.merge(other.held);
    redeem_scripts.merge(other.redeem_scripts);
    witness_scripts.merge(other.witness_scripts);
    taproot.merge(other.taproot);
}

const SecretKey* KeyRing::secret_of(ByteView pubkey) const { return find_in(secrets, hash160(pubkey)); }

const SecretKey* KeyRing::secret_of(const XOnlyPubKey& key) const {
    for (const Hash160& hash : hashes_of(key)) {
        if (const SecretKey* found = find_in(secrets, hash)) return found;
    }
    return nullptr;
}

const KnownKey* KeyRing::find(const XOnlyPubKey& key) const {
    for (const Hash160& hash : hashes_of(key)) {
        if (const KnownKey* found = find_in(keys, hash)) return found;
    }
    return nullptr;
}

bool KeyRing::holds(const Hash160& id) const { return held.contains(id) || secrets.contains(id); }

bool KeyRing::holds(const XOnlyPubKey& key) const {
    const auto hashes = hashes_of(key);
    return std::ranges::any_of(hashes, [&](const Hash160& id) { return holds(id); });
}

}  // namespace sluice::signing
