#include "crypto/ecdsa.h"

#include "crypto/detail/secp.h"
#include "util/check.h"

namespace sluice {

using detail::secp;

namespace {

// Reads DER as leniently as the network did before BIP66: lengths in any form that fits, integers with any padding,
// anything after the integers ignored. A number of more than 32 significant bytes makes the signature 0/0, which never
// verifies.
class LaxDer {
public:
    explicit LaxDer(ByteView bytes) : rest_(bytes) {}

    std::optional<secp256k1_ecdsa_signature> parse() {
        if (!tag(0x30) || !skip_sequence_length()) return std::nullopt;
        const std::optional<ByteView> r = integer();
        if (!r) return std::nullopt;
        const std::optional<ByteView> s = integer();
        if (!s) return std::nullopt;

        std::array<uint8_t, 64> compact{};
        const bool fits = put(*r, std::span(compact).first<32>()) && put(*s, std::span(compact).last<32>());
        secp256k1_ecdsa_signature out;
        if (!fits || secp256k1_ecdsa_signature_parse_compact(secp(), &out, compact.data()) != 1) {
            compact = {};
            CHECK(secp256k1_ecdsa_signature_parse_compact(secp(), &out, compact.data()) == 1);
        }
        return out;
    }

private:
    bool tag(uint8_t expected) {
        if (rest_.empty() || rest_[0] != expected) return false;
        rest_ = rest_.subspan(1);
        return true;
    }

    // The length of the whole is read but not believed.
    bool skip_sequence_length() {
        if (rest_.empty()) return false;
        const uint8_t first = rest_[0];
        rest_ = rest_.subspan(1);
        const size_t extra = (first & 0x80) != 0 ? first - 0x80u : 0;
        if (extra > rest_.size()) return false;
        rest_ = rest_.subspan(extra);
        return true;
    }

    std::optional<ByteView> integer() {
        if (!tag(0x02) || rest_.empty()) return std::nullopt;
        const uint8_t first = rest_[0];
        rest_ = rest_.subspan(1);
        size_t length = first;
        if ((first & 0x80) != 0) {
            size_t extra = first - 0x80u;
            if (extra > rest_.size()) return std::nullopt;
            while (extra > 0 && rest_[0] == 0) {
                rest_ = rest_.subspan(1);
                --extra;
            }
            if (extra >= 4) return std::nullopt;
            length = 0;
            for (; extra > 0; --extra) {
                length = length << 8 | rest_[0];
                rest_ = rest_.subspan(1);
            }
        }
        if (length > rest_.size()) return std::nullopt;
        const ByteView out = rest_.first(length);
        rest_ = rest_.subspan(length);
        return out;
    }

    static bool put(ByteView number, std::span<uint8_t, 32> to) {
        while (!number.empty() && number[0] == 0) number = number.subspan(1);
        if (number.size() > 32) return false;
        std::ranges::copy(number, to.end() - static_cast<std::ptrdiff_t>(number.size()));
        return true;
    }

    ByteView rest_;
};

secp256k1_ecdsa_signature sign(const SecretKey& key, const Hash256& digest, const uint8_t* extra = nullptr) {
    secp256k1_ecdsa_signature signature;
    CHECK(secp256k1_ecdsa_sign(secp(), &signature, digest.bytes.data(), key.view().data(), nullptr, extra) == 1);
    return signature;
}

bool has_low_r(const secp256k1_ecdsa_signature& signature) {
    std::array<uint8_t, 64> compact{};
    secp256k1_ecdsa_signature_serialize_compact(secp(), compact.data(), &signature);
    return compact[0] < 0x80;
}

}  // namespace

Bytes sign_ecdsa(const SecretKey& key, const Hash256& digest) {
    // Half of all nonces give an R that needs a byte more. Further ones come with a counter as RFC 6979's extra input
    // (32 bytes, little endian), as Bitcoin's wallets count.
    std::array<uint8_t, 32> extra{};
    secp256k1_ecdsa_signature signature = sign(key, digest);
    for (uint32_t counter = 1; !has_low_r(signature); ++counter) {
        for (size_t i = 0; i < 4; ++i) extra[i] = static_cast<uint8_t>(counter >> 8 * i);
        signature = sign(key, digest, extra.data());
    }
    Bytes out(72);
    size_t size = out.size();
    CHECK(secp256k1_ecdsa_signature_serialize_der(secp(), out.data(), &size, &signature) == 1);
    out.resize(size);
    return out;
}

Bytes sign_ecdsa_compact(const SecretKey& key, const Hash256& digest) {
    const secp256k1_ecdsa_signature signature = sign(key, digest);
    Bytes out(64);
    secp256k1_ecdsa_signature_serialize_compact(secp(), out.data(), &signature);
    return out;
}

bool verify_ecdsa(ByteView key, ByteView der, const Hash256& digest) {
    const auto point = detail::parse_point(key);
    if (!point) return false;
    std::optional<secp256k1_ecdsa_signature> signature = LaxDer(der).parse();
    if (!signature) return false;
    // libsecp256k1 verifies low S only; Bitcoin accepts both.
    secp256k1_ecdsa_signature_normalize(secp(), &*signature, &*signature);
    return secp256k1_ecdsa_verify(secp(), &*signature, digest.bytes.data(), &*point) == 1;
}

bool verify_ecdsa_compact(const PubKey& key, ByteView signature, const Hash256& digest) {
    const auto point = detail::parse_point(key.view());
    secp256k1_ecdsa_signature parsed;
    return point && signature.size() == 64 &&
           secp256k1_ecdsa_signature_parse_compact(secp(), &parsed, signature.data()) == 1 &&
           secp256k1_ecdsa_verify(secp(), &parsed, digest.bytes.data(), &*point) == 1;
}

namespace {
// A positive integer without needless padding, at the front of `bytes` with its tag and length; its whole size, 0 if
// bad.
size_t strict_integer(ByteView bytes) {
    if (bytes.size() < 3 || bytes[0] != 0x02) return 0;
    const size_t length = bytes[1];
    if (length == 0 || 2 + length > bytes.size()) return 0;
    if ((bytes[2] & 0x80) != 0) return 0;
    if (length > 1 && bytes[2] == 0 && (bytes[3] & 0x80) == 0) return 0;
    return 2 + length;
}
}  // namespace

bool is_strict_der(ByteView signature) {
    if (signature.size() < 9 || signature.size() > 73) return false;
    if (signature[0] != 0x30 || signature[1] != signature.size() - 3) return false;
    const ByteView body = signature.subspan(2, signature.size() - 3);
    const size_t r = strict_integer(body);
    return r != 0 && r < body.size() && strict_integer(body.subspan(r)) == body.size() - r;
}

bool is_low_s(ByteView der) {
    const std::optional<secp256k1_ecdsa_signature> signature = LaxDer(der).parse();
    return signature && secp256k1_ecdsa_signature_normalize(secp(), nullptr, &*signature) == 0;
}

}  // namespace sluice
