#include "confidential/secret/detail/point.h"

#include <secp256k1_ecdh.h>

#include <cstring>

#include "crypto/hash.h"
#include "util/check.h"
#include "util/secret.h"

namespace sluice::confidential::secret {
namespace {

Field constant(std::array<uint64_t, 4> most_significant_first) {
    return {
        {most_significant_first[3], most_significant_first[2], most_significant_first[1], most_significant_first[0]}};
}

using Coordinates = std::array<uint8_t, 64>;

// The "hash" of an ECDH whose result is wanted as the point itself.
int copy_coordinates(unsigned char* out, const unsigned char* x, const unsigned char* y, void* /*data*/) {
    std::memcpy(out, x, 32);
    std::memcpy(out + 32, y, 32);
    return 1;
}

Affine affine_of(const Coordinates& at) {
    return {Field::from_bytes_mod(ByteView(at).first(32)), Field::from_bytes_mod(ByteView(at).last(32))};
}

Field curve(const Field& x) { return x * x * x + Field::from_u64(7); }

// Shallue and van de Woestijne's map to y^2 = x^3 + 7, in the form of Fouque and Tibouchi: one of three x is on the
// curve.
Point map_to_curve(const Field& t) {
    const Field c = constant({0x0a2d2ba93507f1df, 0x233770c2a797962c, 0xc61f6d15da14ecd4, 0x7d8d27ae1cd5f852});
    const Field d = constant({0x851695d49a83f8ef, 0x919bb86153cbcb16, 0x630fb68aed0a766a, 0x3ec693d68e6afa40});
    const Field one = Field::from_u64(1);
    const Field w = c * t * inverse(Field::from_u64(8) + t * t);
    const Field x1 = d - t * w;
    const Field x2 = Field{} - (x1 + one);
    const Field x3 = one + inverse(w * w);
    const Field y1 = square_root(curve(x1));
    const Field y2 = square_root(curve(x2));
    const Field y3 = square_root(curve(x3));
    const Mask first = mask_if_equal(y1 * y1, curve(x1));
    const Mask second = mask_if_equal(y2 * y2, curve(x2));
    const Field x = select(first, x1, select(second, x2, x3));
    const Field y = select(first, y1, select(second, y2, y3));
    return {x, select(~mask_if_zero(t.is_odd()), Field{} - y, y), one};
}

Field asset_field(std::string_view prefix, ByteView asset) {
    return Field::from_bytes_mod(Sha256().write(as_bytes(prefix)).write(asset).finish().view());
}

}  // namespace

// Complete addition for a = 0, b = 7 (Renes, Costello and Batina 2016): right for equal, opposite and infinite points.
Point operator+(const Point& a, const Point& b) {
    const Field b3 = Field::from_u64(21);
    const Field xx = a.x * b.x;
    const Field yy = a.y * b.y;
    const Field zz = a.z * b.z;
    const Field zz3 = b3 * zz;
    const Field xy = (a.x + a.y) * (b.x + b.y) - xx - yy;
    const Field yz = (a.y + a.z) * (b.y + b.z) - yy - zz;
    const Field xz3 = b3 * ((a.x + a.z) * (b.x + b.z) - xx - zz);
    const Field plus = yy + zz3;
    const Field minus = yy - zz3;
    const Field xx3 = xx + xx + xx;
    return {xy * minus - yz * xz3, plus * minus + xx3 * xz3, yz * plus + xx3 * xy};
}

Point operator-(const Point& a) { return {a.x, Field{} - a.y, a.z}; }

Point select(Mask mask, const Point& yes, const Point& no) {
    return {select(mask, yes.x, no.x), select(mask, yes.y, no.y), select(mask, yes.z, no.z)};
}

Affine to_affine(const Point& point) {
    const Field scale = inverse(point.z);
    return {point.x * scale, point.y * scale};
}

std::array<uint8_t, 33> compress(const Affine& at) {
    std::array<uint8_t, 33> out;
    out[0] = static_cast<uint8_t>(2 + at.y.is_odd());
    std::ranges::copy(at.x.bytes(), out.begin() + 1);
    return out;
}

std::array<uint8_t, 33> serialize_by_square(const Affine& at, uint8_t prefix) {
    const Field root = square_root(at.y);
    std::array<uint8_t, 33> out;
    out[0] = static_cast<uint8_t>(prefix + (~mask_if_equal(root * root, at.y) & 1));
    std::ranges::copy(at.x.bytes(), out.begin() + 1);
    return out;
}

std::optional<Affine> parse_by_square(ByteView bytes, uint8_t prefix) {
    if (bytes.size() != 33 || (bytes[0] & 0xfe) != prefix) return std::nullopt;
    const std::optional<Field> x = Field::from_public(bytes.subspan(1));
    if (!x) return std::nullopt;
    const Field y = square_root(curve(*x));
    if (mask_if_equal(y * y, curve(*x)) == 0) return std::nullopt;
    return Affine{*x, (bytes[0] & 1) != 0 ? Field{} - y : y};
}

std::optional<PublicPoint> PublicPoint::from(const Affine& at) {
    std::array<uint8_t, 65> bytes;
    bytes[0] = 4;
    std::ranges::copy(at.x.bytes(), bytes.begin() + 1);
    std::ranges::copy(at.y.bytes(), bytes.begin() + 33);
    PublicPoint out;
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &out.key_, bytes.data(), bytes.size()) != 1)
        return std::nullopt;
    return out;
}

PublicPoint PublicPoint::from_key(ByteView key) {
    PublicPoint out;
    CHECK(secp256k1_ec_pubkey_parse(secp256k1_context_static, &out.key_, key.data(), key.size()) == 1);
    return out;
}

const PublicPoint& PublicPoint::base() {
    static const PublicPoint point = [] {
        std::array<uint8_t, 33> bytes;
        const Field x = constant({0x79be667ef9dcbbac, 0x55a06295ce870b07, 0x029bfcdb2dce28d9, 0x59f2815b16f81798});
        bytes[0] = 2;
        std::ranges::copy(x.bytes(), bytes.begin() + 1);
        return from_key(bytes);
    }();
    return point;
}

Affine PublicPoint::affine() const {
    Coordinates at;
    std::array<uint8_t, 65> bytes;
    size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, bytes.data(), &size, &key_, SECP256K1_EC_UNCOMPRESSED);
    std::copy_n(bytes.begin() + 1, 64, at.begin());
    return affine_of(at);
}

// For a zero scalar the library multiplies by one instead; that result is dropped.
Point PublicPoint::times(const Scalar& scalar) const {
    Coordinates at;
    (void)!secp256k1_ecdh(secp256k1_context_static, at.data(), &key_, scalar.view().data(), copy_coordinates, nullptr);
    const Point product = to_point(affine_of(at));
    wipe(at);
    return select(scalar.is_zero(), Point{}, product);
}

Point pedersen(const Scalar& value, const PublicPoint& generator, const Scalar& blind) {
    return generator.times(value) + PublicPoint::base().times(blind);
}

Point asset_point(ByteView asset) {
    return map_to_curve(asset_field("1st generation: ", asset)) + map_to_curve(asset_field("2nd generation: ", asset));
}

}  // namespace sluice::confidential::secret
