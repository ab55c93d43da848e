#include "confidential/range_proof.h"

#include "confidential/detail/range_rings.h"

namespace sluice::confidential {

using namespace detail;

namespace {
// Proofs that advance together: enough to share inversions and to fill vectors, few enough for their tables to stay in
// cache.
constexpr size_t kBatch = 4;
}  // namespace

std::optional<RangeInfo> range_info(ByteView proof) {
    const auto layout = range_layout(proof);
    if (!layout) return std::nullopt;
    return layout->info;
}

std::optional<ValueRange> verify_range_proof(const RangeProofCheck& check) {
    return verify_range_proofs(std::span(&check, 1)).front();
}

std::vector<std::optional<ValueRange>> verify_range_proofs(std::span<const RangeProofCheck> checks) {
    std::vector<std::optional<ValueRange>> verdicts(checks.size());
    for (size_t start = 0; start < checks.size(); start += kBatch) {
        auto rings = range_rings(checks.subspan(start, std::min(kBatch, checks.size() - start)));
        std::vector<RingSignature> signatures;
        std::vector<size_t> owners;
        for (size_t i = 0; i < rings.size(); ++i) {
            if (!rings[i]) continue;
            signatures.push_back(std::move(rings[i]->signature));
            owners.push_back(i);
        }
        const auto outcomes = verify_rings(signatures);
        for (size_t k = 0; k < owners.size(); ++k) {
            const RangeInfo& info = rings[owners[k]]->layout.info;
            if (outcomes[k].valid) verdicts[start + owners[k]] = ValueRange{info.min, info.max};
        }
    }
    return verdicts;
}

}  // namespace sluice::confidential
