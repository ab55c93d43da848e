// Keys on secp256k1. Public keys are values that are known to be points on the curve; secret keys live in locked memory
// and are touched only through libsecp256k1's constant-time calls. Any thread.
#pragma once

#include <optional>

#include "crypto/hash.h"
#include "util/secret.h"

namespace sluice {

// A public key in the serialization it was given in: 33 bytes (compressed) or 65 (uncompressed or hybrid).
class PubKey {
public:
    static constexpr size_t kCompressedSize = 33;

    // nullopt unless the bytes are a point on the curve in one of those forms.
    static std::optional<PubKey> parse(ByteView bytes);

    [[nodiscard]] ByteView view() const { return ByteView(bytes_).first(size_); }
    [[nodiscard]] bool is_compressed() const { return size_ == kCompressedSize; }
    [[nodiscard]] Hash160 hash160() const { return sluice::hash160(view()); }
    [[nodiscard]] PubKey compressed() const;
    // This point + tweak*G, compressed. Precondition: 32 bytes. nullopt if the tweak is not below the group order or
    // the sum is the point at infinity.
    [[nodiscard]] std::optional<PubKey> add_tweak(ByteView tweak) const;
    // scalar * this point, compressed; of public values only. Precondition: 32 bytes. nullopt unless 0 < scalar < group
    // order.
    [[nodiscard]] std::optional<PubKey> multiply(ByteView scalar) const;

    auto operator<=>(const PubKey&) const = default;

private:
    PubKey() = default;
    friend class SecretKey;

    std::array<uint8_t, 65> bytes_{};
    uint8_t size_ = 0;
};

struct XOnlyPubKeyTag;

// A BIP340 key: the x coordinate of a point whose y is even.
class XOnlyPubKey {
public:
    // nullopt unless 32 bytes that are an x coordinate on the curve.
    static std::optional<XOnlyPubKey> parse(ByteView bytes);
    static XOnlyPubKey from(const PubKey& key);

    struct Tweaked;
    // This point + tweak*G (BIP341). Precondition: 32 bytes.
    [[nodiscard]] std::optional<Tweaked> add_tweak(ByteView tweak) const;
    // True if `output` with this parity is this point + tweak*G. Preconditions: both 32 bytes.
    [[nodiscard]] bool check_tweak(ByteView output, bool output_is_odd, ByteView tweak) const;

    [[nodiscard]] ByteView view() const { return bytes_.view(); }
    auto operator<=>(const XOnlyPubKey&) const = default;

private:
    FixedBytes<XOnlyPubKeyTag, 32> bytes_;
};

struct XOnlyPubKey::Tweaked {
    XOnlyPubKey key;
    bool is_odd = false;
};

class SecretKey {
public:
    static SecretKey generate();
    // nullopt unless 32 bytes of a number in [1, group order).
    static std::optional<SecretKey> from_bytes(ByteView bytes);

    [[nodiscard]] PubKey pubkey() const;  // compressed
    // (this + tweak) mod the group order. Precondition: 32 bytes. nullopt as from_bytes.
    [[nodiscard]] std::optional<SecretKey> add_tweak(ByteView tweak) const;
    [[nodiscard]] SecretKey clone() const { return SecretKey(bytes_.clone()); }
    // Handle with care: valid while this object lives.
    [[nodiscard]] ByteView view() const { return bytes_.view(); }

private:
    explicit SecretKey(Secret<32> bytes) : bytes_(std::move(bytes)) {}

    Secret<32> bytes_;
};

// SHA-256 of the compressed shared point (libsecp256k1's own ECDH hash). Both sides get the same.
Secret<32> ecdh(const SecretKey& ours, const PubKey& theirs);

}  // namespace sluice
