#include "wallet/backup.h"

#include <fstream>
#include <iterator>

#include "codec/describe.h"
#include "crypto/hash.h"
#include "util/secret.h"
#include "wallet/key_file.h"

namespace sluice::wallet {
namespace {

constexpr std::string_view kMagic = "SLWB";
constexpr uint8_t kFormat = 1;
constexpr size_t kChecksum = 32;

bool is_backup(ByteView file) {
    return file.size() > kMagic.size() + kChecksum && as_text(file.first(kMagic.size())) == kMagic;
}

Result<Bytes> read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return fail("Cannot read " + path);
    Bytes out{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (stream.bad()) return fail("Cannot read " + path);
    return out;
}

}  // namespace

Result<Bytes> encode_backup(ByteView keys, const storage::DbReader& db) {
    std::vector<std::pair<Bytes, Bytes>> records;
    TRY_VOID(storage::for_each_prefix(db, {}, [&](ByteView key, ByteView value) {
        records.emplace_back(to_bytes(key), to_bytes(value));
        return true;
    }));
    ByteWriter writer;
    writer.raw(as_bytes(kMagic));
    writer.u8(kFormat);
    writer.var_bytes(keys);
    writer.compact_size(records.size());
    for (const auto& [key, value] : records) {
        writer.var_bytes(key);
        writer.var_bytes(value);
    }
    Bytes out = writer.release();
    append(out, sha256(out).view());
    return out;
}

Result<Backup> decode_backup(ByteView file) {
    if (!is_backup(file)) return fail("it is not a backup of a wallet");
    const ByteView body = file.first(file.size() - kChecksum);
    if (!std::ranges::equal(sha256(body).view(), file.last(kChecksum))) return fail("it is damaged");
    Reader reader(body.subspan(kMagic.size()));
    if (reader.u8() != kFormat) return fail("its format is not known");
    Backup out;
    out.keys = reader.var_bytes();
    const uint64_t count = reader.compact_size();
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
        Bytes key = reader.var_bytes();
        out.records.emplace_back(std::move(key), reader.var_bytes());
    }
    if (reader.finish()) return out;
    wipe(out.keys);
    return fail("it is damaged");
}

Result<Backup> read_backup(const std::string& path) {
    Bytes file = TRY(read_file(path));
    Result<Backup> out = decode_backup(file);
    wipe(file);
    if (!out) return fail(path + ": " + out.error().message);
    return out;
}

Status write_backup(const std::string& path, ByteView content) {
    std::ifstream former(path, std::ios::binary);
    if (former) {
        Bytes head(kMagic.size());
        former.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
        if (!former || as_text(head) != kMagic) return fail(path + " exists and is not a backup of a wallet");
    }
    return write_key_file(path, content);
}

}  // namespace sluice::wallet
