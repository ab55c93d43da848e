// Between our addresses and the operating system's.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "p2p/wire/address.h"

namespace sluice::net::detail {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// nullopt for networks that have no socket (onion, I2P).
std::optional<SocketAddress> to_socket(const wire::NetAddress& address);
wire::NetAddress from_socket(const sockaddr* address);
wire::NetAddress local_address(int fd);

// Blocks while the system's resolver works; never on the net loop.
std::vector<wire::NetAddress> resolve_blocking(const std::string& host, uint16_t port);

}  // namespace sluice::net::detail
