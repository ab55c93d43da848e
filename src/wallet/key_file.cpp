#include "wallet/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "util/secret.h"

namespace sluice::wallet {
namespace {

class FileHandle {
public:
    explicit FileHandle(int fd) : fd_(fd) {}
    ~FileHandle() {
        if (fd_ >= 0) close(fd_);
    }
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

tl::unexpected<Error> io_error(const std::string& what, const std::string& path) {
    return fail("cannot " + what + " " + path + ": " + std::strerror(errno));
}

Status write_all(int fd, ByteView bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t done = write(fd, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return io_error("write", path);
        bytes = bytes.subspan(static_cast<size_t>(done));
    }
    if (fsync(fd) != 0) return io_error("sync", path);
    return {};
}

}  // namespace

Result<Bytes> read_key_file(const std::string& path) {
    const FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) return Bytes{};
        return io_error("open", path);
    }
    Bytes out(4096);
    size_t size = 0;
    for (;;) {
        const ssize_t got = read(file.get(), out.data() + size, out.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error("read", path);
        if (got == 0) break;
        size += static_cast<size_t>(got);
        if (size == out.size()) return fail(path + " is not a wallet's key file: too long");
    }
    if (size == 0) return fail(path + " is empty");
    Bytes content(out.begin(), out.begin() + static_cast<ptrdiff_t>(size));
    wipe(out);
    return content;
}

Status write_key_file(const std::string& path, ByteView content) {
    const std::string fresh = path + ".new";
    {
        const FileHandle file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.get() < 0) return io_error("create", fresh);
        TRY_VOID(write_all(file.get(), content, fresh));
    }
    // The former record keeps a name of its own until it is wiped: the rename alone would free its blocks unwiped.
    const std::string former = path + ".old";
    unlink(former.c_str());
    const bool had_former = link(path.c_str(), former.c_str()) == 0;
    if (rename(fresh.c_str(), path.c_str()) != 0) return io_error("replace", path);
    const std::string folder = path.substr(0, path.find_last_of('/'));
    const FileHandle directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || fsync(directory.get()) != 0) return io_error("sync", folder);
    if (had_former) {
        {
            const FileHandle file(open(former.c_str(), O_WRONLY | O_CLOEXEC));
            struct stat info {};
            if (file.get() < 0 || fstat(file.get(), &info) != 0) return io_error("wipe", former);
            TRY_VOID(write_all(file.get(), Bytes(static_cast<size_t>(info.st_size), 0), former));
        }
        if (unlink(former.c_str()) != 0) return io_error("remove", former);
    }
    return {};
}

}  // namespace sluice::wallet
