// ManifestStore: the successors of the pinned manifest that this member's operator has loaded, with their signatures.
// Owned by the driver; its thread only. After a loss the operator loads them again.
#pragma once

#include "federation/member/manifest.h"
#include "storage/db.h"

namespace sluice::member {

class ManifestStore {
public:
    static constexpr uint8_t kKey = 'M';

    // The database is shared; keys of this store are 'M' and the sequence number, big-endian. It must outlive the
    // store.
    explicit ManifestStore(storage::Db& db) : db_(db) {}

    // Successors of `first` in order, each checked against the one before it. Older ones than `first` are passed over:
    // the operator has pinned a newer one since.
    [[nodiscard]] Result<std::vector<SignedManifest>> load(const Manifest& first) const;
    // Synced when it returns.
    Status put(const SignedManifest& manifest);

private:
    storage::Db& db_;
};

}  // namespace sluice::member
