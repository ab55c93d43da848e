// Both readings of the script rules on spends and scripts drawn from the input: same verdict, same error, same final
// stack.
#include <cstdio>
#include <cstdlib>

#include "support/slow_script/compare.h"

using namespace sluice::slow;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    Draw draw(std::span<const uint8_t>(data + 1, size - 1));
    const Comparison result = data[0] % 2 == 0 ? compare(draw_spend(draw)) : compare(draw_script(draw));
    if (result.difference.empty()) return 0;
    std::fprintf(stderr, "%s\n", result.difference.c_str());
    std::abort();
}
