#include "federation/agreement/ecdsa_verifier.h"

#include "crypto/ecdsa.h"

namespace sluice::agreement {

bool EcdsaVerifier::verify(ByteView key, const Hash256& digest, const Signature& signature) const {
    const auto parsed = PubKey::parse(key);
    return parsed && verify_ecdsa_compact(*parsed, signature.view(), digest);
}

bool EcdsaVerifier::verify_block(ByteView key, const BlockHash& hash, ByteView der) const {
    if (der.size() > 72) return false;
    Bytes with_type = to_bytes(der);
    with_type.push_back(1);
    return is_strict_der(with_type) && is_low_s(der) && verify_ecdsa(key, der, Hash256::from(hash));
}

}  // namespace sluice::agreement
