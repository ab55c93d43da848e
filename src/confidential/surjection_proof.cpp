#include "confidential/surjection_proof.h"

#include <bit>

#include "confidential/detail/ring.h"

namespace sluice::confidential {

using namespace detail;

namespace {

constexpr size_t kMaxInputs = 256;
// Keys that advance together (see range_proof.cpp): their tables stay in cache.
constexpr size_t kBatchKeys = 512;

struct Layout {
    SurjectionInfo info;
    ByteView used;  // bitmap, lowest bit first
    ByteView e0;
    ByteView scalars;

    [[nodiscard]] bool uses(size_t input) const { return ((used[input / 8] >> (input % 8)) & 1) != 0; }
};

std::optional<Layout> layout_of(ByteView proof) {
    if (proof.size() < 2) return std::nullopt;
    Layout layout;
    layout.info.total_inputs = static_cast<size_t>(proof[0]) | static_cast<size_t>(proof[1]) << 8;
    const size_t total = layout.info.total_inputs;
    const size_t bitmap = (total + 7) / 8;
    if (total > kMaxInputs || proof.size() < 2 + bitmap) return std::nullopt;
    layout.used = proof.subspan(2, bitmap);
    if (total % 8 != 0 && (layout.used.back() >> (total % 8)) != 0) return std::nullopt;
    for (const uint8_t byte : layout.used) layout.info.used_inputs += static_cast<size_t>(std::popcount(byte));
    if (proof.size() != 2 + bitmap + 32 * (1 + layout.info.used_inputs)) return std::nullopt;
    layout.e0 = proof.subspan(2 + bitmap, 32);
    layout.scalars = proof.subspan(2 + bitmap + 32);
    return layout;
}

// nullopt if there is nothing to verify: malformed, of another number of inputs, none used, or a scalar out of range.
// The keys are still to be filled in.
std::optional<RingSignature> draft_of(const SurjectionCheck& check, const std::optional<Layout>& layout) {
    if (!layout || layout->info.used_inputs == 0 || layout->info.total_inputs != check.targets.size())
        return std::nullopt;
    RingSignature signature;
    for (size_t i = 0; i < layout->info.used_inputs; ++i) {
        const auto s = scalar_from_bytes(layout->scalars.subspan(32 * i, 32));
        if (!s || s->is_zero()) return std::nullopt;
        signature.s.push_back(*s);
    }
    Sha256 hasher;
    for (const Generator& target : check.targets) hasher.write(target.point().compressed());
    signature.message = hasher.write(check.output.point().compressed()).finish();
    signature.e0 = layout->e0;
    signature.sizes = {layout->info.used_inputs};
    return signature;
}

// Gives each signature its keys, and drops those of which a key is infinity: the output equals a used input.
void keep_finite(std::vector<RingSignature>& signatures, std::vector<size_t>& owners,
                 std::span<const LaneResult> keys) {
    size_t kept = 0;
    size_t next = 0;
    for (size_t i = 0; i < signatures.size(); ++i) {
        RingSignature& signature = signatures[i];
        bool infinity = false;
        for (const LaneResult& key : keys.subspan(next, signature.sizes[0])) {
            infinity = infinity || key.infinity;
            signature.keys.push_back(key.point);
        }
        next += signature.sizes[0];
        if (infinity) continue;
        owners[kept] = owners[i];
        if (kept != i) signatures[kept] = std::move(signature);
        ++kept;
    }
    signatures.resize(kept);
    owners.resize(kept);
}

void verify_batch(std::span<const SurjectionCheck> checks, std::vector<bool>& verdicts, size_t start) {
    std::vector<RingSignature> signatures;
    std::vector<size_t> owners;
    // The ring's keys are output - target of each used input.
    std::vector<Affine> outputs;
    std::vector<Affine> targets;
    for (size_t i = 0; i < checks.size(); ++i) {
        const auto layout = layout_of(checks[i].proof);
        auto signature = draft_of(checks[i], layout);
        if (!signature) continue;
        for (size_t input = 0; input < layout->info.total_inputs; ++input) {
            if (!layout->uses(input)) continue;
            outputs.push_back(to_affine(checks[i].output.point()));
            targets.push_back(negate(to_affine(checks[i].targets[input].point())));
        }
        signatures.push_back(std::move(*signature));
        owners.push_back(start + i);
    }
    std::vector<LaneResult> keys(outputs.size());
    ladder().add_pairs(outputs, targets, keys);
    keep_finite(signatures, owners, keys);
    const auto outcomes = verify_rings(signatures);
    for (size_t k = 0; k < owners.size(); ++k) verdicts[owners[k]] = outcomes[k].valid;
}

}  // namespace

std::optional<SurjectionInfo> surjection_info(ByteView proof) {
    const auto layout = layout_of(proof);
    if (!layout) return std::nullopt;
    return layout->info;
}

bool verify_surjection_proof(const SurjectionCheck& check) {
    return verify_surjection_proofs(std::span(&check, 1)).front();
}

std::vector<bool> verify_surjection_proofs(std::span<const SurjectionCheck> checks) {
    std::vector<bool> verdicts(checks.size());
    size_t start = 0;
    while (start < checks.size()) {
        size_t keys = 0;
        size_t end = start;
        do { keys += checks[end++].proof.size() / 32; } while (end < checks.size() && keys < kBatchKeys);
        verify_batch(checks.subspan(start, end - start), verdicts, start);
        start = end;
    }
    return verdicts;
}

}  // namespace sluice::confidential
