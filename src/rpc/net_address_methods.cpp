// Methods about the address book.
#include <array>
#include <map>

#include "p2p/net/connections.h"
#include "p2p/wire/messages.h"
#include "rpc/dispatcher.h"
#include "rpc/net_parts.h"
#include "util/clock.h"

namespace sluice::rpc {
namespace {

constexpr std::array<const char*, 5> kNetworks = {"ipv4", "ipv6", "onion", "i2p", "cjdns"};

RpcResult node_addresses(const NetPorts& ports, const Args& args) {
    const int64_t count = TRY(args.integer_or(0, 1));
    if (count < 0) return rpc_error(Code::kInvalidParameter, "Address count out of range");
    const std::string wanted = args.text_or(1, "");
    const bool known = wanted.empty() || std::ranges::find(kNetworks, wanted) != kNetworks.end();
    if (!known) return rpc_error(Code::kInvalidParameter, "Network not recognized: " + wanted);
    const auto addresses = TRY(on_net(ports, [connections = ports.connections, now = ports.clock->unix_time()] {
        return connections->addresses().sample(connections->addresses().size(), 0, now);
    }));
    Json out = Json::array();
    for (const auto& peer : addresses) {
        if (count != 0 && out.size() >= static_cast<size_t>(count)) break;
        if (!wanted.empty() && to_string(peer.address.network) != wanted) continue;
        out.push_back({{"time", peer.time},
                       {"services", peer.services},
                       {"address", peer.address.host()},
                       {"port", peer.address.port},
                       {"network", to_string(peer.address.network)}});
    }
    return out;
}

// For tests: as if the address had announced itself, and with `tried` also answered.
RpcResult add_peer_address(const NetPorts& ports, const Args& args) {
    const int64_t port = TRY(args.integer(1));
    if (port < 0 || port > UINT16_MAX) return rpc_error(Code::kMisc, "JSON integer out of range");
    const auto address = wire::parse_ip(args.text(0), static_cast<uint16_t>(port));
    if (!address) return Json{{"success", false}};
    const bool tried = args.flag_or(2, false);
    const std::string error =
        TRY(on_net(ports, [connections = ports.connections, address = *address, tried, now = ports.clock->unix_time()] {
            constexpr uint64_t kServices = wire::kNodeNetwork | wire::kNodeWitness;
            net::AddressBook& book = connections->addresses();
            if (book.add({{static_cast<uint32_t>(now), kServices, address}}, address, now, 0) == 0)
                return std::string("failed-adding-to-new");
            const size_t before = book.proven_count();
            if (tried) book.proven(address, kServices, now);
            return std::string(tried && book.proven_count() == before ? "failed-adding-to-tried" : "");
        }));
    if (error.empty()) return Json{{"success", true}};
    return Json{{"error", error}, {"success", false}};
}

RpcResult addrman_info(const NetPorts& ports) {
    const auto slots =
        TRY(on_net(ports, [connections = ports.connections] { return connections->addresses().slots(); }));
    struct Count {
        size_t fresh = 0;
        size_t proven = 0;
    };
    std::map<std::string, Count> counts;
    for (const char* network : kNetworks) counts[network];
    Count all;
    for (const net::AddressSlot& slot : slots) {
        Count& count = counts[to_string(slot.peer.address.network)];
        ++(slot.proven ? count.proven : count.fresh);
        ++(slot.proven ? all.proven : all.fresh);
    }
    const auto json = [](const Count& count) {
        return Json{{"new", count.fresh}, {"tried", count.proven}, {"total", count.fresh + count.proven}};
    };
    Json out = Json::object();
    for (const char* network : kNetworks) out[network] = json(counts[network]);
    out["all_networks"] = json(all);
    return out;
}

RpcResult raw_addrman(const NetPorts& ports) {
    const auto slots =
        TRY(on_net(ports, [connections = ports.connections] { return connections->addresses().slots(); }));
    Json fresh = Json::object();
    Json proven = Json::object();
    for (const net::AddressSlot& slot : slots) {
        Json entry = Json::object();
        entry["address"] = slot.peer.address.host();
        entry["port"] = slot.peer.address.port;
        entry["services"] = slot.peer.services;
        entry["time"] = slot.peer.time;
        entry["network"] = to_string(slot.peer.address.network);
        entry["source"] = slot.source.host();
        entry["source_network"] = to_string(slot.source.network);
        const std::string place = std::to_string(slot.bucket) + "/" + std::to_string(slot.position);
        (slot.proven ? proven : fresh)[place] = std::move(entry);
    }
    return Json{{"new", std::move(fresh)}, {"tried", std::move(proven)}};
}

}  // namespace

void add_address_book_methods(Dispatcher& dispatcher, const NetPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const NetPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("getnodeaddresses", node_addresses);
    add("addpeeraddress", add_peer_address);
    add("getaddrmaninfo", [](const NetPorts& p, const Args&) { return addrman_info(p); });
    add("getrawaddrman", [](const NetPorts& p, const Args&) { return raw_addrman(p); });
}

}  // namespace sluice::rpc
