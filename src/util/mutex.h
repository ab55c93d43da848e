// A mutex that the compiler can follow (clang -Wthread-safety). Leaf locks only: nothing is called while one is held.
#pragma once

#include <mutex>

#if defined(__clang__)
#define SLUICE_ANNOTATE(x) __attribute__((x))
#else
#define SLUICE_ANNOTATE(x)
#endif
#define GUARDED_BY(m) SLUICE_ANNOTATE(guarded_by(m))
#define REQUIRES_LOCK(m) SLUICE_ANNOTATE(requires_capability(m))

namespace sluice {

class SLUICE_ANNOTATE(capability("mutex")) Mutex {
public:
    void lock() SLUICE_ANNOTATE(acquire_capability()) { mutex_.lock(); }
    void unlock() SLUICE_ANNOTATE(release_capability()) { mutex_.unlock(); }
    std::mutex& native() { return mutex_; }

private:
    std::mutex mutex_;
};

class SLUICE_ANNOTATE(scoped_lockable) MutexLock {
public:
    explicit MutexLock(Mutex& mutex) SLUICE_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
    ~MutexLock() SLUICE_ANNOTATE(release_capability()) { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& mutex_;
};

}  // namespace sluice
