// DirLock: one process at a time on a data directory. Held until destroyed; the kernel releases it when the process
// dies.
#pragma once

#include <string>

#include "util/result.h"

namespace sluice::storage {

class DirLock {
public:
    // Makes the directory if needed and locks `directory`/.lock. The error text is the one that Core's users know.
    static Result<DirLock> acquire(const std::string& directory, const std::string& program);

    ~DirLock();
    DirLock(DirLock&& other) noexcept;
    DirLock& operator=(DirLock&& other) noexcept;
    DirLock(const DirLock&) = delete;
    DirLock& operator=(const DirLock&) = delete;

private:
    explicit DirLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace sluice::storage
