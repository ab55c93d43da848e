// The wallet's key record in a file of its own: replaced atomically, and the former content overwritten before it is
// unlinked, so that a seed written in the open does not stay behind when a passphrase is set (as far as the file system
// overwrites in place). Owner: the wallet's thread.
#pragma once

#include <string>

#include "util/bytes.h"
#include "util/result.h"

namespace sluice::wallet {

// nullopt-like: an empty result means that there is no such file.
Result<Bytes> read_key_file(const std::string& path);
// Durable when it returns; mode 0600.
Status write_key_file(const std::string& path, ByteView content);

}  // namespace sluice::wallet
