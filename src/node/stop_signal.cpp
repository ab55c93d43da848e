#include "node/stop_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "util/check.h"

namespace sluice::node {

StopSignal::StopSignal() { CHECK(pipe2(pipe_, O_CLOEXEC) == 0); }

StopSignal::~StopSignal() {
    close(pipe_[0]);
    close(pipe_[1]);
}

void StopSignal::request() {
    if (requested_.exchange(true)) return;
    const int saved = errno;
    const char byte = 0;
    (void)!write(pipe_[1], &byte, 1);
    errno = saved;
}

void StopSignal::request_for_fault(std::string what) {
    {
        MutexLock lock(mutex_);
        if (fault_.empty()) fault_ = std::move(what);
    }
    request();
}

void StopSignal::wait() {
    char byte = 0;
    while (!requested_ && read(pipe_[0], &byte, 1) < 0 && errno == EINTR) {}
}

std::string StopSignal::fault() const {
    MutexLock lock(mutex_);
    return fault_;
}

}  // namespace sluice::node
