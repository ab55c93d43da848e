#include "confidential/secret/whitelist_sign.h"

#include "confidential/secret/detail/drbg.h"
#include "confidential/secret/detail/ring_sign.h"

namespace sluice::confidential {

using namespace secret;

namespace {

// SHA256 of the compressed sum of an offline key and the destination, which multiplies that sum in the ring's key.
Scalar::Parsed multiplier(const Affine& sum) { return Scalar::parse(sha256(compress(sum)).view()); }

Point point_of(const PubKey& key) { return to_point(PublicPoint::from_key(key.view()).affine()); }

// online + H(offline + destination) * (offline + destination). All public.
std::optional<PublicPoint> ring_key(const PubKey& online, const PubKey& offline, const PubKey& destination) {
    const Affine sum = to_affine(point_of(offline) + point_of(destination));
    Point key = point_of(online);
    if (const auto point = PublicPoint::from(sum)) key = key + point->times(multiplier(sum).value);
    return PublicPoint::from(to_affine(key));
}

Hash256 message_of(std::span<const PubKey> online, std::span<const PubKey> offline, const PubKey& destination) {
    Sha256 hasher;
    hasher.write(destination.compressed().view());
    for (size_t i = 0; i < online.size(); ++i) {
        hasher.write(offline[i].compressed().view()).write(online[i].compressed().view());
    }
    return hasher.finish();
}

// The secret of the ring's key at the signer's entry.
Scalar signing_secret(const SecretKey& online, const SecretKey& summed) {
    const Scalar sum = Scalar::from_checked(summed.view());
    const Affine point = to_affine(PublicPoint::base().times(sum));
    return Scalar::from_checked(online.view()) + multiplier(point).value * sum;
}

// The draw number `count` of RFC 6979's generator for this key and message.
Scalar::Parsed deterministic(const Scalar& key, const Hash256& message, size_t count) {
    Bytes seed = to_bytes(key.view());
    seed.reserve(64);
    append(seed, message.view());
    Drbg stream(seed);
    wipe(seed);
    for (size_t i = 0; i < count; ++i) stream.next();
    return Scalar::parse(stream.next());
}

// The nonce and all s. nullopt if one of them cannot be used: the next count is tried then.
struct Randomness {
    Scalar nonce;
    std::vector<Scalar> s;
};
std::optional<Randomness> randomness(const Scalar& key, const Hash256& message, size_t keys, size_t count) {
    Randomness out;
    Mask bad = 0;
    for (size_t i = 0; i <= keys; ++i) {
        Hash256 salted = message;
        salted.bytes[0] ^= static_cast<uint8_t>(i);
        const Scalar::Parsed drawn = deterministic(key, salted, count);
        bad |= ~drawn.below_order | drawn.value.is_zero();
        if (i == 0) {
            out.nonce = drawn.value;
        } else {
            out.s.push_back(drawn.value);
        }
    }
    if (declassified(bad) != 0) return std::nullopt;
    return out;
}

// Whether the secret is that of the key at the index.
bool belongs(const Scalar& secret, const Ring& ring) {
    const Affine ours = to_affine(PublicPoint::base().times(secret));
    Mask same = 0;
    for (size_t j = 0; j < ring.keys.size(); ++j) {
        const Affine key = ring.keys[j].affine();
        same |= mask_if_equal(j, ring.real) & mask_if_equal(ours.x, key.x) & mask_if_equal(ours.y, key.y);
    }
    return declassified(same) != 0;
}

}  // namespace

Result<Bytes, SecretError> sign_whitelist_proof(std::span<const PubKey> online, std::span<const PubKey> offline,
                                                const PubKey& destination, const SecretKey& online_secret,
                                                const SecretKey& summed, size_t index) {
    if (online.size() != offline.size() || online.size() > kMaxWhitelistKeys || index >= online.size()) {
        return unexpected(SecretError::kBadParameters);
    }
    Ring ring;
    ring.real = index;
    for (size_t i = 0; i < online.size(); ++i) {
        const auto key = ring_key(online[i], offline[i], destination);
        if (!key) return unexpected(SecretError::kBadPoint);
        ring.keys.push_back(*key);
    }
    ring.secret = signing_secret(online_secret, summed);
    if (!belongs(ring.secret, ring)) return unexpected(SecretError::kBadSecret);
    const Hash256 message = message_of(online, offline, destination);
    std::optional<Randomness> random;
    for (size_t count = 0; !random; ++count) random = randomness(ring.secret, message, ring.keys.size(), count);
    ring.nonce = random->nonce;
    ring.s = std::move(random->s);
    const std::optional<Digest> e0 = sign_rings({&ring, 1}, message.view());
    if (!e0) return unexpected(SecretError::kBadSecret);
    Bytes proof{static_cast<uint8_t>(online.size())};
    append(proof, *e0);
    for (const Scalar& s : ring.s) append(proof, s.view());
    declassify(proof.data(), proof.size());
    return proof;
}

}  // namespace sluice::confidential
