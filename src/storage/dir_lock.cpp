#include "storage/dir_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace sluice::storage {

Result<DirLock> DirLock::acquire(const std::string& directory, const std::string& program) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return fail("Cannot create directory " + directory + ": " + error.message());
    const std::string path = directory + "/.lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail("Cannot write to directory " + directory + "; check permissions: " + std::strerror(errno));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return fail("Cannot obtain a lock on directory " + directory + ". " + program +
                    " is probably already running.");
    }
    return DirLock(fd);
}

DirLock::~DirLock() {
    if (fd_ >= 0) ::close(fd_);
}
DirLock::DirLock(DirLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
DirLock& DirLock::operator=(DirLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

}  // namespace sluice::storage
