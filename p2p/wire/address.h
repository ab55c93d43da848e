// Where a peer can be reached, and how addr (legacy) and addrv2 (BIP155) spell it. Pure values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/describe.h"
#include "util/bytes.h"

namespace sluice::wire {

// BIP155 network ids. kNone: an address that we cannot use (unknown network, or one that must not travel); it is
// dropped.
enum class Network : uint8_t { kNone = 0, kIpv4 = 1, kIpv6 = 2, kTorV3 = 4, kI2p = 5, kCjdns = 6 };
const char* to_string(Network network);

struct NetAddress {
    Network network = Network::kNone;
    uint8_t size = 0;                 // of `bytes` that are used: 4, 16 or 32
    std::array<uint8_t, 32> bytes{};  // network order
    uint16_t port = 0;

    [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
    // Whether it can be reached over the public network (kNone, private, loopback and multicast ranges cannot).
    [[nodiscard]] bool is_routable() const;
    [[nodiscard]] bool is_local() const;
    // "1.2.3.4" or "::1": without port; "" for networks that have no numeric text here.
    [[nodiscard]] std::string host() const;
    // "1.2.3.4:7042", "[::1]:7042".
    [[nodiscard]] std::string to_string() const;
    // What one operator is likely to control: /16 of IPv4, /32 of IPv6, 4 bits of the others.
    [[nodiscard]] Bytes group() const;
    [[nodiscard]] bool same_host(const NetAddress& other) const {
        return network == other.network && bytes == other.bytes;
    }
    auto operator<=>(const NetAddress&) const = default;
};

// 4 or 16 bytes; 16 bytes of an IPv4-mapped address give IPv4. nullopt for other sizes.
std::optional<NetAddress> ip_address(ByteView bytes, uint16_t port);
// Numeric IPv4 or IPv6 text, brackets allowed around IPv6. No names.
std::optional<NetAddress> parse_ip(std::string_view text, uint16_t port);
// "host", "host:port", "[v6]:port": the host and the port (default_port when absent); nullopt if the port is not a
// number in 1..65535 or the host is empty.
struct HostPort {
    std::string host;
    uint16_t port = 0;
};
std::optional<HostPort> split_host_port(std::string_view text, uint16_t default_port);

// The 16 bytes and port of the legacy form. Networks that do not fit are written as zeros.
void describe_legacy(Reader& r, NetAddress& a);
void describe_legacy(Writer& w, const NetAddress& a);
// Network id, length-prefixed address, port. Unknown networks decode to kNone; a known network with the wrong length
// fails.
void describe_bip155(Reader& r, NetAddress& a);
void describe_bip155(Writer& w, const NetAddress& a);

struct PeerAddress {
    uint32_t time = 0;  // Unix seconds: last seen
    uint64_t services = 0;
    NetAddress address;
    bool operator==(const PeerAddress&) const = default;
};

}  // namespace sluice::wire
