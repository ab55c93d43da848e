// Points of secp256k1 that may be secret, and their products with secret scalars. Multiplication is libsecp256k1's
// constant-time one; addition is complete (no special cases), so that nothing branches. Private to confidential/secret.
#pragma once

#include <secp256k1.h>

#include "confidential/secret/detail/field.h"
#include "confidential/secret/detail/scalar.h"

namespace sluice::confidential::secret {

// Homogeneous projective coordinates (x/z, y/z); infinity is (0 : 1 : 0), also the default.
struct Point {
    Field x;
    Field y = Field::from_u64(1);
    Field z;

    [[nodiscard]] Mask is_infinity() const { return mask_if_equal(z, Field{}); }
};
Point operator+(const Point& a, const Point& b);
Point operator-(const Point& a);
inline Point operator-(const Point& a, const Point& b) { return a + -b; }
Point select(Mask mask, const Point& yes, const Point& no);

struct Affine {
    Field x;
    Field y;
};
// (0, 0) for infinity.
Affine to_affine(const Point& point);
inline Point to_point(const Affine& at) { return {at.x, at.y, Field::from_u64(1)}; }

// 0x02 or 0x03, then X.
std::array<uint8_t, 33> compress(const Affine& at);
// `prefix` with its last bit set unless Y is a square, then X: 0x08 for commitments, 0x0a for generators, 0 inside
// range proofs.
std::array<uint8_t, 33> serialize_by_square(const Affine& at, uint8_t prefix);
// The point that such 33 bytes are; nullopt if they are none. For public bytes.
std::optional<Affine> parse_by_square(ByteView bytes, uint8_t prefix);

// A public point, ready to be multiplied.
class PublicPoint {
public:
    // nullopt for infinity, which affine coordinates of (0, 0) stand for.
    static std::optional<PublicPoint> from(const Affine& at);
    // From the 33 or 65 bytes of an ordinary key that is known to be a point.
    static PublicPoint from_key(ByteView key);
    static const PublicPoint& base();

    [[nodiscard]] Affine affine() const;
    // scalar * this; infinity for zero.
    [[nodiscard]] Point times(const Scalar& scalar) const;

private:
    PublicPoint() = default;

    secp256k1_pubkey key_{};
};

// value * generator + blind * G.
Point pedersen(const Scalar& value, const PublicPoint& generator, const Scalar& blind);

// The asset's generator (confidential.md section 2), without branching on the asset.
Point asset_point(ByteView asset);

}  // namespace sluice::confidential::secret
