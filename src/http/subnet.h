// Subnet: a set of addresses as -rpcallowip writes it: one address, address/bits or address/netmask, IPv4 or IPv6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

struct sockaddr;

namespace sluice::http {

class Subnet {
public:
    static std::optional<Subnet> parse(std::string_view text);
    // IPv4 inside IPv6 (::ffff:a.b.c.d) matches as IPv4.
    [[nodiscard]] bool contains(const sockaddr& address) const;

private:
    std::array<uint8_t, 16> network_{};
    std::array<uint8_t, 16> mask_{};
};

}  // namespace sluice::http
