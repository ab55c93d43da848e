// DirectoryDisk: Disk on a real directory (Linux). Owns nothing but the path; handles that it gives out live on their
// own.
#pragma once

#include "storage/disk.h"

namespace sluice::storage {

class DirectoryDisk final : public Disk {
public:
    // The directory need not exist yet; it is made when the first thing in it is.
    explicit DirectoryDisk(std::string root) : root_(std::move(root)) {}

    [[nodiscard]] Result<std::unique_ptr<Db>> open_db(const std::string& name, const DbOptions& options) override;
    [[nodiscard]] Result<std::unique_ptr<File>> open_file(const std::string& name) override;
    [[nodiscard]] bool exists(const std::string& name) const override;
    [[nodiscard]] Status remove_file(const std::string& name) override;
    [[nodiscard]] Result<std::vector<std::string>> list_files(const std::string& folder) const override;

private:
    [[nodiscard]] std::string path(const std::string& name) const { return root_ + "/" + name; }

    std::string root_;
};

}  // namespace sluice::storage
