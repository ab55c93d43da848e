#include "node/json_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

namespace sluice::node {
namespace {

Status sync(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (done) return {};
    return fail("cannot sync " + path.string());
}

}  // namespace

Status replace_json_file(const std::filesystem::path& file, const rpc::Json& value) {
    const std::filesystem::path fresh = file.string() + ".tmp";
    {
        std::ofstream stream(fresh, std::ios::trunc);
        stream << rpc::write_json(value, 4) << "\n";
        stream.close();
        if (!stream) return fail("cannot write " + fresh.string());
    }
    TRY_VOID(sync(fresh));
    std::error_code error;
    std::filesystem::rename(fresh, file, error);
    if (error) return fail("cannot replace " + file.string() + ": " + error.message());
    return sync(file.parent_path());
}

}  // namespace sluice::node
