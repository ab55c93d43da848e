#include "confidential/detail/ring.h"

#include <numeric>

#include "util/check.h"

namespace sluice::confidential::detail {

namespace {

std::array<uint8_t, 4> be32(uint32_t value) {
    return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 8),
            static_cast<uint8_t>(value)};
}

// One ring on its way round.
struct Walk {
    size_t signature;
    uint32_t ring;
    size_t first;       // index of its first key in the signature
    size_t first_lane;  // and in the tables of all signatures
    size_t size;
    std::array<uint8_t, 33> last{};  // the last point, compressed
};

}  // namespace

Hash256 ring_challenge(ByteView e, const Hash256& message, uint32_t ring, uint32_t position) {
    return Sha256().write(e).write(message.view()).write(be32(ring)).write(be32(position)).finish();
}

std::vector<RingVerdict> verify_rings(std::span<const RingSignature> signatures, bool keep_challenges) {
    return verify_rings(ladder(), signatures, keep_challenges);
}

std::vector<RingVerdict> verify_rings(const LadderBackend& backend, std::span<const RingSignature> signatures,
                                      bool keep_challenges) {
    std::vector<RingVerdict> verdicts(signatures.size());
    std::vector<Walk> walks;
    std::vector<Affine> keys;
    size_t longest = 0;
    for (size_t i = 0; i < signatures.size(); ++i) {
        const RingSignature& signature = signatures[i];
        CHECK(signature.e0.size() == 32 && signature.keys.size() == signature.s.size());
        CHECK(std::accumulate(signature.sizes.begin(), signature.sizes.end(), size_t{0}) == signature.keys.size());
        verdicts[i].valid = true;
        if (keep_challenges) verdicts[i].challenges.resize(signature.keys.size());
        size_t first = 0;
        for (size_t ring = 0; ring < signature.sizes.size(); ++ring) {
            walks.push_back({i, static_cast<uint32_t>(ring), first, keys.size() + first, signature.sizes[ring]});
            first += signature.sizes[ring];
            longest = std::max(longest, signature.sizes[ring]);
        }
        keys.insert(keys.end(), signature.keys.begin(), signature.keys.end());
    }
    const KeyTables tables = backend.prepare(keys);

    std::vector<Lane> lanes;
    std::vector<Walk*> moving;
    std::vector<LaneResult> results;
    for (size_t position = 0; position < longest; ++position) {
        lanes.clear();
        moving.clear();
        for (Walk& walk : walks) {
            if (position >= walk.size || !verdicts[walk.signature].valid) continue;
            const RingSignature& signature = signatures[walk.signature];
            const ByteView from = position == 0 ? signature.e0 : ByteView(walk.last);
            const auto e = scalar_from_bytes(
                ring_challenge(from, signature.message, walk.ring, static_cast<uint32_t>(position)).view());
            const Scalar& s = signature.s[walk.first + position];
            if (!e || e->is_zero() || s.is_zero()) {
                verdicts[walk.signature].valid = false;
                continue;
            }
            if (keep_challenges) verdicts[walk.signature].challenges[walk.first + position] = *e;
            lanes.push_back({static_cast<uint32_t>(walk.first_lane + position), s, *e});
            moving.push_back(&walk);
        }
        results.resize(lanes.size());
        backend.multiply_add(tables, lanes, results);
        for (size_t i = 0; i < moving.size(); ++i) {
            if (results[i].infinity) {
                verdicts[moving[i]->signature].valid = false;
            } else {
                moving[i]->last = compress(results[i].point);
            }
        }
    }

    size_t next = 0;
    for (size_t i = 0; i < signatures.size(); ++i) {
        Sha256 hasher;
        for (size_t ring = 0; ring < signatures[i].sizes.size(); ++ring) hasher.write(walks[next++].last);
        const Hash256 closing = hasher.write(signatures[i].message.view()).finish();
        verdicts[i].valid = verdicts[i].valid && equal(closing.view(), signatures[i].e0);
        if (!verdicts[i].valid) verdicts[i].challenges.clear();
    }
    return verdicts;
}

}  // namespace sluice::confidential::detail
