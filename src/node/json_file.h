// Files of JSON that are replaced whole: settings.json, banlist.json.
#pragma once

#include <filesystem>

#include "rpc/json.h"
#include "util/result.h"

namespace sluice::node {

// At any moment, a crash included, the file holds the old value or the new one; on return the new one is on the disk.
// Any thread, one at a time for a file.
Status replace_json_file(const std::filesystem::path& file, const rpc::Json& value);

}  // namespace sluice::node
