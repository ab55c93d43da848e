// PSETs from strangers: what decodes is written in one way only, and reads the same again.
#include <cstdint>

#include "pset/pset.h"
#include "util/check.h"

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto first = pset::decode({data, size});
    if (!first) return 0;
    const Bytes written = pset::encode(*first);
    const auto second = pset::decode(written);
    CHECK(second.has_value());
    CHECK(pset::encode(*second) == written);
    return 0;
}
