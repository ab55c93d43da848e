// Methods about single peers and what they gave: for operators who look into trouble, and for tests.
#include <map>

#include "codec/hex.h"
#include "p2p/net/connections.h"
#include "p2p/sync/engine.h"
#include "rpc/dispatcher.h"
#include "rpc/net_parts.h"
#include "util/clock.h"

namespace sluice::rpc {
namespace {

RpcResult add_connection(const NetPorts& ports, const Args& args) {
    using net::ConnectionKind;
    static const std::map<std::string, ConnectionKind> kKinds = {{"outbound-full-relay", ConnectionKind::kOutbound},
                                                                 {"block-relay-only", ConnectionKind::kBlockRelay},
                                                                 {"addr-fetch", ConnectionKind::kAddrFetch},
                                                                 {"feeler", ConnectionKind::kFeeler}};
    if (!ports.testing) {
        return rpc_error(Code::kMisc,
                         "addconnection is for regression testing (chain should have \"regtest\" in the name) only.");
    }
    const std::string address = args.text(0);
    const auto kind = kKinds.find(args.text(1));
    if (kind == kKinds.end()) return rpc_error(Code::kInvalidParameter, help_text(*find_method("addconnection")));
    if (args.flag_or(2, false)) {
        return rpc_error(Code::kInvalidParameter,
                         "Error: Adding v2transport connections requires -v2transport init flag to be set.");
    }
    const bool done = TRY(on_net(ports, [connections = ports.connections, address, kind = kind->second] {
        return connections->open(address, kind);
    }));
    if (!done)
        return rpc_error(Code::kNodeCapacityReached, "Error: Already at capacity for specified connection type.");
    return Json{{"address", address}, {"connection_type", kind->first}};
}

RpcResult send_to_peer(const NetPorts& ports, const Args& args) {
    const int64_t id = TRY(args.integer(0));
    const std::string command = args.text(1);
    if (command.size() > wire::kMaxCommand) {
        return rpc_error(Code::kInvalidParameter,
                         "Error: msg_type too long, max length is " + std::to_string(wire::kMaxCommand));
    }
    const auto payload = from_hex(args.text(2));
    if (!payload || payload->size() > wire::kMaxPayload)
        return rpc_error(Code::kInvalidParameter, "Error parsing input for msg");
    const bool sent = TRY(on_net(ports, [connections = ports.connections, id, command, bytes = *payload] {
        if (id < 0 || !connections->is_open(static_cast<net::PeerId>(id))) return false;
        connections->send(static_cast<net::PeerId>(id), command, bytes);
        return true;
    }));
    if (!sent) return rpc_error(Code::kMisc, "Error: Could not send message to peer");
    return Json::object();
}

RpcResult fetch_block(const NetPorts& ports, const Args& args) {
    const auto hash = TRY(args.id<BlockHash>(0, "blockhash"));
    const int64_t id = TRY(args.integer(1));
    const auto refused = TRY(on_net(ports, [engine = ports.engine, hash, id] {
        return engine->fetch_block(hash, id < 0 ? UINT64_MAX : static_cast<net::PeerId>(id));
    }));
    if (refused) return rpc_error(Code::kMisc, *refused);
    return Json::object();
}

RpcResult orphan_transactions(const NetPorts& ports, const Args& args) {
    const int64_t verbosity = TRY(args.integer_or(0, 0));
    if (verbosity < 0 || verbosity > 2) {
        return rpc_error(Code::kInvalidParameter, "Invalid verbosity value " + std::to_string(verbosity));
    }
    const auto orphans = TRY(on_net(ports, [engine = ports.engine] { return engine->orphans(); }));
    const int64_t now = ports.clock->unix_time();
    Json out = Json::array();
    for (const sync::OrphanReport& orphan : orphans) {
        if (verbosity == 0) {
            out.push_back(to_display(orphan.tx->txid));
            continue;
        }
        Json entry = Json::object();
        entry["txid"] = to_display(orphan.tx->txid);
        entry["wtxid"] = to_display(orphan.tx->wtxid);
        entry["bytes"] = orphan.tx->size;
        entry["vsize"] = (orphan.tx->weight() + 3) / 4;
        entry["weight"] = orphan.tx->weight();
        entry["entry"] = now + orphan.entered;
        entry["expiration"] = now + orphan.expires;
        entry["from"] = orphan.from;
        if (verbosity == 2) entry["hex"] = to_hex(encode_tx(orphan.tx->tx, WitnessForm::kWith));
        out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace

void add_peer_testing_methods(Dispatcher& dispatcher, const NetPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const NetPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("addconnection", add_connection);
    add("sendmsgtopeer", send_to_peer);
    add("getblockfrompeer", fetch_block);
    add("getorphantxs", orphan_transactions);
}

}  // namespace sluice::rpc
