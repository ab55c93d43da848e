#include "storage/memory_disk.h"

#include <algorithm>
#include <map>
#include <utility>

#include "util/check.h"

namespace sluice::storage {
namespace {

using Map = std::map<Bytes, Bytes>;

void apply_batch(Map& map, const Batch& batch) {
    for (const Batch::Change& change : batch.changes()) {
        if (change.value) {
            map.insert_or_assign(change.key, *change.value);
        } else {
            map.erase(change.key);
        }
    }
}

struct DbImage {
    Map synced;
    std::vector<Batch> unsynced;
    std::shared_ptr<const Map> now = std::make_shared<Map>();  // copied on write while a snapshot holds it

    Map& writable() {
        if (now.use_count() > 1) now = std::make_shared<Map>(*now);
        return const_cast<Map&>(*now);  // nobody else holds it
    }
    void sync() {
        for (const Batch& batch : unsynced) apply_batch(synced, batch);
        unsynced.clear();
    }
};

struct FileImage {
    struct Change {
        Bytes appended;
        uint64_t truncated_to = UINT64_MAX;  // UINT64_MAX: an append
    };
    Bytes synced;
    std::vector<Change> unsynced;
    Bytes now;

    static void apply(Bytes& to, const Change& change) {
        if (change.truncated_to != UINT64_MAX) {
            to.resize(change.truncated_to);
        } else {
            append(to, change.appended);
        }
    }
    void sync() {
        synced = now;
        unsynced.clear();
    }
};

struct Dice {
    uint64_t state;
    uint64_t below(uint64_t bound) {  // splitmix64
        uint64_t z = (state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z ^ (z >> 31)) % bound;
    }
};

}  // namespace

struct MemoryDisk::State {
    std::map<std::string, DbImage> dbs;
    std::map<std::string, FileImage> files;
    uint64_t writes = 0;
    uint64_t fail_at = UINT64_MAX;
    bool down = false;
    uint64_t generation = 0;

    enum class Turn { kRuns, kFailsNow, kDown };
    Turn turn(uint64_t handle_generation) {
        if (down || handle_generation != generation) return Turn::kDown;
        ++writes;
        if (writes < fail_at) return Turn::kRuns;
        down = true;
        return Turn::kFailsNow;
    }
    [[nodiscard]] bool readable(uint64_t handle_generation) const { return !down && handle_generation == generation; }
};

namespace {

using State = MemoryDisk::State;

tl::unexpected<Error> no_power() { return fail("simulated disk: no power"); }

class MapIterator final : public DbIterator {
public:
    explicit MapIterator(std::shared_ptr<const Map> map) : map_(std::move(map)), at_(map_->begin()) {}
    void seek(ByteView key) override { at_ = map_->lower_bound(to_bytes(key)); }
    void next() override { ++at_; }
    [[nodiscard]] bool valid() const override { return at_ != map_->end(); }
    [[nodiscard]] ByteView key() const override { return at_->first; }
    [[nodiscard]] ByteView value() const override { return at_->second; }
    [[nodiscard]] Status status() const override { return {}; }

private:
    std::shared_ptr<const Map> map_;
    Map::const_iterator at_;
};

class MapReader final : public DbReader {
public:
    explicit MapReader(std::shared_ptr<const Map> map) : map_(std::move(map)) {}
    [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const override {
        const auto found = map_->find(to_bytes(key));
        if (found == map_->end()) return std::optional<Bytes>();
        return std::optional<Bytes>(found->second);
    }
    [[nodiscard]] std::unique_ptr<DbIterator> iterate() const override { return std::make_unique<MapIterator>(map_); }

private:
    std::shared_ptr<const Map> map_;
};

class MemoryDb final : public Db {
public:
    MemoryDb(std::shared_ptr<State> state, std::string name)
        : state_(std::move(state)), name_(std::move(name)), generation_(state_->generation) {}

    [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const override {
        if (!state_->readable(generation_)) return no_power();
        return MapReader(image().now).get(key);
    }
    [[nodiscard]] std::unique_ptr<DbIterator> iterate() const override {
        return std::make_unique<MapIterator>(image().now);
    }
    [[nodiscard]] std::unique_ptr<DbReader> snapshot() const override {
        return std::make_unique<MapReader>(image().now);
    }

    [[nodiscard]] Status write(const Batch& batch, Sync sync) override {
        switch (state_->turn(generation_)) {
            case State::Turn::kDown: return no_power();
            // The batch reached the log or did not; the restart decides.
            case State::Turn::kFailsNow: image().unsynced.push_back(batch); return no_power();
            case State::Turn::kRuns: break;
        }
        apply_batch(image().writable(), batch);
        image().unsynced.push_back(batch);
        if (sync == Sync::kSynced) image().sync();
        return {};
    }
    [[nodiscard]] uint64_t disk_size(ByteView prefix) const override {
        uint64_t size = 0;
        for (auto it = image().now->lower_bound(to_bytes(prefix)); it != image().now->end(); ++it) {
            if (!has_prefix(it->first, prefix)) break;
            size += it->first.size() + it->second.size();
        }
        return size;
    }

private:
    [[nodiscard]] DbImage& image() const { return state_->dbs[name_]; }

    std::shared_ptr<State> state_;
    std::string name_;
    uint64_t generation_;
};

class MemoryFile final : public File {
public:
    MemoryFile(std::shared_ptr<State> state, std::string name)
        : state_(std::move(state)), name_(std::move(name)), generation_(state_->generation) {}

    [[nodiscard]] Status append(ByteView bytes) override { return change({to_bytes(bytes), UINT64_MAX}); }
    [[nodiscard]] Status truncate(uint64_t size) override { return change({{}, size}); }
    [[nodiscard]] Status sync() override {
        if (state_->turn(generation_) != State::Turn::kRuns) return no_power();
        image().sync();
        return {};
    }
    [[nodiscard]] Result<Bytes> read_at(uint64_t offset, size_t size) const override {
        if (!state_->readable(generation_)) return no_power();
        const Bytes& now = image().now;
        if (offset > now.size() || size > now.size() - offset) return fail("Cannot read " + name_ + ": it ends early");
        return to_bytes(ByteView(now).subspan(offset, size));
    }
    [[nodiscard]] uint64_t size() const override { return image().now.size(); }

private:
    [[nodiscard]] FileImage& image() const { return state_->files[name_]; }
    Status change(FileImage::Change what) {
        switch (state_->turn(generation_)) {
            case State::Turn::kDown: return no_power();
            case State::Turn::kFailsNow: image().unsynced.push_back(std::move(what)); return no_power();
            case State::Turn::kRuns: break;
        }
        FileImage::apply(image().now, what);
        image().unsynced.push_back(std::move(what));
        return {};
    }

    std::shared_ptr<State> state_;
    std::string name_;
    uint64_t generation_;
};

}  // namespace

MemoryDisk::MemoryDisk() : state_(std::make_shared<State>()) {}
MemoryDisk::~MemoryDisk() = default;

Result<std::unique_ptr<Db>> MemoryDisk::open_db(const std::string& name, const DbOptions& options) {
    if (state_->down) return no_power();
    if (!options.create_if_missing && !state_->dbs.contains(name)) return fail("Database " + name + " does not exist");
    state_->dbs[name];
    return std::unique_ptr<Db>(std::make_unique<MemoryDb>(state_, name));
}

Result<std::unique_ptr<File>> MemoryDisk::open_file(const std::string& name) {
    if (state_->down) return no_power();
    state_->files[name];
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(state_, name));
}

bool MemoryDisk::exists(const std::string& name) const {
    return state_->files.contains(name) || state_->dbs.contains(name);
}

Status MemoryDisk::remove_file(const std::string& name) {
    if (state_->turn(state_->generation) != State::Turn::kRuns) return no_power();
    state_->files.erase(name);
    return {};
}

Result<std::vector<std::string>> MemoryDisk::list_files(const std::string& folder) const {
    std::vector<std::string> names;
    const std::string prefix = folder + "/";
    for (const auto& [name, image] : state_->files) {
        if (name.starts_with(prefix) && name.find('/', prefix.size()) == std::string::npos) names.push_back(name);
    }
    return names;
}

uint64_t MemoryDisk::writes() const { return state_->writes; }
void MemoryDisk::fail_after(uint64_t writes) {
    CHECK(writes > 0);
    state_->fail_at = state_->writes + writes;
}
bool MemoryDisk::failed() const { return state_->down; }

void MemoryDisk::restart(uint64_t seed) {
    Dice dice{seed};
    for (auto& [name, image] : state_->dbs) {
        const size_t kept = seed == 0 ? 0 : dice.below(image.unsynced.size() + 1);
        for (size_t i = 0; i < kept; ++i) apply_batch(image.synced, image.unsynced[i]);
        image.unsynced.clear();
        image.now = std::make_shared<Map>(image.synced);
    }
    for (auto& [name, image] : state_->files) {
        const size_t kept = seed == 0 ? 0 : dice.below(image.unsynced.size() + 1);
        for (size_t i = 0; i < kept; ++i) {
            FileImage::Change& change = image.unsynced[i];
            if (i + 1 == kept) change.appended.resize(dice.below(change.appended.size() + 1));
            FileImage::apply(image.synced, change);
        }
        image.unsynced.clear();
        image.now = image.synced;
    }
    state_->fail_at = UINT64_MAX;
    state_->down = false;
    ++state_->generation;
}

}  // namespace sluice::storage
