// The real Verifier: ECDSA on secp256k1. Stateless; any thread.
#pragma once

#include "federation/agreement/types.h"

namespace sluice::agreement {

class EcdsaVerifier final : public Verifier {
public:
    [[nodiscard]] bool verify(ByteView key, const Hash256& digest, const Signature& signature) const override;
    [[nodiscard]] bool verify_block(ByteView key, const BlockHash& hash, ByteView der) const override;
};

}  // namespace sluice::agreement
