#include "p2p/net/detail/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>

namespace sluice::net::detail {

std::optional<SocketAddress> to_socket(const wire::NetAddress& address) {
    SocketAddress out;
    if (address.network == wire::Network::kIpv4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(address.port);
        std::memcpy(&in.sin_addr, address.bytes.data(), 4);
        std::memcpy(&out.storage, &in, sizeof(in));
        out.size = sizeof(in);
        return out;
    }
    if (address.network == wire::Network::kIpv6) {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(address.port);
        std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
        std::memcpy(&out.storage, &in, sizeof(in));
        out.size = sizeof(in);
        return out;
    }
    return std::nullopt;
}

wire::NetAddress from_socket(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in in;
        std::memcpy(&in, address, sizeof(in));
        std::array<uint8_t, 4> ip{};
        std::memcpy(ip.data(), &in.sin_addr, 4);
        return *wire::ip_address(ip, ntohs(in.sin_port));
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 in;
        std::memcpy(&in, address, sizeof(in));
        std::array<uint8_t, 16> ip{};
        std::memcpy(ip.data(), &in.sin6_addr, 16);
        return *wire::ip_address(ip, ntohs(in.sin6_port));
    }
    return {};
}

wire::NetAddress local_address(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
    return from_socket(reinterpret_cast<const sockaddr*>(&storage));
}

std::vector<wire::NetAddress> resolve_blocking(const std::string& host, uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    std::vector<wire::NetAddress> out;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return out;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        wire::NetAddress address = from_socket(at->ai_addr);
        address.port = port;
        if (address.network != wire::Network::kNone) out.push_back(address);
    }
    freeaddrinfo(found);
    return out;
}

}  // namespace sluice::net::detail
