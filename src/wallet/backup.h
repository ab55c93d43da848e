// A whole wallet as one file: what backupwallet writes and restorewallet reads (doc/storage-format.md). It holds the
// key record as the key file has it, so it is as secret as that file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage/db.h"
#include "util/bytes.h"
#include "util/result.h"

namespace sluice::wallet {

struct Backup {
    Bytes keys;                                    // the key file's content: the caller wipes it
    std::vector<std::pair<Bytes, Bytes>> records;  // of the database
};

Result<Bytes> encode_backup(ByteView keys, const storage::DbReader& db);
// Errors: not such a file, or damaged.
Result<Backup> decode_backup(ByteView file);
Result<Backup> read_backup(const std::string& path);

// Replaces only a former backup. Durable when it returns; mode 0600.
Status write_backup(const std::string& path, ByteView content);

}  // namespace sluice::wallet
