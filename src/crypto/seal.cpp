#include "crypto/seal.h"

#include <openssl/evp.h>

#include <memory>

#include "util/check.h"
#include "util/random.h"
#include "util/secret.h"

namespace sluice {

namespace {

constexpr std::string_view kMagic = "SLBX";
constexpr uint8_t kVersion = 1;
constexpr uint8_t kLogN = 15;
constexpr uint8_t kR = 8;
constexpr uint8_t kP = 1;
constexpr uint8_t kMaxLogN = 20;  // a hostile file must not cost more than a gigabyte
constexpr size_t kSalt = 16;
constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;
constexpr size_t kHead = 8 + kSalt + kNonce;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

bool derive_key(Secret<32>& key, std::string_view passphrase, ByteView salt, uint8_t log_n, uint8_t r, uint8_t p) {
    return EVP_PBE_scrypt(passphrase.data(), passphrase.size(), salt.data(), salt.size(), uint64_t{1} << log_n, r, p,
                          uint64_t{2} << 30, key.mutable_view().data(), 32) == 1;
}

}  // namespace

Bytes chacha20poly1305_encrypt(ByteView key, ByteView nonce, ByteView associated, ByteView plain) {
    CHECK(key.size() == 32 && nonce.size() == kNonce);
    const Cipher cipher(EVP_CIPHER_CTX_new());
    Bytes out(plain.size() + kTag);
    int length = 0;
    CHECK(cipher && EVP_EncryptInit_ex(cipher.get(), EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data()) == 1);
    CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &length, associated.data(), static_cast<int>(associated.size())) ==
          1);
    CHECK(EVP_EncryptUpdate(cipher.get(), out.data(), &length, plain.data(), static_cast<int>(plain.size())) == 1);
    CHECK(EVP_EncryptFinal_ex(cipher.get(), out.data() + length, &length) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTag, out.data() + plain.size()) == 1);
    return out;
}

Result<Bytes> chacha20poly1305_decrypt(ByteView key, ByteView nonce, ByteView associated, ByteView sealed) {
    CHECK(key.size() == 32 && nonce.size() == kNonce);
    if (sealed.size() < kTag) return fail("encrypted data is too short");
    const ByteView text = sealed.first(sealed.size() - kTag);
    Bytes tag = to_bytes(sealed.last(kTag));
    const Cipher cipher(EVP_CIPHER_CTX_new());
    Bytes out(text.size() + 1);  // never empty, so that data() is not null
    int length = 0;
    CHECK(cipher && EVP_DecryptInit_ex(cipher.get(), EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data()) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1);
    CHECK(EVP_DecryptUpdate(cipher.get(), nullptr, &length, associated.data(), static_cast<int>(associated.size())) ==
          1);
    CHECK(EVP_DecryptUpdate(cipher.get(), out.data(), &length, text.data(), static_cast<int>(text.size())) == 1);
    if (EVP_DecryptFinal_ex(cipher.get(), out.data() + length, &length) != 1) {
        wipe(out);
        return fail("decryption failed: wrong key or passphrase, or damaged data");
    }
    out.resize(text.size());
    return out;
}

Bytes seal(ByteView secret, std::string_view passphrase) {
    Bytes box = to_bytes(as_bytes(kMagic));
    append(box, std::array<uint8_t, 4>{kVersion, kLogN, kR, kP});
    box.resize(kHead);
    random_bytes(MutableBytes(box).subspan(8));
    Secret<32> key;
    CHECK(derive_key(key, passphrase, ByteView(box).subspan(8, kSalt), kLogN, kR, kP));
    append(box, chacha20poly1305_encrypt(key.view(), ByteView(box).subspan(8 + kSalt, kNonce), box, secret));
    return box;
}

Result<Bytes> open_sealed(ByteView box, std::string_view passphrase) {
    if (box.size() < kHead + kTag || as_text(box.first(4)) != kMagic) return fail("not a sealed box");
    if (box[4] != kVersion) return fail("a sealed box of an unknown version");
    const uint8_t log_n = box[5];
    const uint8_t r = box[6];
    const uint8_t p = box[7];
    if (log_n < 1 || log_n > kMaxLogN || r < 1 || r > 8 || p < 1 || p > 4) {
        return fail("a sealed box with parameters out of range");
    }
    Secret<32> key;
    if (!derive_key(key, passphrase, box.subspan(8, kSalt), log_n, r, p)) return fail("key derivation failed");
    return chacha20poly1305_decrypt(key.view(), box.subspan(8 + kSalt, kNonce), box.first(kHead), box.subspan(kHead));
}

}  // namespace sluice
