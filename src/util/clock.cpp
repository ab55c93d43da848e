#include "util/clock.h"

namespace sluice {
int64_t SystemClock::unix_time() const {
    const int64_t mocked = mock_.load();
    if (mocked != 0) return mocked;
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}
SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }
}  // namespace sluice
