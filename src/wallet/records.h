// What the wallet stores in its database, and how each record is written (doc/storage-format.md). Keys begin with a
// letter:
//   't' txid           -> WalletTx
//   'a' script         -> AddressRecord: addresses handed out, with their label
//   'd' parent script  -> PeginRecord: peg-in addresses handed out
//   'u' place          -> what a hidden amount holds, sealed with the record key
//   'b' script         -> a blinding key of its own, sealed with the record key
//   'i' text           -> ImportRecord: a descriptor that was imported
//   'k' public key     -> a secret key that was imported, sealed with a key that grows from the seed
//   'l' out-point      -> nothing: a coin that is not to be spent by itself
//   'm' name           -> best block, next indexes; flags; how peg-outs are authorised
#pragma once

#include <array>
#include <optional>
#include <string>

#include "util/bytes.h"
#include "wallet/imported.h"
#include "wallet/keychain.h"
#include "wallet/tx_ledger.h"

namespace sluice::wallet {

// What a wallet was made for; it stays so.
struct WalletFlags {
    bool private_keys_disabled = false;  // it watches only
    bool blank = false;                  // it began without keys of its own to hand out
    bool avoid_reuse = false;
    bool mixed = false;  // takes single keys and addresses, and watches some while it spends others
};

Bytes tx_key(const Txid& txid);
Bytes encode_wallet_tx(const WalletTx& tx);
std::optional<WalletTx> decode_wallet_tx(ByteView value);

struct AddressRecord {
    std::optional<KeyIndex> key;  // absent: not of the seed
    std::string label;
};
Bytes address_key(const Script& script);
Bytes encode_address_record(const AddressRecord& record);
std::optional<AddressRecord> decode_address_record(ByteView value);

// A deposit to `parent_script` is claimed with `claim_script`, which is ours.
struct PeginRecord {
    Script parent_script;
    Script claim_script;
    Script fedpegscript;  // the one that was tweaked
};
Bytes pegin_key(const Script& parent_script);
Bytes encode_pegin_record(const PeginRecord& record);
std::optional<PeginRecord> decode_pegin_record(ByteView value);

// How this wallet authorises peg-outs (pak.h).
struct PakRecord {
    std::string descriptor;  // of the parent chain's addresses
    uint32_t counter = 0;    // of the next one
    Script online;           // ours, of the entry's online key
};
Bytes pak_key();
Bytes encode_pak_record(const PakRecord& record);
std::optional<PakRecord> decode_pak_record(ByteView value);

Bytes opened_key(const AmountPlace& at);
std::optional<AmountPlace> decode_opened_key(ByteView key);
Bytes encode_opened(const Opened& opened);  // not sealed yet
std::optional<Opened> decode_opened(ByteView value);

Bytes blinding_key_key(const Script& script);
Bytes locked_coin_key(const OutPoint& coin);
std::optional<OutPoint> decode_locked_coin_key(ByteView key);

Bytes import_key(std::string_view text);
Bytes encode_import(const ImportRecord& record);
std::optional<ImportRecord> decode_import(ByteView value);
Bytes imported_secret_key(const PubKey& of);

// Empty, while a backup is being restored: what is here is not yet a wallet.
Bytes restoring_key();

Bytes flags_key();
Bytes encode_flags(const WalletFlags& flags);
std::optional<WalletFlags> decode_flags(ByteView value);

struct Progress {
    std::optional<ports::BlockPoint> best;    // every block up to here has been read
    std::array<uint32_t, kKeyChains> next{};  // of each chain: the next index to hand out
};
Bytes progress_key();
Bytes encode_progress(const Progress& progress);
std::optional<Progress> decode_progress(ByteView value);

}  // namespace sluice::wallet
