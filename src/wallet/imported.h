// Imported: descriptors that the wallet was given, besides its own seed: what they are worth watching for, and, sealed
// under a key that grows from the seed, their secret keys. One thread; the wallet stores each change before it shows
// here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "consensus/params/chain_params.h"
#include "signing/descriptor.h"
#include "util/secret.h"

namespace sluice::wallet {

// What is stored of one.
struct ImportRecord {
    std::string text;  // of signing::Descriptor::normalized
    std::string label;
    int64_t timestamp = 0;  // Unix seconds: nothing earlier pays it
    bool active = false;    // new addresses come from it
    bool internal = false;  // change
    uint32_t begin = 0;     // scripts [begin, end) are watched for
    uint32_t end = 1;
    uint32_t next = 0;  // of the next address
};

class Imported {
public:
    struct Entry {
        ImportRecord record;
        std::shared_ptr<const signing::Descriptor> descriptor;  // of the record's text: no secrets
    };
    struct Place {
        size_t entry = 0;
        uint32_t index = 0;
    };

    // Replaces an entry with the same text.
    void put(ImportRecord record, std::shared_ptr<const signing::Descriptor> descriptor);
    void put_secret(const PubKey& of, Bytes sealed) { secrets_.insert_or_assign(of, std::move(sealed)); }

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] std::optional<size_t> find_text(std::string_view text) const;
    [[nodiscard]] std::optional<Place> find(const Script& script) const;
    // True if the secrets that were imported are enough.
    [[nodiscard]] bool can_spend(const Script& script) const;
    // How the script is spent: without secrets, but it says which are held.
    [[nodiscard]] std::optional<signing::KeyRing> key_ring(const Script& script) const;
    [[nodiscard]] bool has_secret(const PubKey& of) const { return secrets_.contains(of); }
    // The entry's descriptor with those of its secrets that were imported, opened with `seal_key` (32 bytes).
    [[nodiscard]] signing::Descriptor with_secrets(const Entry& entry, ByteView seal_key,
                                                   const ChainParams& params) const;

private:
    void watch(size_t entry);
    [[nodiscard]] std::optional<SecretKey> secret_of(const PubKey& of, ByteView seal_key) const;

    std::vector<Entry> entries_;
    std::map<Script, Place> scripts_;
    std::map<PubKey, Bytes> secrets_;
};

Bytes seal_secret(const PubKey& of, const SecretKey& secret, ByteView seal_key);

}  // namespace sluice::wallet
