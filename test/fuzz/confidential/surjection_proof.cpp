// Any bytes as a surjection proof over any generators: a verdict always comes, alone and in company the same.
#include "confidential/surjection_proof.h"

#include "codec/reader.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::confidential;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Reader r(ByteView(data, size));
    const auto output = Generator::parse(r.take(Generator::kSize));
    std::vector<Generator> targets;
    for (size_t count = r.u8(); r.ok() && targets.size() < count;) {
        const auto target = Generator::parse(r.take(Generator::kSize));
        if (!target) break;
        targets.push_back(*target);
    }
    if (!r.ok() || !output) return 0;
    const ByteView proof = r.rest();
    const auto info = surjection_info(proof);
    if (info) CHECK(info->used_inputs <= info->total_inputs && info->total_inputs <= 256);
    const SurjectionCheck check{targets, *output, proof};
    const bool verdict = verify_surjection_proof(check);
    if (verdict) CHECK(info && info->used_inputs > 0 && info->total_inputs == targets.size());
    const auto together = verify_surjection_proofs(std::array{check, SurjectionCheck{targets, *output, {}}, check});
    CHECK((together == std::vector<bool>{verdict, false, verdict}));
    return 0;
}
