#include "storage/leveldb_db.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <filesystem>
#include <system_error>

namespace sluice::storage {
namespace {

leveldb::Slice slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
ByteView view(const leveldb::Slice& bytes) { return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}; }

Error to_error(const std::string& path, const leveldb::Status& status) {
    if (status.IsCorruption()) {
        return {"Database " + path + " is corrupt: " + status.ToString() +
                ". Restore it from a copy, or remove the directory to build it anew."};
    }
    return {"Database " + path + ": " + status.ToString()};
}

class LevelIterator final : public DbIterator {
public:
    LevelIterator(std::string path, leveldb::Iterator* it) : path_(std::move(path)), it_(it) {}
    void seek(ByteView key) override { it_->Seek(slice(key)); }
    void next() override { it_->Next(); }
    [[nodiscard]] bool valid() const override { return it_->Valid(); }
    [[nodiscard]] ByteView key() const override { return view(it_->key()); }
    [[nodiscard]] ByteView value() const override { return view(it_->value()); }
    [[nodiscard]] Status status() const override {
        if (const leveldb::Status status = it_->status(); !status.ok()) return unexpected(to_error(path_, status));
        return {};
    }

private:
    std::string path_;
    std::unique_ptr<leveldb::Iterator> it_;
};

Result<std::optional<Bytes>> get_at(const std::string& path, leveldb::DB& db, const leveldb::Snapshot* at,
                                    ByteView key) {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.snapshot = at;
    std::string value;
    const leveldb::Status status = db.Get(options, slice(key), &value);
    if (status.IsNotFound()) return std::optional<Bytes>();
    if (!status.ok()) return unexpected(to_error(path, status));
    return std::optional<Bytes>(to_bytes(as_bytes(value)));
}

std::unique_ptr<DbIterator> iterate_at(const std::string& path, leveldb::DB& db, const leveldb::Snapshot* at) {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    options.snapshot = at;
    return std::make_unique<LevelIterator>(path, db.NewIterator(options));
}

class LevelSnapshot final : public DbReader {
public:
    LevelSnapshot(std::string path, leveldb::DB& db) : path_(std::move(path)), db_(db), at_(db.GetSnapshot()) {}
    ~LevelSnapshot() override { db_.ReleaseSnapshot(at_); }
    LevelSnapshot(const LevelSnapshot&) = delete;
    LevelSnapshot& operator=(const LevelSnapshot&) = delete;
    [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const override { return get_at(path_, db_, at_, key); }
    [[nodiscard]] std::unique_ptr<DbIterator> iterate() const override { return iterate_at(path_, db_, at_); }

private:
    std::string path_;
    leveldb::DB& db_;
    const leveldb::Snapshot* at_;
};

class LevelDb final : public Db {
public:
    LevelDb(std::string path, const DbOptions& options)
        : path_(std::move(path)),
          cache_(leveldb::NewLRUCache(options.cache_bytes)),
          filter_(leveldb::NewBloomFilterPolicy(10)) {}

    Status open(const DbOptions& options) {
        leveldb::Options opening;
        opening.create_if_missing = options.create_if_missing;
        opening.paranoid_checks = true;
        opening.compression = leveldb::kNoCompression;
        opening.block_cache = cache_.get();
        opening.filter_policy = filter_.get();
        opening.write_buffer_size = options.write_buffer_bytes;
        opening.max_open_files = 256;
        leveldb::DB* db = nullptr;
        if (const leveldb::Status status = leveldb::DB::Open(opening, path_, &db); !status.ok()) {
            return unexpected(to_error(path_, status));
        }
        db_.reset(db);
        return {};
    }

    [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const override {
        return get_at(path_, *db_, nullptr, key);
    }
    [[nodiscard]] std::unique_ptr<DbIterator> iterate() const override { return iterate_at(path_, *db_, nullptr); }
    [[nodiscard]] std::unique_ptr<DbReader> snapshot() const override {
        return std::make_unique<LevelSnapshot>(path_, *db_);
    }

    [[nodiscard]] Status write(const Batch& batch, Sync sync) override {
        leveldb::WriteBatch out;
        for (const Batch::Change& change : batch.changes()) {
            if (change.value) {
                out.Put(slice(change.key), slice(*change.value));
            } else {
                out.Delete(slice(change.key));
            }
        }
        leveldb::WriteOptions options;
        options.sync = sync == Sync::kSynced;
        if (const leveldb::Status status = db_->Write(options, &out); !status.ok())
            return unexpected(to_error(path_, status));
        return {};
    }

    [[nodiscard]] uint64_t disk_size(ByteView prefix) const override {
        Bytes after = to_bytes(prefix);
        after.resize(prefix.size() + 64, 0xff);
        const leveldb::Range range(slice(prefix), slice(after));
        uint64_t size = 0;
        db_->GetApproximateSizes(&range, 1, &size);
        return size;
    }

private:
    std::string path_;
    std::unique_ptr<leveldb::Cache> cache_;
    std::unique_ptr<const leveldb::FilterPolicy> filter_;
    std::unique_ptr<leveldb::DB> db_;  // last: destroyed before what it uses
};

}  // namespace

Result<std::unique_ptr<Db>> open_leveldb(const std::string& path, const DbOptions& options) {
    std::error_code error;
    if (options.create_if_missing) std::filesystem::create_directories(path, error);
    if (error) return fail("Cannot create " + path + ": " + error.message());
    auto db = std::make_unique<LevelDb>(path, options);
    TRY_VOID(db->open(options));
    return std::unique_ptr<Db>(std::move(db));
}

}  // namespace sluice::storage
