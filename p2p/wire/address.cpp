#include "p2p/wire/address.h"

#include <charconv>
#include <cstdio>
#include <cstring>

namespace sluice::wire {
namespace {

constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<uint8_t, 6> kOnionCat = {0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43};

bool starts_with(ByteView bytes, ByteView prefix) {
    return bytes.size() >= prefix.size() && equal(bytes.first(prefix.size()), prefix);
}

size_t expected_size(uint8_t network) {
    switch (network) {
        case 1: return 4;
        case 2: return 16;
        case 3: return 10;  // Tor version 2: no longer reachable
        case 4: return 32;
        case 5: return 32;
        case 6: return 16;
        default: return 0;
    }
}

NetAddress make(Network network, ByteView bytes, uint16_t port) {
    NetAddress out;
    out.network = network;
    out.size = static_cast<uint8_t>(bytes.size());
    std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
    out.port = port;
    return out;
}

bool routable_v4(ByteView ip) {
    const uint8_t a = ip[0];
    const uint8_t b = ip[1];
    const bool special = a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && b >= 64 && b < 128) ||
                         (a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
                         (a == 198 && (b == 18 || b == 19)) || (a == 192 && b == 0 && (ip[2] == 0 || ip[2] == 2)) ||
                         (a == 198 && b == 51 && ip[2] == 100) || (a == 203 && b == 0 && ip[2] == 113);
    return !special;
}

bool routable_v6(ByteView ip) {
    const bool zero_prefix = std::all_of(ip.begin(), ip.begin() + 15, [](uint8_t x) { return x == 0; });
    if (zero_prefix) return false;                                                       // :: and ::1
    if ((ip[0] & 0xfe) == 0xfc) return false;                                            // unique local
    if (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) return false;                           // link local
    if (ip[0] == 0xff) return false;                                                     // multicast
    if (ip[0] == 0x20 && ip[1] == 0x01 && ip[2] == 0x0d && ip[3] == 0xb8) return false;  // documentation
    return true;
}

std::optional<std::array<uint8_t, 4>> parse_v4(std::string_view text) {
    std::array<uint8_t, 4> out{};
    for (size_t i = 0; i < 4; ++i) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const auto used = static_cast<size_t>(end - text.data());
        if (error != std::errc() || used == 0 || used > 3 || value > 255) return std::nullopt;
        if (used > 1 && text[0] == '0') return std::nullopt;
        out[i] = static_cast<uint8_t>(value);
        text.remove_prefix(used);
        if (i < 3) {
            if (text.empty() || text[0] != '.') return std::nullopt;
            text.remove_prefix(1);
        }
    }
    if (!text.empty()) return std::nullopt;
    return out;
}

// Groups of one side of a "::"; the last may be a dotted IPv4.
std::optional<Bytes> parse_v6_side(std::string_view text) {
    Bytes out;
    while (!text.empty()) {
        const size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
            const auto v4 = parse_v4(group);
            if (!v4) return std::nullopt;
            append(out, *v4);
            return out;
        }
        unsigned value = 0;
        const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
        if (error != std::errc() || end != group.data() + group.size() || group.size() > 4) return std::nullopt;
        out.push_back(static_cast<uint8_t>(value >> 8));
        out.push_back(static_cast<uint8_t>(value));
        if (colon == std::string_view::npos) return out;
        text.remove_prefix(colon + 1);
        if (text.empty()) return std::nullopt;  // a lone colon at the end
    }
    return out;
}

std::optional<std::array<uint8_t, 16>> parse_v6(std::string_view text) {
    std::array<uint8_t, 16> out{};
    const size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        const auto all = parse_v6_side(text);
        if (!all || all->size() != 16) return std::nullopt;
        std::ranges::copy(*all, out.begin());
        return out;
    }
    const auto head = parse_v6_side(text.substr(0, gap));
    const auto tail = parse_v6_side(text.substr(gap + 2));
    if (!head || !tail || head->size() + tail->size() > 14) return std::nullopt;
    std::ranges::copy(*head, out.begin());
    std::ranges::copy(*tail, out.end() - static_cast<ptrdiff_t>(tail->size()));
    return out;
}

std::string v6_text(ByteView ip) {
    // The longest run of zero groups (two or more, the first of equals) is written "::" (RFC 5952).
    std::array<unsigned, 8> groups{};
    for (size_t i = 0; i < 8; ++i) groups[i] = (unsigned{ip[2 * i]} << 8) | ip[2 * i + 1];
    size_t best = 8;
    size_t best_length = 1;
    for (size_t i = 0; i < 8; ++i) {
        size_t n = 0;
        while (i + n < 8 && groups[i + n] == 0) ++n;
        if (n > best_length) {
            best = i;
            best_length = n;
        }
    }
    std::string out;
    for (size_t i = 0; i < 8; ++i) {
        if (i == best) {
            out += "::";
            i += best_length - 1;
            continue;
        }
        char group[8];
        std::snprintf(group, sizeof(group), "%x", groups[i]);
        if (!out.empty() && out.back() != ':') out += ':';
        out += group;
    }
    return out;
}

}  // namespace

const char* to_string(Network network) {
    switch (network) {
        case Network::kNone: return "not_publicly_routable";
        case Network::kIpv4: return "ipv4";
        case Network::kIpv6: return "ipv6";
        case Network::kTorV3: return "onion";
        case Network::kI2p: return "i2p";
        case Network::kCjdns: return "cjdns";
    }
    return "not_publicly_routable";
}

bool NetAddress::is_routable() const {
    // I2P knows no ports: its addresses come with 0.
    if (network == Network::kNone || (port == 0 && network != Network::kI2p)) return false;
    if (network == Network::kIpv4) return routable_v4(view());
    if (network == Network::kIpv6) return routable_v6(view());
    return true;
}

bool NetAddress::is_local() const {
    if (network == Network::kIpv4) return bytes[0] == 127 || bytes[0] == 0;
    if (network != Network::kIpv6) return false;
    return std::all_of(bytes.begin(), bytes.begin() + 15, [](uint8_t x) { return x == 0; });
}

std::string NetAddress::host() const {
    if (network == Network::kIpv4) {
        char out[16];
        std::snprintf(out, sizeof(out), "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        return out;
    }
    if (network == Network::kIpv6 || network == Network::kCjdns) return v6_text(view());
    return {};
}

std::string NetAddress::to_string() const {
    const std::string name = host();
    if (name.empty()) return std::string(wire::to_string(network)) + ":" + std::to_string(port);
    if (network == Network::kIpv4) return name + ":" + std::to_string(port);
    return "[" + name + "]:" + std::to_string(port);
}

Bytes NetAddress::group() const {
    Bytes out{static_cast<uint8_t>(network)};
    if (is_local() || !is_routable()) return out;
    switch (network) {
        case Network::kIpv4: append(out, view().first(2)); break;
        case Network::kIpv6: append(out, view().first(4)); break;
        default: out.push_back(static_cast<uint8_t>(bytes[0] | 0x0f)); break;
    }
    return out;
}

std::optional<NetAddress> ip_address(ByteView bytes, uint16_t port) {
    if (bytes.size() == 4) return make(Network::kIpv4, bytes, port);
    if (bytes.size() != 16) return std::nullopt;
    if (starts_with(bytes, kMapped)) return make(Network::kIpv4, bytes.subspan(12), port);
    return make(Network::kIpv6, bytes, port);
}

std::optional<NetAddress> parse_ip(std::string_view text, uint16_t port) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    if (const auto v4 = parse_v4(text)) return ip_address(*v4, port);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
    if (const auto v6 = parse_v6(text)) return ip_address(*v6, port);
    return std::nullopt;
}

std::optional<HostPort> split_host_port(std::string_view text, uint16_t default_port) {
    HostPort out;
    out.port = default_port;
    const size_t colon = text.rfind(':');
    const bool bracketed = !text.empty() && text.front() == '[';
    const bool has_port =
        colon != std::string_view::npos && (bracketed ? colon > 0 && text[colon - 1] == ']' : text.find(':') == colon);
    std::string_view host = text;
    if (has_port) {
        host = text.substr(0, colon);
        const std::string_view digits = text.substr(colon + 1);
        unsigned value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error != std::errc() || end != digits.data() + digits.size() || value == 0 || value > 65535)
            return std::nullopt;
        out.port = static_cast<uint16_t>(value);
    }
    if (bracketed) {
        if (host.size() < 3 || host.back() != ']') return std::nullopt;
        host = host.substr(1, host.size() - 2);
    }
    if (host.empty()) return std::nullopt;
    out.host = std::string(host);
    return out;
}

void describe_legacy(Reader& r, NetAddress& a) {
    const ByteView ip = r.take(16);
    const uint16_t port = r.u16_be();
    if (r.ok()) a = starts_with(ip, kOnionCat) ? NetAddress{} : *ip_address(ip, port);
}

void describe_legacy(Writer& w, const NetAddress& a) {
    if (a.network == Network::kIpv4) {
        w.raw(kMapped);
        w.raw(a.view());
    } else if (a.network == Network::kIpv6) {
        w.raw(a.view());
    } else {
        w.raw(std::array<uint8_t, 16>{});
    }
    w.u16_be(a.port);
}

void describe_bip155(Reader& r, NetAddress& a) {
    const uint8_t network = r.u8();
    const uint64_t length = r.compact_size();
    if (length > 512) r.fail(DecodeError::kOversize);
    const ByteView bytes = r.take(length);
    const uint16_t port = r.u16_be();
    a = NetAddress{};
    if (!r.ok()) return;
    const size_t expected = expected_size(network);
    if (expected != 0 && expected != length) return r.fail(DecodeError::kBadValue);
    if (expected == 0 || network == 3) return;
    if (network == 2 && (starts_with(bytes, kMapped) || starts_with(bytes, kOnionCat)))
        return;  // BIP155: to be ignored
    if (network == 6 && bytes[0] != 0xfc) return;
    a = make(static_cast<Network>(network), bytes, port);
}

void describe_bip155(Writer& w, const NetAddress& a) {
    w.u8(static_cast<uint8_t>(a.network));
    w.var_bytes(a.view());
    w.u16_be(a.port);
}

}  // namespace sluice::wire
