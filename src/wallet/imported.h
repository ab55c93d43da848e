// Imported: descriptors that the wallet was given, besides its own seed: what they are worth watching for, and, sealed
// under a key that grows from the seed, their secret keys. One thread; the wallet stores each change before it shows
// here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "consensus/params/chain_params.h"
#include "util/secret.h"
#include "wallet/descriptor.h"
#include "wallet/sign_input.h"

namespace sluice::wallet {

// What is stored of one.
struct ImportRecord {
    std::string text;  // public, without checksum
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
        Descriptor descriptor;
    };
    struct Place {
        size_t entry = 0;
        uint32_t index = 0;
    };

    // Replaces an entry with the same text. Precondition: the record's text is the descriptor's.
    void put(ImportRecord record, Descriptor descriptor);
    void put_secret(const PubKey& of, Bytes sealed) { secrets_.insert_or_assign(of, std::move(sealed)); }

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] std::optional<size_t> find_text(std::string_view text) const;
    [[nodiscard]] std::optional<Place> find(const Script& script) const;
    // True if a secret of each of its keys was imported.
    [[nodiscard]] bool can_spend(const Script& script) const;
    // How the script is spent.
    [[nodiscard]] std::optional<Spendable> spendable(const Script& script) const;
    [[nodiscard]] bool has_secret(const PubKey& of) const { return secrets_.contains(of); }
    // Sealed with `seal_key` (32 bytes).
    [[nodiscard]] std::optional<SigningKeys> signing_keys(const Script& script, ByteView seal_key) const;
    // The secret that was imported for this key of a descriptor.
    [[nodiscard]] std::optional<SecretKey> secret_of(const PubKey& of, ByteView seal_key) const;

private:
    void watch(size_t entry);

    std::vector<Entry> entries_;
    std::map<Script, Place> scripts_;
    std::map<PubKey, Bytes> secrets_;
};

Bytes seal_secret(const PubKey& of, const SecretKey& secret, ByteView seal_key);

}  // namespace sluice::wallet
