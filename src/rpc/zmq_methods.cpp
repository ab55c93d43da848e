#include "rpc/zmq_methods.h"

#include "codec/hex.h"
#include "rpc/dispatcher.h"

namespace sluice::rpc {
namespace {

constexpr int64_t kMostReplayed = 10'000;

RpcResult replay(const ZmqPorts& ports, const Args& args) {
    const int64_t from = TRY(args.integer(1));
    const int64_t count = TRY(args.integer_or(2, 100));
    if (from < 0) return rpc_error(Code::kInvalidParameter, "from_sequence must not be negative");
    if (count < 1 || count > kMostReplayed) {
        return rpc_error(Code::kInvalidParameter, "count must be between 1 and " + std::to_string(kMostReplayed));
    }
    if (!ports.replay) return rpc_error(Code::kMisc, "nothing is published (-zmqpub<topic>)");
    const auto events = ports.replay(args.text(0), static_cast<uint64_t>(from), static_cast<size_t>(count));
    if (!events) return rpc_error(Code::kInvalidParameter, events.error().message);
    Json out = Json::array();
    for (const ZmqPorts::Event& event : *events) {
        const std::optional<Json> json = event.is_json ? read_json(as_text(event.body)) : std::nullopt;
        out.push_back({{"sequence", event.sequence}, {"body", json ? *json : Json(to_hex(event.body))}});
    }
    return out;
}

}  // namespace

void add_zmq_methods(Dispatcher& dispatcher, ZmqPorts ports) {
    dispatcher.add("getzmqnotifications", [notifiers = ports.notifiers](const Args&, const Caller&) -> RpcResult {
        Json out = Json::array();
        for (const ZmqPorts::Notifier& one : notifiers) {
            out.push_back({{"type", "pub" + one.topic}, {"address", one.address}, {"hwm", one.high_water}});
        }
        return out;
    });
    dispatcher.add("getzmqreplay",
                   [ports = std::move(ports)](const Args& args, const Caller&) { return replay(ports, args); });
}

}  // namespace sluice::rpc
