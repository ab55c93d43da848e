#include "federation/member/decisions.h"

#include "federation/member/manifest_store.h"

namespace sluice::member {
namespace {

constexpr uint8_t kFreezeKey = 'F';
constexpr uint8_t kCancelKey = 'C';

}  // namespace

Status Decisions::load() {
    bool good = true;
    TRY_VOID(storage::for_each_prefix(db_, {}, [&](ByteView key, ByteView value) {
        if (key.size() == 1 && key[0] == kFreezeKey) {
            frozen_ = std::string(as_text(value));
        } else if (key.size() == 1 + parent::ParentTxid::kSize && key[0] == kCancelKey) {
            cancels_.insert(parent::ParentTxid::from_view(key.subspan(1)));
        } else if (key.empty() || key[0] != ManifestStore::kKey) {
            good = false;
        }
        return good;
    }));
    if (!good) return fail("the record of the operator's decisions is damaged");
    return {};
}

Status Decisions::freeze(const std::string& why) {
    frozen_ = why;
    storage::Batch batch;
    batch.put(Bytes{kFreezeKey}, as_bytes(why));
    return db_.write(batch, storage::Sync::kSynced);
}

Status Decisions::clear_freeze() {
    storage::Batch batch;
    batch.erase(Bytes{kFreezeKey});
    TRY_VOID(db_.write(batch, storage::Sync::kSynced));
    frozen_.reset();
    return {};
}

Status Decisions::approve_cancel(const parent::ParentTxid& batch) {
    storage::Batch changes;
    Bytes key{kCancelKey};
    append(key, batch.view());
    changes.put(key, {});
    TRY_VOID(db_.write(changes, storage::Sync::kSynced));
    cancels_.insert(batch);
    return {};
}

}  // namespace sluice::member
