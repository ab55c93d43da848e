#include "crypto/recoverable.h"

#include <secp256k1_recovery.h>

#include "codec/writer.h"
#include "crypto/detail/secp.h"
#include "util/check.h"

namespace sluice {

using detail::secp;

namespace {

constexpr size_t kSize = 65;
constexpr uint8_t kFirst = 27;
constexpr uint8_t kCompressed = 4;
constexpr std::string_view kPrefix = "Bitcoin Signed Message:\n";

}  // namespace

Bytes sign_recoverable(const SecretKey& key, bool compressed, const Hash256& digest) {
    secp256k1_ecdsa_recoverable_signature signature;
    CHECK(secp256k1_ecdsa_sign_recoverable(secp(), &signature, digest.bytes.data(), key.view().data(),
                                           secp256k1_nonce_function_rfc6979, nullptr) == 1);
    Bytes out(kSize);
    int id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(secp(), out.data() + 1, &id, &signature);
    out[0] = static_cast<uint8_t>(kFirst + id + (compressed ? kCompressed : 0));
    return out;
}

std::optional<PubKey> recover_key(ByteView signature, const Hash256& digest) {
    if (signature.size() != kSize || signature[0] < kFirst || signature[0] >= kFirst + 2 * kCompressed)
        return std::nullopt;
    const int id = (signature[0] - kFirst) & 3;
    const bool compressed = signature[0] - kFirst >= kCompressed;
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey point;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(secp(), &parsed, signature.data() + 1, id) != 1 ||
        secp256k1_ecdsa_recover(secp(), &point, &parsed, digest.bytes.data()) != 1) {
        return std::nullopt;
    }
    Bytes bytes(65);
    size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(secp(), bytes.data(), &size, &point,
                                  compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED);
    return PubKey::parse(ByteView(bytes).first(size));
}

Hash256 message_digest(std::string_view message) {
    ByteWriter writer;
    for (const std::string_view part : {kPrefix, message}) writer.var_bytes(as_bytes(part));
    return sha256d(writer.bytes());
}

}  // namespace sluice
