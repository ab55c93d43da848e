#include "confidential/whitelist_proof.h"

#include "confidential/detail/ring.h"
#include "util/check.h"

namespace sluice::confidential {

using namespace detail;

namespace {

// SHA256 of the compressed point, as a scalar.
std::optional<Scalar> tweak_of(const Affine& point) {
    const auto tweak = scalar_from_bytes(sha256(compress(point)).view());
    if (!tweak || tweak->is_zero()) return std::nullopt;
    return tweak;
}

Affine point_of(const PubKey& key) {
    const auto point = Point::from_public_key(key.compressed().view());
    CHECK(point.has_value());  // a PubKey is on the curve
    return to_affine(*point);
}

// online + tweak * (offline + destination) for each entry; empty if one of them is infinity. An entry whose offline key
// is the negated destination has nothing to tweak: its ring key is the online key alone, as the reference has it.
std::vector<Affine> ring_keys(std::span<const PubKey> online, std::span<const PubKey> offline,
                              const Affine& destination) {
    std::vector<Jacobian> sums;
    for (const PubKey& key : offline) sums.push_back(add(to_jacobian(point_of(key)), destination));
    std::vector<Jacobian> keys;
    for (const PubKey& key : online) keys.push_back(to_jacobian(point_of(key)));
    std::vector<Affine> points;
    std::vector<Lane> lanes;
    std::vector<size_t> entries;  // of each lane
    const auto flat_sums = normalize_all(sums);
    for (size_t i = 0; i < flat_sums.size(); ++i) {
        if (!flat_sums[i]) continue;
        const auto tweak = tweak_of(*flat_sums[i]);
        if (!tweak) return {};
        lanes.push_back({static_cast<uint32_t>(points.size()), Scalar{}, *tweak});
        points.push_back(*flat_sums[i]);
        entries.push_back(i);
    }
    std::vector<LaneResult> tweaked(lanes.size());
    ladder().multiply_add(ladder().prepare(points), lanes, tweaked);
    for (size_t i = 0; i < tweaked.size(); ++i) {
        CHECK(!tweaked[i].infinity);  // 0 < tweak < the group's order
        keys[entries[i]] = add(keys[entries[i]], tweaked[i].point);
    }
    std::vector<Affine> out;
    for (const auto& key : normalize_all(keys)) {
        if (!key) return {};
        out.push_back(*key);
    }
    return out;
}

}  // namespace

std::optional<size_t> whitelist_proof_keys(ByteView proof) {
    if (proof.empty() || proof.size() != 1 + 32 * (static_cast<size_t>(proof[0]) + 1)) return std::nullopt;
    return proof[0];
}

bool verify_whitelist_proof(std::span<const PubKey> online, std::span<const PubKey> offline, const PubKey& destination,
                            ByteView proof) {
    CHECK(online.size() == offline.size());
    const auto named = whitelist_proof_keys(proof);
    if (!named || *named != online.size() || online.empty()) return false;
    RingSignature signature;
    for (size_t i = 0; i < online.size(); ++i) {
        const auto s = scalar_from_bytes(proof.subspan(33 + 32 * i, 32));
        if (!s || s->is_zero()) return false;
        signature.s.push_back(*s);
    }
    Sha256 hasher;
    hasher.write(destination.compressed().view());
    for (size_t i = 0; i < online.size(); ++i) {
        hasher.write(offline[i].compressed().view()).write(online[i].compressed().view());
    }
    signature.message = hasher.finish();
    signature.e0 = proof.subspan(1, 32);
    signature.sizes = {online.size()};
    signature.keys = ring_keys(online, offline, point_of(destination));
    return !signature.keys.empty() && verify_rings(std::span(&signature, 1)).front().valid;
}

}  // namespace sluice::confidential
