// Keys of links (CURVE: x25519). They authenticate a link, nothing else: what members agree on is signed by block keys.
#pragma once

#include "util/fixed_bytes.h"
#include "util/result.h"
#include "util/secret.h"

namespace sluice::transport {

using TransportKey = FixedBytes<struct TransportKeyTag, 32>;

struct TransportKeys {
    TransportKey public_key;
    Secret<32> secret;
};

// Fails only if ZeroMQ was built without CURVE.
Result<TransportKeys> generate_transport_keys();
Result<TransportKeys> transport_keys_from_secret(ByteView secret);

}  // namespace sluice::transport
