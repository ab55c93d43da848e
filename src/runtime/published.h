// Published<T>: an immutable value that one thread replaces and any thread reads. A leaf lock guards the pointer for
// the moment of its copy; std::atomic<std::shared_ptr> would say the same, but libstdc++ 12 releases it without
// ordering after a load, which is a data race.
#pragma once

#include <memory>

#include "util/mutex.h"

namespace sluice::runtime {

template <class T>
class Published {
public:
    explicit Published(std::shared_ptr<const T> initial = nullptr) : value_(std::move(initial)) {}

    void store(std::shared_ptr<const T> value) {
        {
            const MutexLock lock(mutex_);
            value_.swap(value);
        }
        // The former value ends here, outside of the lock.
    }
    [[nodiscard]] std::shared_ptr<const T> load() const {
        const MutexLock lock(mutex_);
        return value_;
    }

private:
    mutable Mutex mutex_;
    std::shared_ptr<const T> value_ GUARDED_BY(mutex_);
};

}  // namespace sluice::runtime
