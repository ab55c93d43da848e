#include "wallet/view_keys.h"

#include <array>

#include "codec/describe.h"
#include "confidential/secret/blinding_keys.h"
#include "crypto/seal.h"
#include "util/check.h"
#include "util/random.h"

namespace sluice::wallet {
namespace {

constexpr uint8_t kFormat = 2;  // 1 is a Keychain's record alone
constexpr size_t kNonceSize = 12;

Secret<32> random_secret() {
    Secret<32> out;
    random_bytes(out.mutable_view());
    return out;
}

Secret<32> secret_from(ByteView bytes) {
    CHECK(bytes.size() == 32);
    Secret<32> out;
    std::ranges::copy(bytes, out.mutable_view().begin());
    return out;
}

}  // namespace

ViewKeys ViewKeys::make(std::optional<Secret<32>> master) {
    return {master ? std::move(*master) : random_secret(), random_secret()};
}

ViewKeys ViewKeys::from(ByteView master, ByteView record_key) { return {secret_from(master), secret_from(record_key)}; }

SecretKey ViewKeys::key_of(const Script& script) const {
    const auto own = specific_.find(script);
    if (own != specific_.end()) return own->second.clone();
    auto key = confidential::blinding_key(master_.view(), script.view());
    CHECK(key.has_value());  // fails with a chance of 2^-127
    return std::move(*key);
}

Script ViewKeys::issuance_script(const OutPoint& prevout) {
    return Script{confidential::issuance_blinding_script(prevout.txid.view(), prevout.index)};
}

Bytes ViewKeys::seal_record(ByteView name, ByteView plain) const {
    std::array<uint8_t, kNonceSize> nonce{};
    random_bytes(nonce);
    Bytes out(nonce.begin(), nonce.end());
    append(out, chacha20poly1305_encrypt(record_key_.view(), nonce, name, plain));
    return out;
}

Result<Bytes> ViewKeys::open_record(ByteView name, ByteView sealed) const {
    if (sealed.size() < kNonceSize) return fail("a sealed record is too short");
    return chacha20poly1305_decrypt(record_key_.view(), sealed.first(kNonceSize), name, sealed.subspan(kNonceSize));
}

Bytes encode_wallet_keys(const Keychain& keys, const ViewKeys& view) {
    Bytes inner = keys.persist();
    ByteWriter writer;
    writer.u8(kFormat);
    writer.var_bytes(inner);
    writer.raw(view.master());
    writer.raw(view.record_key());
    wipe(inner);
    return writer.release();
}

Result<WalletKeys> decode_wallet_keys(ByteView stored) {
    if (stored.empty()) return fail("the wallet's key record is empty");
    if (stored.front() != kFormat) {
        Keychain keys = TRY(Keychain::restore(stored));
        ViewKeys view = ViewKeys::make(keys.master_blinding_key());
        return WalletKeys{std::move(keys), std::move(view), true};
    }
    Reader reader(stored);
    reader.u8();
    const ByteView inner = reader.var_view();
    const ByteView master = reader.take(32);
    const ByteView record_key = reader.take(32);
    if (!reader.finish()) return fail("the wallet's key record is damaged");
    Keychain keys = TRY(Keychain::restore(inner));
    return WalletKeys{std::move(keys), ViewKeys::from(master, record_key), false};
}

}  // namespace sluice::wallet
