// The challenges of a proof, which is public: by the verifying half's ladder, all rings a step at a time.
#include "confidential/detail/ladder.h"
#include "confidential/secret/detail/ring_sign.h"
#include "crypto/hash.h"

namespace sluice::confidential::secret {
namespace {

namespace fast = sluice::confidential::detail;

fast::Affine public_affine(const PublicPoint& key) {
    const Affine at = key.affine();
    return {fast::Fe{at.x.limbs}, fast::Fe{at.y.limbs}};
}

std::vector<fast::Affine> keys_of(std::span<const Ring> rings) {
    std::vector<fast::Affine> out;
    for (const Ring& ring : rings) {
        for (const PublicPoint& key : ring.keys) out.push_back(public_affine(key));
    }
    return out;
}

// The ring's member at `position`, with its challenge from the digest before. nullopt if that or s is no number from 1
// on.
std::optional<fast::Lane> lane_of(const Ring& ring, size_t position, size_t key, const Digest& digest) {
    const auto s = fast::scalar_from_bytes(ring.s[position].view());
    const auto e = fast::scalar_from_bytes(digest);
    if (!s || !e || s->is_zero() || e->is_zero()) return std::nullopt;
    return fast::Lane{static_cast<uint32_t>(key), *s, *e};
}

}  // namespace

std::optional<std::vector<Scalar>> ring_challenges(std::span<const Ring> rings, ByteView e0, ByteView message) {
    const std::vector<fast::Affine> keys = keys_of(rings);
    const fast::KeyTables tables = fast::ladder().prepare(keys);
    std::vector<Digest> digests;
    std::vector<size_t> first_key;
    size_t longest = 0;
    size_t members = 0;
    for (size_t i = 0; i < rings.size(); ++i) {
        digests.push_back(challenge(e0, message, i, 0));
        first_key.push_back(members);
        members += rings[i].keys.size();
        longest = std::max(longest, rings[i].keys.size());
    }
    std::vector<Scalar> out(members);
    std::vector<std::array<uint8_t, 33>> closing(rings.size());
    for (size_t j = 0; j < longest; ++j) {
        std::vector<fast::Lane> lanes;
        std::vector<size_t> ring_of;
        for (size_t i = 0; i < rings.size(); ++i) {
            if (j >= rings[i].keys.size()) continue;
            const auto lane = lane_of(rings[i], j, first_key[i] + j, digests[i]);
            if (!lane) return std::nullopt;
            out[first_key[i] + j] = Scalar::from_checked(digests[i]);
            lanes.push_back(*lane);
            ring_of.push_back(i);
        }
        std::vector<fast::LaneResult> results(lanes.size());
        fast::ladder().multiply_add(tables, lanes, results);
        for (size_t l = 0; l < lanes.size(); ++l) {
            if (results[l].infinity) return std::nullopt;
            const size_t i = ring_of[l];
            const std::array<uint8_t, 33> point = fast::compress(results[l].point);
            if (j + 1 == rings[i].keys.size()) {
                closing[i] = point;
            } else {
                digests[i] = challenge(point, message, i, j + 1);
            }
        }
    }
    Sha256 hasher;
    for (const auto& point : closing) hasher.write(point);
    if (!equal(hasher.write(message).finish().bytes, e0)) return std::nullopt;
    return out;
}

}  // namespace sluice::confidential::secret
