#include "wallet/keychain.h"

#include "codec/describe.h"
#include "confidential/secret/blinding_keys.h"
#include "consensus/script/templates.h"
#include "crypto/seal.h"
#include "util/check.h"
#include "util/random.h"

namespace sluice::wallet {
namespace {

constexpr uint8_t kFormat = 1;
constexpr VersionBytes kStoredVersion = {0x04, 0x88, 0xb2, 0x1e};

Result<ExtSecretKey> account_key(ByteView seed) {
    const auto master = ExtSecretKey::from_seed(seed);
    if (!master) return fail("the wallet's seed gives no key");
    auto account = master->derive(std::vector<uint32_t>{84 | kHardened, 1776 | kHardened, 0 | kHardened});
    if (!account) return fail("the wallet's seed gives no account key");
    return std::move(*account);
}

}  // namespace

std::optional<AddressType> address_type_from(std::string_view name) {
    if (name == "bech32") return AddressType::kBech32;
    if (name == "legacy") return AddressType::kLegacy;
    if (name == "p2sh-segwit") return AddressType::kNested;
    return std::nullopt;
}

Keychain::Keychain(ExtPubKey account, std::optional<Secret<kSeedSize>> seed, std::optional<Bytes> sealed)
    : account_(std::move(account)), seed_(std::move(seed)), sealed_(std::move(sealed)) {
    for (uint32_t chain = 0; chain < kKeyChains; ++chain) {
        auto key = account_.derive(chain);
        CHECK(key.has_value());
        chains_.push_back(std::move(*key));
        extend(static_cast<KeyChain>(chain), kLookahead);
    }
}

Keychain Keychain::generate() {
    for (;;) {
        Secret<kSeedSize> seed;
        random_bytes(seed.mutable_view());
        const Result<ExtSecretKey> account = account_key(seed.view());
        if (account) return {account->neuter(), std::move(seed), std::nullopt};
    }
}

Result<Keychain> Keychain::restore(ByteView stored) {
    Reader reader(stored);
    const uint8_t format = reader.u8();
    const bool sealed = reader.u8() != 0;
    const Bytes account_text = reader.var_bytes();
    const ByteView box = reader.var_view();
    if (!reader.finish() || format != kFormat) return fail("the wallet's key record is damaged");
    auto account = ExtPubKey::decode(as_text(account_text), kStoredVersion);
    if (!account) return fail("the wallet's account key is damaged");
    if (sealed) return Keychain(std::move(*account), std::nullopt, to_bytes(box));
    if (box.size() != kSeedSize) return fail("the wallet's seed is damaged");
    Secret<kSeedSize> seed;
    std::ranges::copy(box, seed.mutable_view().begin());
    return Keychain(std::move(*account), std::move(seed), std::nullopt);
}

Bytes Keychain::persist() const {
    ByteWriter writer;
    writer.u8(kFormat);
    writer.u8(encrypted() ? 1 : 0);
    writer.var_bytes(as_bytes(account_.encode(kStoredVersion)));
    writer.var_bytes(encrypted() ? ByteView(*sealed_) : seed_->view());
    return writer.release();
}

Status Keychain::encrypt(std::string_view passphrase) {
    if (encrypted()) return fail("the wallet is already encrypted");
    if (passphrase.empty()) return fail("passphrase cannot be empty");
    sealed_ = seal(seed_->view(), passphrase);
    seed_.reset();
    return {};
}

Status Keychain::unlock(std::string_view passphrase) {
    if (!encrypted()) return fail("the wallet is not encrypted");
    Bytes opened = TRY(open_sealed(*sealed_, passphrase));
    if (opened.size() != kSeedSize) {
        wipe(opened);
        return fail("the wallet's seed is damaged");
    }
    Secret<kSeedSize> seed;
    std::ranges::copy(opened, seed.mutable_view().begin());
    wipe(opened);
    seed_ = std::move(seed);
    return {};
}

void Keychain::lock() {
    if (encrypted()) seed_.reset();
}

Status Keychain::change_passphrase(std::string_view from, std::string_view to) {
    if (!encrypted()) return fail("the wallet is not encrypted");
    if (to.empty()) return fail("passphrase cannot be empty");
    Bytes opened = TRY(open_sealed(*sealed_, from));
    sealed_ = seal(opened, to);
    wipe(opened);
    return {};
}

PubKey Keychain::pubkey(KeyIndex at) const {
    const ExtPubKey& chain = chains_.at(static_cast<size_t>(at.chain));
    // An index without a key has a chance of 2^-127; the next one stands in for it.
    for (uint32_t index = at.index;; ++index) {
        if (const auto key = chain.derive(index)) return key->key();
    }
}

Script Keychain::script(KeyIndex at) const {
    const PubKey key = pubkey(at);
    const Script program = script::make_p2wpkh(key.hash160());
    switch (at.chain) {
        case KeyChain::kLegacyReceive:
        case KeyChain::kLegacyChange: return script::make_p2pkh(key.hash160());
        case KeyChain::kNestedReceive:
        case KeyChain::kNestedChange: return script::p2sh_of(program);
        case KeyChain::kReceive:
        case KeyChain::kChange: break;
    }
    return program;
}

signing::KeyRing Keychain::key_ring(KeyIndex at) const {
    const PubKey key = pubkey(at);
    signing::KeyRing out;
    out.add_key(key,
                signing::KeyPath{signing::fingerprint_of(account_.key()), {static_cast<uint32_t>(at.chain), at.index}});
    out.held.insert(key.hash160());
    if (chain_of(AddressType::kNested, is_change(at.chain)) == at.chain)
        out.add_script(script::make_p2wpkh(key.hash160()));
    return out;
}

Result<SecretKey> Keychain::secret_key(KeyIndex at) const {
    if (!seed_) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    const ExtSecretKey account = TRY(account_key(seed_->view()));
    const auto chain = account.derive(static_cast<uint32_t>(at.chain));
    if (!chain) return fail("the wallet's seed gives no chain key");
    for (uint32_t index = at.index;; ++index) {
        if (const auto key = chain->derive(index)) return key->key().clone();
    }
}

Result<std::string> Keychain::account_secret_text(const VersionBytes& version) const {
    if (!seed_) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    const ExtSecretKey account = TRY(account_key(seed_->view()));
    return account.encode(version);
}

std::optional<Secret<32>> Keychain::import_key() const {
    if (!seed_) return std::nullopt;
    const Hash256 key = hmac_sha256(seed_->view(), as_bytes("sluice imported keys"));
    Secret<32> out;
    std::ranges::copy(key.view(), out.mutable_view().begin());
    return out;
}

std::optional<Secret<32>> Keychain::master_blinding_key() const {
    if (!seed_) return std::nullopt;
    return confidential::slip77_master_key(seed_->view());
}

void Keychain::extend(KeyChain chain, uint32_t count) {
    for (uint32_t& at = extended_[chain]; at < count; ++at) scripts_.emplace(script({chain, at}), KeyIndex{chain, at});
}

std::optional<KeyIndex> Keychain::find(const Script& script) const {
    const auto found = scripts_.find(script);
    if (found == scripts_.end()) return std::nullopt;
    return found->second;
}

}  // namespace sluice::wallet
