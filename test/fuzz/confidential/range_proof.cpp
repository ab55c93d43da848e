// Any bytes as a range proof over any commitment and generator: a verdict always comes, alone and in company the same,
// and a proven range is what the header says.
#include "confidential/range_proof.h"

#include "codec/reader.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::confidential;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Reader r(ByteView(data, size));
    const auto commitment = Commitment::parse(r.take(Commitment::kSize));
    const auto generator = Generator::parse(r.take(Generator::kSize));
    const ByteView extra = r.take(r.u8());
    if (!r.ok()) return 0;
    const ByteView proof = r.rest();
    const auto info = range_info(proof);
    if (info) CHECK(info->min <= info->max);
    if (!commitment || !generator) return 0;
    const RangeProofCheck check{*commitment, *generator, proof, extra};
    const RangeProofCheck other{*commitment, *generator, proof.first(proof.size() / 2), extra};
    const auto verdict = verify_range_proof(check);
    if (verdict) CHECK(info && verdict->min == info->min && verdict->max == info->max);
    const auto together = verify_range_proofs(std::array{other, check, check});
    CHECK(!together[0] && together[1] == verdict && together[2] == verdict);
    return 0;
}
