#include "rpc/net_methods.h"

#include <cstdio>
#include <map>

#include "p2p/net/connections.h"
#include "p2p/sync/engine.h"
#include "p2p/wire/messages.h"
#include "rpc/dispatcher.h"
#include "rpc/net_parts.h"
#include "util/clock.h"

namespace sluice::rpc {
namespace {

constexpr int kProtocolVersion = 70016;

std::string services_hex(uint64_t services) {
    char text[20];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(services));
    return text;
}

Json services_names(uint64_t services) {
    static const std::map<int, const char*> kNames = {
        {0, "NETWORK"}, {2, "BLOOM"}, {3, "WITNESS"}, {6, "COMPACT_FILTERS"}, {10, "NETWORK_LIMITED"}, {11, "P2P_V2"}};
    Json out = Json::array();
    for (int bit = 0; bit < 64; ++bit) {
        if ((services >> bit & 1) == 0) continue;
        const auto known = kNames.find(bit);
        out.push_back(known != kNames.end() ? std::string(known->second) : "UNKNOWN[2^" + std::to_string(bit) + "]");
    }
    return out;
}

Json per_message(const std::map<std::string, uint64_t>& bytes) {
    Json out = Json::object();
    for (const auto& [command, count] : bytes) out[command] = count;
    return out;
}

std::string network_name(const net::PeerInfo& peer) {
    return peer.address.is_routable() ? std::string(to_string(peer.address.network)) : "not_publicly_routable";
}

void add_connection(Json& out, const net::ConnectionStats& at) {
    out["id"] = at.info.id;
    out["addr"] = at.info.kind == net::ConnectionKind::kInbound ? at.info.address.to_string() : at.info.name;
    out["addrbind"] = at.info.local.to_string();
    out["network"] = network_name(at.info);
}

Json peer_json(const net::ConnectionStats& at, const sync::PeerReport& peer) {
    Json out = Json::object();
    add_connection(out, at);
    out["services"] = services_hex(peer.services);
    out["servicesnames"] = services_names(peer.services);
    out["relaytxes"] = peer.relays_transactions;
    out["lastsend"] = at.last_send;
    out["lastrecv"] = at.last_received;
    out["last_transaction"] = peer.last_transaction;
    out["last_block"] = peer.last_block;
    out["bytessent"] = at.bytes_sent;
    out["bytesrecv"] = at.bytes_received;
    out["conntime"] = at.info.connected_at;
    out["timeoffset"] = peer.time_offset;
    if (peer.ping_time) out["pingtime"] = real_json(*peer.ping_time);
    if (peer.min_ping) out["minping"] = real_json(*peer.min_ping);
    if (peer.ping_wait) out["pingwait"] = real_json(*peer.ping_wait);
    out["version"] = peer.version;
    out["subver"] = peer.user_agent;
    out["inbound"] = at.info.kind == net::ConnectionKind::kInbound;
    out["bip152_hb_to"] = peer.high_bandwidth_to;
    out["bip152_hb_from"] = peer.high_bandwidth_from;
    out["startingheight"] = peer.starting_height;
    out["presynced_headers"] = -1;
    out["synced_headers"] = peer.synced_headers;
    out["synced_blocks"] = peer.synced_blocks;
    out["inflight"] = peer.blocks_in_flight;
    out["addr_relay_enabled"] = peer.address_relay;
    out["addr_processed"] = peer.addresses_processed;
    out["addr_rate_limited"] = peer.addresses_rate_limited;
    out["permissions"] = net::to_strings(at.info.permissions);
    out["minfeefilter"] = amount_json(Amount{peer.min_fee_filter});
    out["bytessent_per_msg"] = per_message(at.sent_per_command);
    out["bytesrecv_per_msg"] = per_message(at.received_per_command);
    out["connection_type"] = to_string(at.info.kind);
    out["transport_protocol_type"] = "v1";
    out["session_id"] = "";
    return out;
}

RpcResult peer_info(const NetPorts& ports) {
    return TRY(on_net(ports, [connections = ports.connections, engine = ports.engine]() -> RpcResult {
        std::map<net::PeerId, sync::PeerReport> reports;
        for (sync::PeerReport& report : engine->reports()) reports[report.id] = std::move(report);
        Json out = Json::array();
        for (const net::ConnectionStats& at : connections->stats()) out.push_back(peer_json(at, reports[at.info.id]));
        return out;
    }));
}

Json networks_json() {
    Json out = Json::array();
    for (const char* name : {"ipv4", "ipv6", "onion", "i2p", "cjdns"}) {
        const bool reachable = std::string_view(name).starts_with("ip");
        out.push_back({{"name", name},
                       {"limited", !reachable},
                       {"reachable", reachable},
                       {"proxy", ""},
                       {"proxy_randomize_credentials", false}});
    }
    return out;
}

RpcResult network_info(const NetPorts& ports) {
    struct Counts {
        size_t in = 0;
        size_t all = 0;
        bool active = true;
        uint64_t services = 0;
        std::string user_agent;
        bool blocks_only = false;
        std::vector<std::pair<std::string, uint16_t>> external;
    };
    const Counts counts = TRY(on_net(ports, [connections = ports.connections, engine = ports.engine] {
        Counts out;
        for (const net::ConnectionStats& at : connections->stats()) {
            ++out.all;
            if (at.info.kind == net::ConnectionKind::kInbound) ++out.in;
        }
        out.active = connections->network_active();
        out.services = engine->local_services();
        out.user_agent = engine->options().user_agent;
        out.blocks_only = engine->options().blocks_only;
        for (const auto& address : connections->external()) out.external.emplace_back(address.host(), address.port);
        return out;
    }));
    Json out = Json::object();
    out["version"] = ports.version;
    out["subversion"] = counts.user_agent;
    out["protocolversion"] = kProtocolVersion;
    out["localservices"] = services_hex(counts.services);
    out["localservicesnames"] = services_names(counts.services);
    out["localrelay"] = !counts.blocks_only;
    out["timeoffset"] = 0;
    out["networkactive"] = counts.active;
    out["connections"] = counts.all;
    out["connections_in"] = counts.in;
    out["connections_out"] = counts.all - counts.in;
    out["networks"] = networks_json();
    out["relayfee"] = amount_json(ports.relay_fee);
    out["incrementalfee"] = amount_json(ports.incremental_fee);
    Json local = Json::array();
    for (const auto& [host, port] : counts.external) local.push_back({{"address", host}, {"port", port}, {"score", 1}});
    out["localaddresses"] = std::move(local);
    Json warnings = Json::array();
    if (ports.warnings) {
        for (const std::string& warning : ports.warnings()) warnings.push_back(warning);
    }
    out["warnings"] = std::move(warnings);
    return out;
}

RpcResult add_node(const NetPorts& ports, const Args& args) {
    const std::string node = args.text(0);
    const std::string command = args.text(1);
    if (command != "onetry" && command != "add" && command != "remove") {
        return rpc_error(Code::kMisc, help_text(*find_method("addnode")));
    }
    const bool done = TRY(on_net(ports, [connections = ports.connections, node, command] {
        if (command == "add") return connections->add_node(node);
        if (command == "remove") return connections->remove_node(node);
        connections->try_once(node);
        return true;
    }));
    if (done) return Json();
    if (command == "add") return rpc_error(Code::kNodeAlreadyAdded, "Error: Node already added");
    return rpc_error(Code::kNodeNotAdded, "Error: Node could not be removed. It has not been added previously.");
}

RpcResult added_node_info(const NetPorts& ports, const Args& args) {
    const auto nodes = TRY(on_net(ports, [connections = ports.connections] { return connections->added_nodes(); }));
    Json out = Json::array();
    for (const net::AddedNode& node : nodes) {
        if (args.has(0) && node.name != args.text(0)) continue;
        Json addresses = Json::array();
        if (node.connected_to) {
            addresses.push_back(
                {{"address", node.connected_to->to_string()}, {"connected", node.inbound ? "inbound" : "outbound"}});
        }
        out.push_back({{"addednode", node.name},
                       {"connected", node.connected_to.has_value()},
                       {"addresses", std::move(addresses)}});
    }
    if (args.has(0) && out.empty()) return rpc_error(Code::kNodeNotAdded, "Error: Node has not been added.");
    return out;
}

RpcResult disconnect_node(const NetPorts& ports, const Args& args) {
    const std::string address = args.text_or(0, "");
    const bool by_id = args.has(1);
    if (by_id != address.empty())
        return rpc_error(Code::kInvalidParams, "Only one of address and nodeid should be provided.");
    const int64_t id = TRY(args.integer_or(1, 0));
    const bool found = TRY(on_net(ports, [connections = ports.connections, address, by_id, id] {
        return by_id ? id >= 0 && connections->disconnect_by_id(static_cast<net::PeerId>(id))
                     : connections->disconnect_by_address(address);
    }));
    if (!found) return rpc_error(Code::kNodeNotConnected, "Node not found in connected nodes");
    return Json();
}

RpcResult set_ban(const NetPorts& ports, const Args& args) {
    const std::string command = args.text(1);
    if (command != "add" && command != "remove") return rpc_error(Code::kMisc, help_text(*find_method("setban")));
    const std::optional<net::Subnet> subnet = net::parse_subnet(args.text(0));
    if (!subnet) return rpc_error(Code::kInvalidIpOrSubnet, "Error: Invalid IP/Subnet");
    const int64_t now = ports.clock->unix_time();
    const int64_t given = TRY(args.integer_or(2, 0));
    const bool absolute = args.flag_or(3, false);
    if (command == "add" && absolute && given < now)
        return rpc_error(Code::kInvalidParameter, "Error: Absolute timestamp is in the past");
    const bool done = TRY(on_net(
        ports, [connections = ports.connections, subnet = *subnet, add = command == "add", now, given, absolute] {
            if (!add) return connections->unban(subnet);
            if (connections->bans().has(subnet, now)) return false;
            const int64_t seconds = given > 0 ? given : connections->options().ban_seconds;
            connections->ban(subnet, absolute ? given : now + std::min<int64_t>(seconds, INT32_MAX));
            return true;
        }));
    if (done) return Json();
    if (command == "add") return rpc_error(Code::kNodeAlreadyAdded, "Error: IP/Subnet already banned");
    return rpc_error(Code::kInvalidIpOrSubnet,
                     "Error: Unban failed. Requested address/subnet was not previously manually banned.");
}

RpcResult list_banned(const NetPorts& ports) {
    const int64_t now = ports.clock->unix_time();
    const auto bans =
        TRY(on_net(ports, [connections = ports.connections, now] { return connections->bans().list(now); }));
    Json out = Json::array();
    for (const net::Ban& ban : bans) {
        out.push_back({{"address", ban.subnet.to_string()},
                       {"ban_created", ban.created},
                       {"banned_until", ban.until},
                       {"ban_duration", ban.until - ban.created},
                       {"time_remaining", ban.until - now}});
    }
    return out;
}

RpcResult net_totals(const NetPorts& ports) {
    const net::NetTotals totals =
        TRY(on_net(ports, [connections = ports.connections] { return connections->totals(); }));
    return Json{{"totalbytesrecv", totals.bytes_received},
                {"totalbytessent", totals.bytes_sent},
                {"timemillis", ports.clock->unix_time() * 1000}};
}

}  // namespace

void add_net_methods(Dispatcher& dispatcher, const NetPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const NetPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("getpeerinfo", [](const NetPorts& p, const Args&) { return peer_info(p); });
    add("getnetworkinfo", [](const NetPorts& p, const Args&) { return network_info(p); });
    add("getnettotals", [](const NetPorts& p, const Args&) { return net_totals(p); });
    add("listbanned", [](const NetPorts& p, const Args&) { return list_banned(p); });
    add("addnode", add_node);
    add("getaddednodeinfo", added_node_info);
    add("disconnectnode", disconnect_node);
    add("setban", set_ban);
    add("getconnectioncount", [](const NetPorts& p, const Args&) -> RpcResult {
        return Json(TRY(on_net(p, [connections = p.connections] { return connections->count(); })));
    });
    add("clearbanned", [](const NetPorts& p, const Args&) -> RpcResult {
        TRY_VOID(on_net(p, [connections = p.connections] { connections->clear_bans(); }));
        return Json();
    });
    add("ping", [](const NetPorts& p, const Args&) -> RpcResult {
        TRY_VOID(on_net(p, [engine = p.engine] { engine->ping_all(); }));
        return Json();
    });
    add("setnetworkactive", [](const NetPorts& p, const Args& args) -> RpcResult {
        const bool active = args.flag_or(0, true);
        TRY_VOID(on_net(p, [connections = p.connections, active] { connections->set_network_active(active); }));
        return Json(active);
    });
    add_address_book_methods(dispatcher, ports);
    add_peer_testing_methods(dispatcher, ports);
}

}  // namespace sluice::rpc
