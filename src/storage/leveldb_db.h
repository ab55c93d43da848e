// Db over LevelDB: checksums verified on every read, bloom filter, no compression (coins and hashes do not compress).
#pragma once

#include <string>

#include "storage/disk.h"

namespace sluice::storage {

// `path` is a folder. A damaged database is an error that names the path and says what to do; nothing is repaired
// silently.
Result<std::unique_ptr<Db>> open_leveldb(const std::string& path, const DbOptions& options);

}  // namespace sluice::storage
