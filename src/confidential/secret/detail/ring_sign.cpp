#include "confidential/secret/detail/ring_sign.h"

#include "crypto/hash.h"

namespace sluice::confidential::secret {
namespace {

using Compressed = std::array<uint8_t, 33>;

std::array<uint8_t, 4> big_endian(size_t value) {
    return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 8),
            static_cast<uint8_t>(value)};
}

struct Step {
    Compressed point;
    Mask infinite;
};
// s*G + e*P.
Step step(const PublicPoint& key, const Scalar& s, const Scalar& e) {
    const Point sum = PublicPoint::base().times(s) + key.times(e);
    return {compress(to_affine(sum)), sum.is_infinity()};
}

// A challenge as a number, and whether it is none of those that may be.
struct Checked {
    Scalar value;
    Mask bad;
};
Checked checked(const Digest& digest) {
    const Scalar::Parsed parsed = Scalar::parse(digest);
    return {parsed.value, ~parsed.below_order | parsed.value.is_zero()};
}

// The compressed point at the end of the ring when its chain starts at the real member.
Compressed close_ring(const Ring& ring, size_t index, ByteView message, Mask& bad) {
    const Point start = PublicPoint::base().times(ring.nonce);
    bad |= start.is_infinity();
    Compressed at = compress(to_affine(start));
    for (size_t j = 1; j < ring.keys.size(); ++j) {
        const Mask forged = mask_if_less(ring.real, j);
        const Checked e = checked(challenge(at, message, index, j));
        const Step next = step(ring.keys[j], ring.s[j], e.value);
        bad |= forged & (e.bad | next.infinite);
        at = select(forged, next.point, at);
    }
    return at;
}

// Walks the ring from e0 to its real member and puts the s there that closes it.
void open_ring(Ring& ring, size_t index, ByteView e0, ByteView message, Mask& bad) {
    Checked e = checked(challenge(e0, message, index, 0));
    Scalar real_e;
    for (size_t j = 0; j < ring.keys.size(); ++j) {
        const Mask not_after = ~mask_if_less(ring.real, j);
        bad |= not_after & e.bad;
        real_e = select(mask_if_equal(j, ring.real), e.value, real_e);
        if (j + 1 == ring.keys.size()) break;
        const Step next = step(ring.keys[j], ring.s[j], e.value);
        bad |= mask_if_less(j, ring.real) & next.infinite;
        e = checked(challenge(next.point, message, index, j + 1));
    }
    const Scalar s = ring.nonce - real_e * ring.secret;
    bad |= s.is_zero();
    for (size_t j = 0; j < ring.s.size(); ++j) ring.s[j] = select(mask_if_equal(j, ring.real), s, ring.s[j]);
}

}  // namespace

Digest challenge(ByteView e, ByteView message, size_t ring, size_t position) {
    return Sha256().write(e).write(message).write(big_endian(ring)).write(big_endian(position)).finish().bytes;
}

std::optional<Digest> sign_rings(std::span<Ring> rings, ByteView message) {
    Mask bad = 0;
    Sha256 hasher;
    for (size_t i = 0; i < rings.size(); ++i) hasher.write(close_ring(rings[i], i, message, bad));
    const Digest e0 = hasher.write(message).finish().bytes;
    for (size_t i = 0; i < rings.size(); ++i) open_ring(rings[i], i, e0, message, bad);
    if (declassified(bad) != 0) return std::nullopt;
    return declassified(e0);
}

}  // namespace sluice::confidential::secret
