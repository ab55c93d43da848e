// Time as a thing that is handed in. Wall time is Unix time in seconds and can be set (tests, -mocktime); steady time
// only measures; timer time is steady time that moves with a set wall time. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice {

using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual int64_t unix_time() const = 0;  // seconds
    [[nodiscard]] virtual SteadyTime steady() const = 0;
    // What waits for a moment of the peer protocol asks this one, so that a test can make an hour pass. While wall time
    // is set, this stands still with it and may jump, also backwards.
    [[nodiscard]] virtual SteadyTime timer() const { return steady(); }
};

class SystemClock final : public Clock {
public:
    SystemClock();
    [[nodiscard]] int64_t unix_time() const override;
    [[nodiscard]] SteadyTime steady() const override;
    [[nodiscard]] SteadyTime timer() const override;
    // Freezes unix_time() at `seconds`; 0 lets it run again. Steady time is never mocked.
    void set_mock_time(int64_t seconds) { mock_.store(seconds); }

private:
    std::atomic<int64_t> mock_{0};
    const SteadyTime origin_;  // the steady time at which Unix time began, as seen when this was made
};

}  // namespace sluice
