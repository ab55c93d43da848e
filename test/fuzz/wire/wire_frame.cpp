// Feeds bytes to the frame parser in pieces; where they are cut must not change what comes out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "p2p/wire/frame.h"

namespace {

using namespace sluice;
using namespace sluice::wire;

constexpr Magic kMagic = {0xfa, 0xbf, 0xb5, 0xda};

struct Seen {
    size_t frames = 0;
    size_t bytes = 0;
    bool failed = false;
    bool operator==(const Seen&) const = default;
};

Seen run(ByteView input, size_t step) {
    FrameParser parser(kMagic);
    Seen out;
    while (!input.empty()) {
        const size_t n = input.size() < step ? input.size() : step;
        auto frames = parser.push(input.first(n));
        input = input.subspan(n);
        if (!frames) {
            out.failed = true;
            return out;
        }
        for (const Frame& frame : *frames) {
            ++out.frames;
            out.bytes += frame.payload.size();
            if (frame.payload.size() > payload_limit(frame.command)) std::abort();
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ByteView input(data, size);
    const Seen single = run(input, 1);
    const Seen pieces = run(input, 17);
    // After a failure the connection ends: what came with the same bytes does not matter.
    if (single.failed != pieces.failed || (!single.failed && single != pieces)) std::abort();
    return 0;
}
