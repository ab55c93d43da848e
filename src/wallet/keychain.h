// Keychain: one seed and the keys that grow from it. Path m/84'/1776'/0'/chain/index (BIP84; SLIP-44 coin type 1776 is
// Liquid's): chain 0 gives receiving and peg-in keys, chain 1 change, both P2WPKH; chains 2 and 3 the same as P2PKH, 4
// and 5 as P2WPKH in P2SH, for those who ask for such addresses.
//
// The seed is held in locked memory, or, once a passphrase was set, sealed (crypto/seal.h) until unlock. Public keys
// need no secret: the account's extended public key is kept in the open, so a locked wallet receives. One thread.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "consensus/primitives/script_bytes.h"
#include "crypto/bip32.h"
#include "signing/key_ring.h"
#include "util/result.h"
#include "util/secret.h"

namespace sluice::wallet {

enum class KeyChain : uint8_t {
    kReceive = 0,
    kChange = 1,
    kLegacyReceive = 2,
    kLegacyChange = 3,
    kNestedReceive = 4,
    kNestedChange = 5,
};
inline constexpr size_t kKeyChains = 6;
inline bool is_change(KeyChain chain) { return (static_cast<uint8_t>(chain) & 1) != 0; }

enum class AddressType : uint8_t { kBech32 = 0, kLegacy = 1, kNested = 2 };
// By the names that users give them: bech32, legacy, p2sh-segwit.
std::optional<AddressType> address_type_from(std::string_view name);
inline KeyChain chain_of(AddressType type, bool change) {
    return static_cast<KeyChain>(static_cast<uint8_t>(type) * 2 + (change ? 1 : 0));
}

struct KeyIndex {
    KeyChain chain = KeyChain::kReceive;
    uint32_t index = 0;
    auto operator<=>(const KeyIndex&) const = default;
};

inline constexpr size_t kSeedSize = 32;
// Scripts are recognised this far beyond the last index handed out, so that an older copy of the wallet finds its
// coins.
inline constexpr uint32_t kLookahead = 100;

class Keychain {
public:
    // A new random seed.
    static Keychain generate();
    // From what persist() gave. The box is a seed in the open or sealed.
    static Result<Keychain> restore(ByteView stored);
    // What the database keeps: account public key and the seed, open or sealed.
    [[nodiscard]] Bytes persist() const;

    [[nodiscard]] bool encrypted() const { return sealed_.has_value(); }
    [[nodiscard]] bool locked() const { return encrypted() && !seed_; }
    // Errors: already encrypted; an empty passphrase.
    Status encrypt(std::string_view passphrase);
    // Errors: not encrypted, or a wrong passphrase.
    Status unlock(std::string_view passphrase);
    void lock();
    // The old passphrase must open the box.
    Status change_passphrase(std::string_view from, std::string_view to);

    [[nodiscard]] PubKey pubkey(KeyIndex at) const;
    [[nodiscard]] Script script(KeyIndex at) const;
    // How it is spent, without the secret. The path begins at the account's key.
    [[nodiscard]] signing::KeyRing key_ring(KeyIndex at) const;
    // An error while locked.
    [[nodiscard]] Result<SecretKey> secret_key(KeyIndex at) const;
    // Imported secret keys are sealed with it; nullopt while locked.
    [[nodiscard]] std::optional<Secret<32>> import_key() const;
    // The account's key, m/84'/1776'/0', under which the chains are.
    [[nodiscard]] const ExtPubKey& account() const { return account_; }
    // Its secret half as text, which the caller guards. An error while locked.
    [[nodiscard]] Result<std::string> account_secret_text(const VersionBytes& version) const;
    // SLIP-77's master blinding key of the seed; nullopt while locked.
    [[nodiscard]] std::optional<Secret<32>> master_blinding_key() const;

    // Makes scripts up to `count` on this chain findable.
    void extend(KeyChain chain, uint32_t count);
    [[nodiscard]] std::optional<KeyIndex> find(const Script& script) const;

private:
    Keychain(ExtPubKey account, std::optional<Secret<kSeedSize>> seed, std::optional<Bytes> sealed);

    ExtPubKey account_;
    std::vector<ExtPubKey> chains_;
    std::optional<Secret<kSeedSize>> seed_;  // absent while locked
    std::optional<Bytes> sealed_;            // present once encrypted
    std::map<Script, KeyIndex> scripts_;
    std::map<KeyChain, uint32_t> extended_;
};

}  // namespace sluice::wallet
