// StopSignal: lets main sleep until somebody asks the node to stop. Requests are safe in signal handlers and from any
// thread.
#pragma once

#include <atomic>
#include <string>

#include "util/mutex.h"

namespace sluice::node {

class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    void request();                            // signal-safe
    void request_for_fault(std::string what);  // any thread; the first one is kept
    void wait();
    [[nodiscard]] const std::atomic<bool>& requested() const { return requested_; }
    [[nodiscard]] std::string fault() const;  // empty: none

private:
    std::atomic<bool> requested_{false};
    int pipe_[2] = {-1, -1};
    mutable Mutex mutex_;
    std::string fault_ GUARDED_BY(mutex_);
};

}  // namespace sluice::node
