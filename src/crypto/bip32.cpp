#include "crypto/bip32.h"

#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/base58check.h"

namespace sluice {

namespace {

constexpr size_t kPayload = 78;

KeyOrigin child_origin(const KeyOrigin& parent, const PubKey& parent_key, uint32_t child) {
    KeyOrigin out;
    out.depth = static_cast<uint8_t>(parent.depth + 1);
    std::ranges::copy(parent_key.hash160().view().first(4), out.parent_fingerprint.begin());
    out.child = child;
    return out;
}

// HMAC-SHA512(chain code, key data || child): the tweak and the child's chain code.
Hash512 child_hash(const Hash256& chain_code, ByteView key_data, uint32_t child) {
    std::array<uint8_t, 37> message{};
    std::ranges::copy(key_data, message.begin());
    for (size_t i = 0; i < 4; ++i) message[33 + i] = static_cast<uint8_t>(child >> (24 - 8 * i));
    const Hash512 out = hmac_sha512(chain_code.view(), message);
    wipe(message);
    return out;
}

std::string encode_parts(const VersionBytes& version, const KeyOrigin& origin, const Hash256& chain_code,
                         ByteView key_data) {
    Bytes bytes;
    bytes.reserve(kPayload);
    append(bytes, version);
    bytes.push_back(origin.depth);
    append(bytes, origin.parent_fingerprint);
    for (size_t i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(origin.child >> (24 - 8 * i)));
    append(bytes, chain_code.view());
    append(bytes, key_data);
    std::string out = base58check_encode(bytes);
    wipe(bytes);
    return out;
}

struct Parts {
    KeyOrigin origin;
    Hash256 chain_code;
    Bytes key_data;
};

std::optional<Parts> decode_parts(std::string_view text, const VersionBytes& version) {
    std::optional<Bytes> bytes = base58check_decode(text, kPayload);
    if (!bytes || bytes->size() != kPayload) return std::nullopt;
    const ByteView view = *bytes;
    Parts out;
    if (!equal(view.first(4), version)) return std::nullopt;
    out.origin.depth = view[4];
    std::ranges::copy(view.subspan(5, 4), out.origin.parent_fingerprint.begin());
    for (const uint8_t byte : view.subspan(9, 4)) out.origin.child = out.origin.child << 8 | byte;
    out.chain_code = Hash256::from_view(view.subspan(13, 32));
    out.key_data = to_bytes(view.subspan(45));
    wipe(*bytes);
    // A master key has no parent and no index (BIP32 test vector 5).
    const bool rootless = out.origin.child == 0 && out.origin.parent_fingerprint == std::array<uint8_t, 4>{};
    if (out.origin.depth == 0 && !rootless) return std::nullopt;
    return out;
}

}  // namespace

std::optional<ExtPubKey> ExtPubKey::derive(uint32_t child) const {
    if ((child & kHardened) != 0 || origin_.depth == 255) return std::nullopt;
    const Hash512 hash = child_hash(chain_code_, key_.view(), child);
    const std::optional<PubKey> key = key_.add_tweak(hash.view().first(32));
    if (!key) return std::nullopt;
    return ExtPubKey(child_origin(origin_, key_, child), Hash256::from_view(hash.view().last(32)), *key);
}

std::optional<SecretKey> ExtPubKey::tweak(uint32_t child) const {
    if ((child & kHardened) != 0 || origin_.depth == 255) return std::nullopt;
    return SecretKey::from_bytes(child_hash(chain_code_, key_.view(), child).view().first(32));
}

std::string ExtPubKey::encode(const VersionBytes& version) const {
    return encode_parts(version, origin_, chain_code_, key_.view());
}

std::optional<ExtPubKey> ExtPubKey::decode(std::string_view text, const VersionBytes& version) {
    const std::optional<Parts> parts = decode_parts(text, version);
    if (!parts) return std::nullopt;
    const std::optional<PubKey> key = PubKey::parse(parts->key_data);
    if (!key) return std::nullopt;
    return ExtPubKey(parts->origin, parts->chain_code, *key);
}

std::optional<ExtSecretKey> ExtSecretKey::from_seed(ByteView seed) {
    if (seed.size() < 16 || seed.size() > 64) return std::nullopt;
    Hash512 hash = hmac_sha512(as_bytes("Bitcoin seed"), seed);
    std::optional<SecretKey> key = SecretKey::from_bytes(hash.view().first(32));
    const Hash256 chain_code = Hash256::from_view(hash.view().last(32));
    wipe(hash.mutable_view());
    if (!key) return std::nullopt;
    return ExtSecretKey({}, chain_code, std::move(*key));
}

std::optional<ExtSecretKey> ExtSecretKey::derive(uint32_t child) const {
    if (origin_.depth == 255) return std::nullopt;
    const PubKey pubkey = key_.pubkey();
    Hash512 hash;
    if ((child & kHardened) != 0) {
        Secret<33> key_data;  // a zero byte, then the secret
        std::ranges::copy(key_.view(), key_data.mutable_view().subspan(1).begin());
        hash = child_hash(chain_code_, key_data.view(), child);
    } else {
        hash = child_hash(chain_code_, pubkey.view(), child);
    }
    std::optional<SecretKey> key = key_.add_tweak(hash.view().first(32));
    const Hash256 chain_code = Hash256::from_view(hash.view().last(32));
    wipe(hash.mutable_view());
    if (!key) return std::nullopt;
    return ExtSecretKey(child_origin(origin_, pubkey, child), chain_code, std::move(*key));
}

std::optional<ExtSecretKey> ExtSecretKey::derive(const std::vector<uint32_t>& path) const {
    ExtSecretKey at = clone();
    for (const uint32_t child : path) {
        std::optional<ExtSecretKey> next = at.derive(child);
        if (!next) return std::nullopt;
        at = std::move(*next);
    }
    return at;
}

std::string ExtSecretKey::encode(const VersionBytes& version) const {
    Secret<33> key_data;
    std::ranges::copy(key_.view(), key_data.mutable_view().subspan(1).begin());
    return encode_parts(version, origin_, chain_code_, key_data.view());
}

std::optional<ExtSecretKey> ExtSecretKey::decode(std::string_view text, const VersionBytes& version) {
    std::optional<Parts> parts = decode_parts(text, version);
    if (!parts) return std::nullopt;
    std::optional<SecretKey> key;
    if (parts->key_data[0] == 0) key = SecretKey::from_bytes(ByteView(parts->key_data).subspan(1));
    wipe(parts->key_data);
    if (!key) return std::nullopt;
    return ExtSecretKey(parts->origin, parts->chain_code, std::move(*key));
}

}  // namespace sluice
