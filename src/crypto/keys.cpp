#include "crypto/keys.h"

#include <secp256k1_ecdh.h>
#include <secp256k1_extrakeys.h>

#include "crypto/detail/secp.h"
#include "util/check.h"
#include "util/declassify.h"
#include "util/random.h"

namespace sluice {

namespace detail {

const secp256k1_context* secp() {
    static const secp256k1_context* const context = [] {
        secp256k1_context* made = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
        CHECK(made != nullptr);
        Secret<32> seed;
        random_bytes(seed.mutable_view());
        CHECK(secp256k1_context_randomize(made, seed.view().data()) == 1);
        return made;
    }();
    return context;
}

std::optional<secp256k1_pubkey> parse_point(ByteView bytes) {
    secp256k1_pubkey point;
    if (bytes.empty()) return std::nullopt;  // the library aborts on a null pointer
    if (secp256k1_ec_pubkey_parse(secp(), &point, bytes.data(), bytes.size()) != 1) return std::nullopt;
    return point;
}

}  // namespace detail

using detail::secp;

namespace {
secp256k1_pubkey point_of(const PubKey& key) {
    const auto point = detail::parse_point(key.view());
    CHECK(point.has_value());  // a PubKey is a point by construction
    return *point;
}

std::array<uint8_t, 33> serialize(const secp256k1_pubkey& point) {
    std::array<uint8_t, 33> out;
    size_t size = out.size();
    secp256k1_ec_pubkey_serialize(secp(), out.data(), &size, &point, SECP256K1_EC_COMPRESSED);
    return out;
}

std::optional<secp256k1_xonly_pubkey> parse_xonly(ByteView bytes) {
    secp256k1_xonly_pubkey point;
    if (bytes.size() != 32 || secp256k1_xonly_pubkey_parse(secp(), &point, bytes.data()) != 1) return std::nullopt;
    return point;
}
}  // namespace

std::optional<PubKey> PubKey::parse(ByteView bytes) {
    if ((bytes.size() != 33 && bytes.size() != 65) || !detail::parse_point(bytes)) return std::nullopt;
    PubKey key;
    std::ranges::copy(bytes, key.bytes_.begin());
    key.size_ = static_cast<uint8_t>(bytes.size());
    return key;
}

PubKey PubKey::compressed() const {
    if (is_compressed()) return *this;
    PubKey key;
    std::ranges::copy(serialize(point_of(*this)), key.bytes_.begin());
    key.size_ = kCompressedSize;
    return key;
}

std::optional<PubKey> PubKey::add_tweak(ByteView tweak) const {
    CHECK(tweak.size() == 32);
    secp256k1_pubkey point = point_of(*this);
    if (secp256k1_ec_pubkey_tweak_add(secp(), &point, tweak.data()) != 1) return std::nullopt;
    return parse(serialize(point));
}

std::optional<PubKey> PubKey::multiply(ByteView scalar) const {
    CHECK(scalar.size() == 32);
    secp256k1_pubkey point = point_of(*this);
    if (secp256k1_ec_pubkey_tweak_mul(secp(), &point, scalar.data()) != 1) return std::nullopt;
    return parse(serialize(point));
}

std::optional<XOnlyPubKey> XOnlyPubKey::parse(ByteView bytes) {
    if (!parse_xonly(bytes)) return std::nullopt;
    XOnlyPubKey key;
    key.bytes_ = FixedBytes<XOnlyPubKeyTag, 32>::from_view(bytes);
    return key;
}

XOnlyPubKey XOnlyPubKey::from(const PubKey& key) {
    XOnlyPubKey out;
    out.bytes_ = FixedBytes<XOnlyPubKeyTag, 32>::from_view(key.view().subspan(1, 32));
    return out;
}

std::optional<XOnlyPubKey::Tweaked> XOnlyPubKey::add_tweak(ByteView tweak) const {
    CHECK(tweak.size() == 32);
    const auto point = parse_xonly(view());
    if (!point) return std::nullopt;
    secp256k1_pubkey sum;
    if (secp256k1_xonly_pubkey_tweak_add(secp(), &sum, &*point, tweak.data()) != 1) return std::nullopt;
    secp256k1_xonly_pubkey x;
    int parity = 0;
    CHECK(secp256k1_xonly_pubkey_from_pubkey(secp(), &x, &parity, &sum) == 1);
    Tweaked out;
    secp256k1_xonly_pubkey_serialize(secp(), out.key.bytes_.mutable_view().data(), &x);
    out.is_odd = parity == 1;
    return out;
}

bool XOnlyPubKey::check_tweak(ByteView output, bool output_is_odd, ByteView tweak) const {
    CHECK(output.size() == 32 && tweak.size() == 32);
    const auto point = parse_xonly(view());
    return point && secp256k1_xonly_pubkey_tweak_add_check(secp(), output.data(), output_is_odd ? 1 : 0, &*point,
                                                           tweak.data()) == 1;
}

SecretKey SecretKey::generate() {
    for (;;) {
        Secret<32> bytes;
        random_bytes(bytes.mutable_view());
        if (secp256k1_ec_seckey_verify(secp(), bytes.view().data()) == 1) return SecretKey(std::move(bytes));
    }
}

std::optional<SecretKey> SecretKey::from_bytes(ByteView bytes) {
    if (bytes.size() != 32) return std::nullopt;
    const int valid = secp256k1_ec_seckey_verify(secp(), bytes.data());
    if (declassified(valid) != 1) return std::nullopt;
    Secret<32> copy;
    std::ranges::copy(bytes, copy.mutable_view().begin());
    return SecretKey(std::move(copy));
}

PubKey SecretKey::pubkey() const {
    secp256k1_pubkey point;
    const int made = secp256k1_ec_pubkey_create(secp(), &point, view().data());
    CHECK(declassified(made) == 1);
    declassify(&point, sizeof(point));
    PubKey key;
    std::ranges::copy(serialize(point), key.bytes_.begin());
    key.size_ = PubKey::kCompressedSize;
    return key;
}

std::optional<SecretKey> SecretKey::add_tweak(ByteView tweak) const {
    CHECK(tweak.size() == 32);
    Secret<32> sum = bytes_.clone();
    const int valid = secp256k1_ec_seckey_tweak_add(secp(), sum.mutable_view().data(), tweak.data());
    if (declassified(valid) != 1) return std::nullopt;
    return SecretKey(std::move(sum));
}

Secret<32> ecdh(const SecretKey& ours, const PubKey& theirs) {
    const secp256k1_pubkey point = point_of(theirs);
    Secret<32> out;
    const int made = secp256k1_ecdh(secp(), out.mutable_view().data(), &point, ours.view().data(), nullptr, nullptr);
    CHECK(declassified(made) == 1);
    return out;
}

}  // namespace sluice
