#include "util/clock.h"

namespace sluice {
SystemClock::SystemClock()
    : origin_(std::chrono::steady_clock::now() -
              std::chrono::duration_cast<SteadyTime::duration>(std::chrono::system_clock::now().time_since_epoch())) {}
int64_t SystemClock::unix_time() const {
    const int64_t mocked = mock_.load();
    if (mocked != 0) return mocked;
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}
SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }
SteadyTime SystemClock::timer() const {
    const int64_t mocked = mock_.load();
    return mocked != 0 ? origin_ + std::chrono::seconds(mocked) : steady();
}
}  // namespace sluice
