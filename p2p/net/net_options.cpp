#include "p2p/net/net_options.h"

namespace sluice::net {
namespace {

Result<int64_t> bounded(const Options& options, std::string_view name, int64_t otherwise, int64_t least, int64_t most) {
    const int64_t value = TRY(options.get_int(name, otherwise));
    if (value < least || value > most) {
        return fail("-" + std::string(name) + " must be between " + std::to_string(least) + " and " +
                    std::to_string(most));
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

Status refuse_proxies(const Options& options) {
    for (const char* name : {"proxy", "onion"}) {
        const std::string value = options.get_or(name, "0");
        if (!value.empty() && value != "0")
            return fail("-" + std::string(name) + " is not supported: connections would not go through it");
    }
    return {};
}

Result<std::set<wire::Network>> only_networks(const Options& options) {
    std::set<wire::Network> out;
    for (const std::string& name : names(options, "onlynet")) {
        if (name == "ipv4") {
            out.insert(wire::Network::kIpv4);
        } else if (name == "ipv6") {
            out.insert(wire::Network::kIpv6);
        } else {
            return fail("Unknown network specified in -onlynet: '" + name + "'");
        }
    }
    return out;
}

// What a whitelisted peer may do when the user named no permission.
Permissions implicit_permissions(const Options& options) {
    Permissions out;
    out.no_ban = out.download = out.mempool = true;
    out.force_relay = options.get_bool("whitelistforcerelay", false);
    out.relay = out.force_relay || options.get_bool("whitelistrelay", true);
    return out;
}

Status read_listening(const Options& options, NetOptions& out) {
    // As elementsd: -bind asks for listening, -connect for none, unless -listen says so itself.
    const std::vector<std::string> binds = names(options, "bind");
    const std::vector<std::string> trusted = names(options, "whitebind");
    out.listen = options.get_bool("listen", !binds.empty() || !trusted.empty() || !out.connect_only);
    if (!out.listen && (!binds.empty() || !trusted.empty()))
        return fail("Cannot set -bind or -whitebind together with -listen=0");
    for (const std::string& bind : binds) {
        // "=onion" marks the address that a Tor service forwards to; it is listened on like any other.
        out.binds.push_back(TRY(numeric("bind", bind.substr(0, bind.find('=')), out.default_port)));
    }
    const Permissions implicit = implicit_permissions(options);
    for (const std::string& bind : trusted) {
        const Grant grant = TRY(parse_grant(bind, implicit, false));
        const wire::NetAddress address = TRY(numeric("whitebind", grant.rest, 0));
        if (address.port == 0) return fail("Need to specify a port with -whitebind: '" + grant.rest + "'");
        out.trusted_binds.push_back({address, grant.permissions});
    }
    for (const std::string& text : names(options, "externalip")) {
        out.external.push_back(TRY(numeric("externalip", text, out.default_port)));
    }
    for (const std::string& text : names(options, "whitelist")) {
        const Grant grant = TRY(parse_grant(text, implicit, true));
        const auto subnet = parse_subnet(grant.rest);
        if (!subnet) return fail("Invalid netmask specified in -whitelist: '" + grant.rest + "'");
        out.whitelist.push_back({*subnet, grant.permissions, grant.inbound, grant.outbound});
    }
    return {};
}

Status read_limits(const Options& options, NetOptions& out) {
    out.max_connections = static_cast<size_t>(TRY(bounded(options, "maxconnections", 125, 0, 10'000)));
    out.ban_seconds = TRY(bounded(options, "bantime", 24 * 3600, 1, int64_t{100} * 365 * 24 * 3600));
    out.receive_limit = static_cast<size_t>(TRY(bounded(options, "maxreceivebuffer", 5000, 1, 1'000'000))) * 1000;
    out.send_soft_limit = static_cast<size_t>(TRY(bounded(options, "maxsendbuffer", 1000, 1, 1'000'000))) * 1000;
    out.send_hard_limit = out.send_soft_limit + 4 * wire::kMaxPayload;
    const int64_t patience = TRY(options.get_int("peertimeout", 60));
    if (patience <= 0) return fail("peertimeout must be a positive integer.");
    out.handshake_timeout = std::chrono::seconds(std::min<int64_t>(patience, 1'000'000'000));
    out.connect_timeout = std::chrono::seconds((TRY(bounded(options, "timeout", 5000, 1, 600'000)) + 999) / 1000);
    return {};
}

}  // namespace

Result<NetOptions> net_options(const Options& options, const NetworkDefaults& defaults) {
    TRY_VOID(refuse_proxies(options));
    NetOptions out;
    out.magic = defaults.magic;
    out.default_port = static_cast<uint16_t>(TRY(bounded(options, "port", defaults.port, 1, 65535)));
    out.connect_only = options.is_set("connect");
    out.connect = names(options, "connect");
    out.add_nodes = names(options, "addnode");
    out.seed_nodes = names(options, "seednode");
    for (const auto* list : {&out.connect, &out.add_nodes, &out.seed_nodes}) {
        for (const std::string& node : *list) {
            if (!wire::split_host_port(node, out.default_port)) return fail("Invalid peer address: '" + node + "'");
        }
    }
    out.only = TRY(only_networks(options));
    out.network_active = options.get_bool("networkactive", true);
    out.dns_lookup = options.get_bool("dns", true);
    out.dns_seeds = defaults.dns_seeds;
    out.dns_seed = options.get_bool("dnsseed", !out.connect_only && out.dns_lookup) && !out.dns_seeds.empty();
    out.force_dns_seed = options.get_bool("forcednsseed", false);
    if (out.force_dns_seed && !options.get_bool("dnsseed", true))
        return fail("Cannot set -forcednsseed to true when setting -dnsseed to false.");
    if (options.get_bool("fixedseeds", true)) out.fixed_seeds = defaults.fixed_seeds;
    TRY_VOID(read_listening(options, out));
    TRY_VOID(read_limits(options, out));
    return out;
}

}  // namespace sluice::net
