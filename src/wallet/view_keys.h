// ViewKeys: what lets the wallet see its confidential coins, and keeps what it saw sealed in the database. Kept in the
// wallet's key file outside of the passphrase's seal: a locked wallet still receives, recognises and counts; it only
// cannot spend. Whoever has the key file sees amounts; whoever has only the database does not. One thread.
#pragma once

#include <map>
#include <optional>

#include "consensus/primitives/script_bytes.h"
#include "consensus/primitives/transaction.h"
#include "crypto/keys.h"
#include "util/result.h"
#include "util/secret.h"
#include "wallet/keychain.h"

namespace sluice::wallet {

class ViewKeys {
public:
    // For a new wallet: the master key of the seed (SLIP-77), so that the seed alone finds the coins again; random if
    // absent.
    static ViewKeys make(std::optional<Secret<32>> master);
    static ViewKeys from(ByteView master, ByteView record_key);  // precondition: 32 bytes each

    [[nodiscard]] ByteView master() const { return master_.view(); }
    [[nodiscard]] ByteView record_key() const { return record_key_.view(); }
    void set_master(Secret<32> master) { master_ = std::move(master); }
    // A key of its own for this script (or issuance), in place of the derived one.
    void set_specific(const Script& script, SecretKey key) { specific_.insert_or_assign(script, std::move(key)); }

    [[nodiscard]] bool has_specific(const Script& script) const { return specific_.contains(script); }

    // The private blinding key of a script of ours.
    [[nodiscard]] SecretKey key_of(const Script& script) const;
    [[nodiscard]] PubKey pubkey_of(const Script& script) const { return key_of(script).pubkey(); }
    // Of both amounts that an input issues.
    [[nodiscard]] SecretKey issuance_key_of(const OutPoint& prevout) const { return key_of(issuance_script(prevout)); }
    static Script issuance_script(const OutPoint& prevout);

    // `name` is the record's key in the database: a record that was moved to another name does not open.
    [[nodiscard]] Bytes seal_record(ByteView name, ByteView plain) const;
    [[nodiscard]] Result<Bytes> open_record(ByteView name, ByteView sealed) const;

private:
    ViewKeys(Secret<32> master, Secret<32> record_key)
        : master_(std::move(master)), record_key_(std::move(record_key)) {}

    Secret<32> master_;
    Secret<32> record_key_;
    std::map<Script, SecretKey> specific_;
};

// What the key file holds (doc/storage-format.md).
struct WalletKeys {
    Keychain keys;
    ViewKeys view;
    bool upgraded = false;  // read from the first format, which had no view keys: write it again
};
Bytes encode_wallet_keys(const Keychain& keys, const ViewKeys& view);
Result<WalletKeys> decode_wallet_keys(ByteView stored);

}  // namespace sluice::wallet
