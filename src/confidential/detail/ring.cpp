#include "confidential/detail/ring.h"

#include <algorithm>
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
    size_t first;  // index of its first key in the signature
    size_t size;
    size_t stage_key = 0;            // index in the stage's tables of the first key that the stage has of it
    std::array<uint8_t, 33> last{};  // the last point, compressed
};

// Positions go in stages, so that tables stay small enough to be near, and vectors of keys full: as many as come to
// this many keys.
constexpr size_t kStageKeys = 100;

struct Stage {
    size_t start = 0;
    size_t end = 0;  // exclusive
    KeyTables tables{0};
};

// The tables of the next positions' keys of all rings still on their way.
Stage next_stage(const LadderBackend& backend, std::span<Walk> walks, std::span<const RingSignature> signatures,
                 std::span<const RingVerdict> verdicts, size_t start, size_t longest) {
    Stage stage{start, start};
    for (size_t count = 0; stage.end < longest && count < kStageKeys; ++stage.end) {
        for (const Walk& walk : walks) count += walk.size > stage.end && verdicts[walk.signature].valid ? 1 : 0;
    }
    std::vector<Affine> keys;
    for (Walk& walk : walks) {
        if (walk.size <= start || !verdicts[walk.signature].valid) continue;
        walk.stage_key = keys.size();
        const std::vector<Affine>& all = signatures[walk.signature].keys;
        for (size_t i = start; i < std::min(walk.size, stage.end); ++i) keys.push_back(all[walk.first + i]);
    }
    stage.tables = backend.prepare(keys);
    return stage;
}

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
    size_t longest = 0;
    for (size_t i = 0; i < signatures.size(); ++i) {
        const RingSignature& signature = signatures[i];
        CHECK(signature.e0.size() == 32 && signature.keys.size() == signature.s.size());
        CHECK(std::accumulate(signature.sizes.begin(), signature.sizes.end(), size_t{0}) == signature.keys.size());
        verdicts[i].valid = true;
        if (keep_challenges) verdicts[i].challenges.resize(signature.keys.size());
        size_t first = 0;
        for (size_t ring = 0; ring < signature.sizes.size(); ++ring) {
            walks.push_back({i, static_cast<uint32_t>(ring), first, signature.sizes[ring]});
            first += signature.sizes[ring];
            longest = std::max(longest, signature.sizes[ring]);
        }
    }

    std::vector<Lane> lanes;
    std::vector<Walk*> moving;
    std::vector<LaneResult> results;
    Stage stage;
    for (size_t position = 0; position < longest; ++position) {
        if (position == stage.end) {
            stage = Stage{};  // its memory serves the next one
            stage = next_stage(backend, walks, signatures, verdicts, position, longest);
        }
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
            lanes.push_back({static_cast<uint32_t>(walk.stage_key + position - stage.start), s, *e});
            moving.push_back(&walk);
        }
        results.resize(lanes.size());
        backend.multiply_add(stage.tables, lanes, results);
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
