#include "federation/signer/journal_db.h"

#include <filesystem>

#include "storage/leveldb_db.h"
#include "util/log.h"

namespace sluice::signer {

using agreement::Record;

Result<std::unique_ptr<JournalDb>> JournalDb::open(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail("cannot create " + path + ": " + error.message());
    auto db = TRY(storage::open_leveldb(path, {}));
    return std::make_unique<JournalDb>(std::move(db));
}

Result<agreement::JournalState> JournalDb::load() {
    agreement::JournalState state;
    bool good = true;
    TRY_VOID(storage::for_each_prefix(*db_, {}, [&](ByteView, ByteView value) {
        const auto record = agreement::decode_record(value);
        good = record.has_value();
        if (good) apply(state, *record);
        return good;
    }));
    if (!good) return fail("the signer's journal holds a damaged record; nothing will be signed");
    newest_final_ = state.final_height;
    forget_old(state);
    return state;
}

bool JournalDb::append(std::span<const Record> records) {
    storage::Batch batch;
    for (const Record& record : records) {
        batch.put(record_key(record), encode_record(record));
        if (const auto* final_record = std::get_if<agreement::FinalRecord>(&record)) {
            newest_final_ = std::max(newest_final_, final_record->height);
        }
    }
    // Slots and locks far below the final height are of no use any more.
    constexpr agreement::Height kKept = 100;
    constexpr agreement::Height kAtOnce = 50;
    if (newest_final_ > kKept + pruned_below_ + kAtOnce) {
        const agreement::Height below = newest_final_ - kKept;
        const auto prune = [&](const Record& least, const Record& most) {
            const Bytes from = record_key(least);
            const Bytes to = record_key(most);
            const auto it = db_->iterate();
            for (it->seek(from); it->valid() && std::ranges::lexicographical_compare(it->key(), to); it->next()) {
                batch.erase(it->key());
            }
        };
        agreement::SlotRecord slot;
        agreement::SlotRecord slot_end;
        slot_end.height = below;
        prune(slot, slot_end);
        agreement::LockRecord lock;
        agreement::LockRecord lock_end;
        lock_end.polka.height = below;
        prune(lock, lock_end);
        pruned_below_ = below;
    }
    const Status written = db_->write(batch, storage::Sync::kSynced);
    if (!written) log_error("signer", "journal: {}", written.error().message);
    return written.has_value();
}

Result<std::optional<BlockHash>> JournalDb::final_hash(agreement::Height height) const {
    const auto bytes = TRY(db_->get(record_key(agreement::FinalRecord{height, {}})));
    if (!bytes) return std::optional<BlockHash>{};
    const auto record = agreement::decode_record(*bytes);
    const auto* found = record ? std::get_if<agreement::FinalRecord>(&*record) : nullptr;
    if (found == nullptr) return fail("the signer's journal holds a damaged record");
    return std::optional<BlockHash>(found->hash);
}

}  // namespace sluice::signer
