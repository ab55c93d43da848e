#include "util/random.h"

#include <sys/random.h>

#include <cerrno>

#include "util/check.h"

namespace sluice {

void random_bytes(MutableBytes out) {
    size_t done = 0;
    while (done < out.size()) {
        const ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
        CHECK(got > 0 || errno == EINTR);
        if (got > 0) done += static_cast<size_t>(got);
    }
}

uint64_t random_u64() {
    uint64_t out;
    random_bytes({reinterpret_cast<uint8_t*>(&out), sizeof(out)});
    return out;
}

uint64_t random_below(uint64_t bound) {
    CHECK(bound > 0);
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
        const uint64_t draw = random_u64();
        if (draw < limit) return draw % bound;
    }
}

}  // namespace sluice
