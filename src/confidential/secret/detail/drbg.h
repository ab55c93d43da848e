// The deterministic generator of RFC 6979 section 3.2 over HMAC-SHA256, as libsecp256k1 seeds and draws from it.
// Private to confidential/secret.
#pragma once

#include <array>

#include "util/bytes.h"

namespace sluice::confidential::secret {

class Drbg {
public:
    explicit Drbg(ByteView seed);
    ~Drbg();
    Drbg(const Drbg&) = delete;
    Drbg& operator=(const Drbg&) = delete;

    // The next 32 bytes; valid until the next call.
    ByteView next();

private:
    void update(uint8_t separator, ByteView seed);

    std::array<uint8_t, 32> key_{};
    std::array<uint8_t, 32> value_{};
    bool drawn_ = false;
};

}  // namespace sluice::confidential::secret
