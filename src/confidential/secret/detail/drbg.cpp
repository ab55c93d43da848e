#include "confidential/secret/detail/drbg.h"

#include "crypto/hash.h"
#include "util/secret.h"

namespace sluice::confidential::secret {

Drbg::Drbg(ByteView seed) {
    value_.fill(1);
    update(0, seed);
    update(1, seed);
}

Drbg::~Drbg() {
    wipe(key_);
    wipe(value_);
}

// K = HMAC(K, V || separator || seed), V = HMAC(K, V).
void Drbg::update(uint8_t separator, ByteView seed) {
    Bytes message;
    message.reserve(value_.size() + 1 + seed.size());
    append(message, value_);
    message.push_back(separator);
    append(message, seed);
    key_ = hmac_sha256(key_, message).bytes;
    value_ = hmac_sha256(key_, value_).bytes;
    wipe(message);
}

ByteView Drbg::next() {
    if (drawn_) update(0, {});
    drawn_ = true;
    value_ = hmac_sha256(key_, value_).bytes;
    return value_;
}

}  // namespace sluice::confidential::secret
