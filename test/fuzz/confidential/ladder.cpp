// Any lanes over keys with small logarithms: every back end of the ladder, the emulated vectors included, gives what
// plain complete addition gives.
#include "confidential/detail/ladder.h"

#include "codec/reader.h"
#include "confidential/detail/multiples.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::confidential;
using namespace sluice::confidential::detail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Reader r(ByteView(data, size));
    std::vector<Affine> keys;
    for (size_t count = 1 + r.u8() % 4; keys.size() < count;) {
        const auto key = normalize(multiple(uint64_t{r.u16()} + 1, kBasePoint));
        keys.push_back(r.u8() % 2 == 0 ? *key : negate(*key));
    }
    std::vector<Lane> lanes;
    while (r.remaining() >= 65 && lanes.size() < 5) {
        const uint32_t key = r.u8() % static_cast<uint32_t>(keys.size());
        const auto s = scalar_from_bytes(r.take(32));
        const auto e = scalar_from_bytes(r.take(32));
        if (s && e) lanes.push_back({key, *s, *e});
    }
    std::vector<std::optional<Affine>> expected;
    for (const Lane& lane : lanes) expected.push_back(normalize(multiply_add_complete(lane.s, lane.e, keys[lane.key])));
    std::vector<const LadderBackend*> backends(available_ladders().begin(), available_ladders().end());
    backends.push_back(&checked_lane_ladder());
    for (const LadderBackend* backend : backends) {
        std::vector<LaneResult> results(lanes.size());
        backend->multiply_add(backend->prepare(keys), lanes, results);
        for (size_t i = 0; i < lanes.size(); ++i) {
            CHECK(results[i].infinity == !expected[i].has_value());
            if (expected[i]) CHECK(to_point(results[i].point) == to_point(*expected[i]));
        }
    }
    return 0;
}
