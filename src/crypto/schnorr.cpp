#include "crypto/schnorr.h"

#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include "crypto/detail/secp.h"
#include "util/check.h"

namespace sluice {

using detail::secp;

bool verify_schnorr(ByteView key, ByteView message, ByteView signature) {
    secp256k1_xonly_pubkey point;
    return key.size() == 32 && signature.size() == 64 &&
           secp256k1_xonly_pubkey_parse(secp(), &point, key.data()) == 1 &&
           secp256k1_schnorrsig_verify(secp(), signature.data(), message.data(), message.size(), &point) == 1;
}

Bytes sign_schnorr(const SecretKey& key, ByteView message, ByteView auxiliary) {
    CHECK(auxiliary.size() == 32);
    secp256k1_keypair pair;
    CHECK(secp256k1_keypair_create(secp(), &pair, key.view().data()) == 1);
    Bytes out(64);
    secp256k1_schnorrsig_extraparams extra = SECP256K1_SCHNORRSIG_EXTRAPARAMS_INIT;
    extra.ndata = const_cast<uint8_t*>(auxiliary.data());  // the library only reads it
    const int ok = secp256k1_schnorrsig_sign_custom(secp(), out.data(), message.data(), message.size(), &pair, &extra);
    wipe({reinterpret_cast<uint8_t*>(&pair), sizeof(pair)});
    CHECK(ok == 1);
    return out;
}

}  // namespace sluice
