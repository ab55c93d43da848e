// Key 'c' -> hash of the last block that is in the index; the rest of the database is the index's own.
#include "index/follower.h"

#include <thread>

#include "util/log.h"

namespace sluice::index {
namespace {

constexpr size_t kBlocksAtOnce = 100;
constexpr size_t kBatchBytes = 4u << 20;

Bytes cursor_key() { return {'c'}; }

}  // namespace

Result<std::unique_ptr<Follower>> Follower::open(storage::Disk& disk, const chain::ChainReader& reader,
                                                 const std::string& name, Add add) {
    std::unique_ptr<Follower> out(new Follower(TRY(disk.open_db("indexes/" + name, {})), reader, name, std::move(add)));
    const std::optional<Bytes> cursor = TRY(out->db_->get(cursor_key()));
    if (!cursor) return out;
    if (cursor->size() != BlockHash::kSize) return fail("An index is damaged: remove the folder indexes/" + name);
    out->cursor_ = BlockHash::from_view(*cursor);
    if (const auto info = reader.find(*out->cursor_)) out->note(*info);
    return out;
}

Follower::~Follower() { stop(); }

void Follower::start() {
    loop_.start();
    wake();
}

void Follower::stop() {
    stopping_ = true;
    loop_.stop();
}

void Follower::wake() {
    if (posted_.exchange(true)) return;
    loop_.post([this] { follow(); });
}

void Follower::follow() {
    posted_ = false;
    while (!stopping_) {
        const Result<bool> more = advance();
        if (!more) {
            log_error("index", "{} stops: {}", name_, more.error().message);
            const MutexLock lock(mutex_);
            problem_ = more.error().message;
            stopping_ = true;
            return;
        }
        if (!*more) return;
    }
}

Result<bool> Follower::advance() {
    std::optional<chain::BlockInfo> at = cursor_ ? reader_.active_fork(*cursor_) : std::nullopt;
    uint32_t next = at ? at->height + 1 : 0;
    storage::Batch batch;
    size_t done = 0;
    for (; done < kBlocksAtOnce && batch.bytes() < kBatchBytes && !stopping_; ++done, ++next) {
        const auto info = reader_.at_height(next);
        // Another branch became active meanwhile: the next round finds where they part.
        if (!info || (at && info->prev != at->hash)) break;
        TRY_VOID(add_(*info, batch));
        at = info;
    }
    if (done == 0) return false;
    batch.put(cursor_key(), at->hash.view());
    TRY_VOID(db_->write(batch, storage::Sync::kBuffered));
    cursor_ = at->hash;
    note(*at);
    return true;
}

void Follower::note(const chain::BlockInfo& at) {
    const MutexLock lock(mutex_);
    best_ = at.hash;
    height_ = at.height;
}

IndexState Follower::state() const {
    const BlockHash tip = reader_.tip().hash;
    const MutexLock lock(mutex_);
    return {best_ == tip, height_, problem_};
}

bool Follower::wait_synced(std::chrono::milliseconds at_most) const {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        const IndexState now = state();
        if (now.synced) return true;
        if (!now.problem.empty() || std::chrono::steady_clock::now() - start >= at_most) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace sluice::index
