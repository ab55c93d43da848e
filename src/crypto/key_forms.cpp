#include "crypto/key_forms.h"

#include "crypto/detail/secp.h"
#include "util/check.h"

namespace sluice {

PubKey uncompressed(const PubKey& key) {
    const auto point = detail::parse_point(key.view());
    CHECK(point.has_value());
    std::array<uint8_t, 65> bytes{};
    size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(detail::secp(), bytes.data(), &size, &*point, SECP256K1_EC_UNCOMPRESSED);
    return *PubKey::parse(bytes);
}

SecretKey negated(const SecretKey& key) {
    Secret<32> bytes;
    std::ranges::copy(key.view(), bytes.mutable_view().begin());
    CHECK(secp256k1_ec_seckey_negate(detail::secp(), bytes.mutable_view().data()) == 1);
    return std::move(*SecretKey::from_bytes(bytes.view()));
}

}  // namespace sluice
