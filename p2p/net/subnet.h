// Subnet: an address range, as setban and -whitelist take it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "p2p/wire/address.h"

namespace sluice::net {

struct Subnet {
    wire::NetAddress base;  // bits behind the prefix and the port are zero
    uint8_t prefix = 0;     // bits

    [[nodiscard]] bool contains(const wire::NetAddress& address) const;
    [[nodiscard]] std::string to_string() const;  // "1.2.3.4/32", "2001:db8::/32"
    auto operator<=>(const Subnet&) const = default;
};

Subnet single_host(const wire::NetAddress& address);
// "1.2.3.4", "1.2.0.0/16", "1.2.0.0/255.255.0.0", "2001:db8::/32". Netmasks must be contiguous.
std::optional<Subnet> parse_subnet(std::string_view text);

}  // namespace sluice::net
