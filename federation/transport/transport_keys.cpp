#include "federation/transport/transport_keys.h"

#include <zmq.h>

#include <array>
#include <cstring>

namespace sluice::transport {
namespace {
constexpr size_t kZ85Size = 41;  // of 32 bytes, with the end mark
}

Result<TransportKeys> transport_keys_from_secret(ByteView secret) {
    if (secret.size() != 32) return fail("a transport key has 32 bytes");
    std::array<char, kZ85Size> secret_text{};
    std::array<char, kZ85Size> public_text{};
    TransportKeys keys;
    std::memcpy(keys.secret.mutable_view().data(), secret.data(), secret.size());
    const bool good = zmq_z85_encode(secret_text.data(), secret.data(), secret.size()) != nullptr &&
                      zmq_curve_public(public_text.data(), secret_text.data()) == 0 &&
                      zmq_z85_decode(keys.public_key.mutable_view().data(), public_text.data()) != nullptr;
    wipe({reinterpret_cast<uint8_t*>(secret_text.data()), secret_text.size()});
    if (!good) return fail("this ZeroMQ has no CURVE");
    return keys;
}

Result<TransportKeys> generate_transport_keys() {
    std::array<char, kZ85Size> secret_text{};
    std::array<char, kZ85Size> public_text{};
    if (zmq_curve_keypair(public_text.data(), secret_text.data()) != 0) return fail("this ZeroMQ has no CURVE");
    TransportKeys keys;
    zmq_z85_decode(keys.public_key.mutable_view().data(), public_text.data());
    zmq_z85_decode(keys.secret.mutable_view().data(), secret_text.data());
    wipe({reinterpret_cast<uint8_t*>(secret_text.data()), secret_text.size()});
    return keys;
}

}  // namespace sluice::transport
