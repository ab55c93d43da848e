#include "rpc/control.h"

#include <malloc.h>

#include <chrono>
#include <thread>

#include "rpc/dispatcher.h"
#include "util/log_categories.h"

namespace sluice::rpc {
namespace {

constexpr std::string_view kStopping = "Sluice stopping";
constexpr int64_t kLongestWait = 60'000;  // milliseconds

RpcResult help(const Args& args) {
    const std::string command = args.text_or(0, "");
    if (command.empty()) return Json(help_overview());
    const Method* method = find_method(command);
    if (method == nullptr) return Json("help: unknown command: " + command);
    return Json(help_text(*method));
}

RpcResult echo(const Args& args) {
    Json out = Json::array();
    for (size_t i = 0; i < args.count(); ++i) out.push_back(args.json(i));
    return out;
}

RpcResult memory_info(const Args& args) {
    const std::string mode = args.text_or(0, "stats");
    if (mode != "stats") return rpc_error(Code::kInvalidParameter, "unknown mode " + mode);
    const struct mallinfo2 info = mallinfo2();
    Json heap = Json::object();
    heap["used"] = info.uordblks;
    heap["free"] = info.fordblks;
    heap["total"] = info.arena + info.hblkhd;
    return Json{{"heap", heap}};
}

Status switch_categories(const Json& names, bool on) {
    for (const Json& name : names) {
        if (!name.is_string())
            return fail("JSON value of type " + std::string(type_name(name)) + " is not of expected type string");
        TRY_VOID(log_switch(name.get<std::string>(), on));
    }
    return {};
}

RpcResult logging(const Args& args) {
    for (const size_t which : {0, 1}) {
        if (!args.has(which)) continue;
        const Status done = switch_categories(args.json(which), which == 0);
        if (!done) return rpc_error(Code::kInvalidParameter, done.error().message);
    }
    Json out = Json::object();
    for (const auto& [name, on] : log_categories()) out[name] = on;
    return out;
}

}  // namespace

void add_control_methods(Dispatcher& dispatcher, ControlPorts ports) {
    dispatcher.add("help", [](const Args& args, const Caller&) { return help(args); });
    dispatcher.add("echo", [](const Args& args, const Caller&) { return echo(args); });
    dispatcher.add("echojson", [](const Args& args, const Caller&) { return echo(args); });
    dispatcher.add("getmemoryinfo", [](const Args& args, const Caller&) { return memory_info(args); });
    dispatcher.add("uptime",
                   [clock = ports.clock, started = ports.clock->unix_time()](const Args&, const Caller&) -> RpcResult {
                       return Json(clock->unix_time() - started);
                   });
    dispatcher.add("logging", [](const Args& args, const Caller&) { return logging(args); });
    dispatcher.add("getrpcinfo", [file = ports.log_file](const Args&, const Caller&) -> RpcResult {
        return Json{{"active_commands", Json::array()}, {"logpath", file}};
    });
    dispatcher.add("stop", [stop = std::move(ports.request_shutdown)](const Args& args, const Caller&) -> RpcResult {
        const int64_t wait = TRY(args.integer_or(0, 0));
        stop();
        // The server finishes what it has begun, so this reply still goes out.
        std::this_thread::sleep_for(std::chrono::milliseconds(std::clamp<int64_t>(wait, 0, kLongestWait)));
        return Json(kStopping);
    });
}

}  // namespace sluice::rpc
