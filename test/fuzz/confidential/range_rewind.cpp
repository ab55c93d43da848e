// Opening hostile range proofs: the first byte chooses the value that is committed to, the rest is the proof.
#include "confidential/range_proof.h"
#include "confidential/secret/range_sign.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::confidential;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    static const GeneratorBytes generator = *blinded_generator(AssetTag{}, BlindingFactor());
    const BlindingFactor blind = *BlindingFactor::from_bytes(Bytes(32, 3));
    const CommitmentBytes commitment = *commit_value(data[0], blind, generator);
    const ByteView proof(data + 1, size - 1);
    const Bytes nonce(32, 4);
    const auto opened = rewind_range_proof({commitment, generator, {}}, proof, nonce);
    // Both halves agree on which proofs are sound; what opens is what was committed to.
    const bool sound = opened || opened.error() == SecretError::kNotForThisKey;
    const auto range =
        verify_range_proof({*Commitment::parse(commitment.view()), *Generator::parse(generator.view()), proof, {}});
    CHECK(range.has_value() == sound);
    if (opened) {
        CHECK(opened->value == data[0]);
        CHECK(equal(opened->blind.view(), blind.view()));
        CHECK(opened->min_value == range->min && opened->max_value == range->max);
    }
    return 0;
}
