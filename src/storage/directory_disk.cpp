#include "storage/directory_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "storage/leveldb_db.h"

namespace sluice::storage {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Error> system_error(const std::string& doing, const std::string& path) {
    return fail("Cannot " + doing + " " + path + ": " + std::strerror(errno));
}

class PosixFile final : public File {
public:
    PosixFile(std::string path, int fd, uint64_t size) : path_(std::move(path)), fd_(fd), size_(size) {}
    ~PosixFile() override { ::close(fd_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    [[nodiscard]] Status append(ByteView bytes) override {
        while (!bytes.empty()) {
            const ssize_t done = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) return system_error("write", path_);
            size_ += static_cast<uint64_t>(done);
            bytes = bytes.subspan(static_cast<size_t>(done));
        }
        return {};
    }
    [[nodiscard]] Status sync() override {
        if (::fdatasync(fd_) != 0) return system_error("sync", path_);
        return {};
    }
    [[nodiscard]] Result<Bytes> read_at(uint64_t offset, size_t size) const override {
        Bytes out(size);
        size_t at = 0;
        while (at < size) {
            const ssize_t got = ::pread(fd_, out.data() + at, size - at, static_cast<off_t>(offset + at));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return system_error("read", path_);
            if (got == 0) return fail("Cannot read " + path_ + ": it ends early");
            at += static_cast<size_t>(got);
        }
        return out;
    }
    [[nodiscard]] Status truncate(uint64_t size) override {
        if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return system_error("truncate", path_);
        size_ = size;
        return {};
    }
    [[nodiscard]] uint64_t size() const override { return size_; }

private:
    std::string path_;
    int fd_;
    uint64_t size_;
};

Status sync_folder(const std::string& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return system_error("open", folder);
    const int done = ::fsync(fd);
    ::close(fd);
    if (done != 0) return system_error("sync", folder);
    return {};
}

}  // namespace

Result<std::unique_ptr<Db>> DirectoryDisk::open_db(const std::string& name, const DbOptions& options) {
    return open_leveldb(path(name), options);
}

Result<std::unique_ptr<File>> DirectoryDisk::open_file(const std::string& name) {
    const std::string full = path(name);
    const std::string folder = fs::path(full).parent_path().string();
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail("Cannot create " + folder + ": " + error.message());
    const bool is_new = !fs::exists(full, error);
    const int fd = ::open(full.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return system_error("open", full);
    struct stat found {};
    if (::fstat(fd, &found) != 0) {
        auto failed = system_error("stat", full);
        ::close(fd);
        return failed;
    }
    auto file = std::make_unique<PosixFile>(full, fd, static_cast<uint64_t>(found.st_size));
    if (is_new) TRY_VOID(sync_folder(folder));
    return std::unique_ptr<File>(std::move(file));
}

bool DirectoryDisk::exists(const std::string& name) const {
    std::error_code error;
    return fs::exists(path(name), error);
}

Status DirectoryDisk::remove_file(const std::string& name) {
    std::error_code error;
    fs::remove(path(name), error);
    if (error) return fail("Cannot remove " + path(name) + ": " + error.message());
    return {};
}

Result<std::vector<std::string>> DirectoryDisk::list_files(const std::string& folder) const {
    std::vector<std::string> names;
    std::error_code error;
    if (!fs::exists(path(folder), error)) return names;
    fs::directory_iterator it(path(folder), error);
    if (error) return fail("Cannot list " + path(folder) + ": " + error.message());
    for (const fs::directory_entry& entry : it) {
        if (entry.is_regular_file(error)) names.push_back(folder + "/" + entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace sluice::storage
