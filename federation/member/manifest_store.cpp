#include "federation/member/manifest_store.h"

#include "codec/writer.h"

namespace sluice::member {

Result<std::vector<SignedManifest>> ManifestStore::load(const Manifest& first) const {
    std::vector<SignedManifest> out;
    Status bad;
    const uint8_t prefix[] = {kKey};
    TRY_VOID(storage::for_each_prefix(db_, prefix, [&](ByteView, ByteView value) {
        auto parsed = parse_signed_manifest(as_text(value));
        const Manifest& before = out.empty() ? first : out.back().manifest;
        if (!parsed) {
            bad = fail("a stored manifest does not read: " + parsed.error().message);
        } else if (parsed->manifest.sequence > first.sequence) {
            bad = check_successor(*parsed, before);
            if (bad) out.push_back(std::move(*parsed));
            else
                bad = fail("stored manifest " + std::to_string(parsed->manifest.sequence) + ": " + bad.error().message);
        }
        return bad.has_value();
    }));
    TRY_VOID(bad);
    return out;
}

Status ManifestStore::put(const SignedManifest& manifest) {
    Bytes key{kKey};
    for (int shift = 24; shift >= 0; shift -= 8)
        key.push_back(static_cast<uint8_t>(manifest.manifest.sequence >> shift));
    storage::Batch batch;
    batch.put(key, as_bytes(to_json(manifest.manifest, manifest.signatures)));
    return db_.write(batch, storage::Sync::kSynced);
}

}  // namespace sluice::member
