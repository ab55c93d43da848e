#include "http/subnet.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace sluice::http {
namespace {

using Address = std::array<uint8_t, 16>;
constexpr size_t kMapped = 12;  // an IPv4 address is the last 4 bytes of ::ffff:0:0/96

Address map_ipv4(const void* bytes) {
    Address out{};
    out[10] = out[11] = 0xff;
    std::copy_n(static_cast<const uint8_t*>(bytes), 4, out.begin() + kMapped);
    return out;
}

// The address and whether it was written as IPv4.
std::optional<std::pair<Address, bool>> parse_address(std::string_view text) {
    // As people write IPv6 addresses next to ports.
    if (text.size() > 2 && text.front() == '[' && text.back() == ']' && text.find(':') != text.npos)
        text = text.substr(1, text.size() - 2);
    const std::string copy(text);
    in_addr four{};
    if (inet_pton(AF_INET, copy.c_str(), &four) == 1) return std::pair{map_ipv4(&four), true};
    Address six{};
    if (inet_pton(AF_INET6, copy.c_str(), six.data()) == 1) return std::pair{six, false};
    return std::nullopt;
}

bool is_prefix(const Address& mask) {
    bool ended = false;
    for (const uint8_t byte : mask) {
        for (int bit = 7; bit >= 0; --bit) {
            const bool set = (byte >> bit & 1) != 0;
            if (set && ended) return false;
            ended = ended || !set;
        }
    }
    return true;
}

}  // namespace

std::optional<Subnet> Subnet::parse(std::string_view text) {
    const size_t slash = text.find('/');
    const auto network = parse_address(text.substr(0, slash));
    if (!network) return std::nullopt;
    Subnet out;
    out.mask_.fill(0xff);
    if (slash != text.npos) {
        const std::string_view tail = text.substr(slash + 1);
        size_t bits = 0;
        const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), bits);
        if (!tail.empty() && error == std::errc() && end == tail.data() + tail.size()) {
            if (bits > (network->second ? 32u : 128u)) return std::nullopt;
            if (network->second) bits += 96;
            for (size_t i = 0; i < 128; ++i) {
                if (i >= bits) out.mask_[i / 8] &= static_cast<uint8_t>(~(0x80 >> i % 8));
            }
        } else {
            const auto mask = parse_address(tail);
            if (!mask || mask->second != network->second) return std::nullopt;
            out.mask_ = mask->first;
            if (mask->second) std::fill_n(out.mask_.begin(), kMapped, 0xff);
            if (!is_prefix(out.mask_)) return std::nullopt;
        }
    }
    for (size_t i = 0; i < out.network_.size(); ++i) out.network_[i] = network->first[i] & out.mask_[i];
    return out;
}

bool Subnet::contains(const sockaddr& address) const {
    Address bytes{};
    if (address.sa_family == AF_INET) {
        bytes = map_ipv4(&reinterpret_cast<const sockaddr_in&>(address).sin_addr);
    } else if (address.sa_family == AF_INET6) {
        std::copy_n(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr.s6_addr, 16, bytes.begin());
    } else {
        return false;
    }
    for (size_t i = 0; i < bytes.size(); ++i) {
        if ((bytes[i] & mask_[i]) != network_[i]) return false;
    }
    return true;
}

}  // namespace sluice::http
