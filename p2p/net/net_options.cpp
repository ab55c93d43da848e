#include "p2p/net/net_options.h"

namespace sluice::net {
namespace {

Result<int64_t> bounded(const Options& options, std::string_view name, int64_t otherwise, int64_t least, int64_t most) {
    const int64_t value = TRY(options.get_int(name, otherwise));
    if (value < least || value > most) {
        return fail("-" + std::string(name) + " must be between " + std::to_string(least) + " and " + std::to_string(most));
    }
    return value;
}

Result<wire::NetAddress> numeric(std::string_view option, const std::string& text, uint16_t port) {
    const auto split = wire::split_host_port(text, port);
    const auto address = split ? wire::parse_ip(split->host, split->port) : std::nullopt;
    if (!address) return fail("Cannot resolve -" + std::string(option) + " address: '" + text + "'");
    return *address;
}

// Repeated options; a "0" among them (-noname) means none.
std::vector<std::string> names(const Options& options, std::string_view name) {
    std::vector<std::string> out = options.get_all(name);
    if (std::ranges::find(out, "0") != out.end()) out.clear();
    return out;
}

}  // namespace

Result<NetOptions> net_options(const Options& options, const wire::Magic& magic, uint16_t default_port,
                               std::vector<std::string> dns_seeds) {
    NetOptions out;
    out.magic = magic;
    out.default_port = static_cast<uint16_t>(TRY(bounded(options, "port", default_port, 1, 65535)));
    out.connect_only = options.is_set("connect");
    out.connect = names(options, "connect");
    out.add_nodes = names(options, "addnode");
    out.seed_nodes = names(options, "seednode");
    for (const auto* list : {&out.connect, &out.add_nodes, &out.seed_nodes}) {
        for (const std::string& node : *list) {
            if (!wire::split_host_port(node, default_port)) return fail("Invalid peer address: '" + node + "'");
        }
    }
    // As elementsd: -bind asks for listening, -connect for none, unless -listen says so itself.
    const std::vector<std::string> binds = names(options, "bind");
    out.listen = options.get_bool("listen", !binds.empty() || !out.connect_only);
    for (const std::string& bind : binds) {
        // "=onion" marks the address that a Tor service forwards to; it is listened on like any other.
        const std::string text = bind.substr(0, bind.find('='));
        out.binds.push_back(TRY(numeric("bind", text, out.default_port)));
    }
    if (!out.listen && !out.binds.empty()) return fail("Cannot set -bind or -whitebind together with -listen=0");
    out.dns_seeds = std::move(dns_seeds);
    out.dns_seed = options.get_bool("dnsseed", !out.connect_only) && !out.dns_seeds.empty();
    for (const std::string& text : names(options, "externalip")) {
        out.external.push_back(TRY(numeric("externalip", text, out.default_port)));
    }
    for (const std::string& text : names(options, "whitelist")) {
        const auto subnet = parse_subnet(text.substr(text.find('@') == std::string::npos ? 0 : text.find('@') + 1));
        if (!subnet) return fail("Invalid netmask specified in -whitelist: '" + text + "'");
        out.whitelist.push_back(*subnet);
    }
    out.max_connections = static_cast<size_t>(TRY(bounded(options, "maxconnections", 125, 0, 10'000)));
    out.ban_seconds = TRY(bounded(options, "bantime", 24 * 3600, 1, int64_t{100} * 365 * 24 * 3600));
    out.network_active = options.get_bool("networkactive", true);
    out.send_soft_limit = static_cast<size_t>(TRY(bounded(options, "maxsendbuffer", 1000, 1, 1'000'000))) * 1000;
    out.send_hard_limit = out.send_soft_limit + 4 * wire::kMaxPayload;
    out.handshake_timeout = std::chrono::seconds(TRY(bounded(options, "peertimeout", 60, 1, 3600)));
    out.connect_timeout = std::chrono::seconds((TRY(bounded(options, "timeout", 5000, 1, 600'000)) + 999) / 1000);
    return out;
}

}  // namespace sluice::net
