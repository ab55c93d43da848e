#include "p2p/net/subnet.h"

#include <charconv>

namespace sluice::net {
namespace {

void clear_host_bits(wire::NetAddress& address, unsigned prefix) {
    for (unsigned bit = prefix; bit < address.size * 8u; ++bit) {
        address.bytes[bit / 8] = static_cast<uint8_t>(address.bytes[bit / 8] & ~(0x80u >> (bit % 8)));
    }
    address.port = 0;
}

std::optional<unsigned> prefix_of_mask(const wire::NetAddress& mask) {
    unsigned prefix = 0;
    bool ended = false;
    for (const uint8_t byte : mask.view()) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            const bool one = ((byte << bit) & 0x80) != 0;
            if (one && ended) return std::nullopt;
            if (one) ++prefix;
            ended = ended || !one;
        }
    }
    return prefix;
}

}  // namespace

bool Subnet::contains(const wire::NetAddress& address) const {
    if (address.network != base.network) return false;
    wire::NetAddress cut = address;
    clear_host_bits(cut, prefix);
    return cut == base;
}

std::string Subnet::to_string() const { return base.host() + "/" + std::to_string(prefix); }

Subnet single_host(const wire::NetAddress& address) {
    Subnet out{address, static_cast<uint8_t>(address.size * 8 - (address.size == 32 ? 1 : 0))};
    out.base.port = 0;
    if (address.size == 32) out.prefix = 255;  // 256 does not fit, and 32-byte addresses have no ranges
    return out;
}

std::optional<Subnet> parse_subnet(std::string_view text) {
    const size_t slash = text.find('/');
    std::optional<wire::NetAddress> base = wire::parse_ip(text.substr(0, slash), 0);
    if (!base) return std::nullopt;
    unsigned prefix = base->size * 8u;
    if (slash != std::string_view::npos) {
        const std::string_view mask = text.substr(slash + 1);
        const unsigned most = prefix;
        const auto [end, error] = std::from_chars(mask.data(), mask.data() + mask.size(), prefix);
        if (error != std::errc() || end != mask.data() + mask.size()) {
            const auto address = wire::parse_ip(mask, 0);
            const auto bits = address && address->network == base->network ? prefix_of_mask(*address) : std::nullopt;
            if (!bits) return std::nullopt;
            prefix = *bits;
        }
        if (prefix > most) return std::nullopt;
    }
    clear_host_bits(*base, prefix);
    return Subnet{*base, static_cast<uint8_t>(prefix)};
}

}  // namespace sluice::net
