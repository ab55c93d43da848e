// The ChaCha20 stream (RFC 8439 block function, 64-bit counter and nonce as in the original), as MuHash and the address
// managers of Bitcoin use it. Not an authenticated cipher: see seal.h for that.
#pragma once

#include "util/bytes.h"

namespace sluice {

// Fills `out` with the key stream from block 0. Precondition: key.size() == 32.
void chacha20_stream(ByteView key, uint64_t nonce, MutableBytes out);

}  // namespace sluice
