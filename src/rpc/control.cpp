#include "rpc/control.h"

#include <malloc.h>

#include <chrono>
#include <thread>

#include "rpc/dispatcher.h"

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

}  // namespace

void add_control_methods(Dispatcher& dispatcher, ControlPorts ports) {
    dispatcher.add("help", [](const Args& args, const Caller&) { return help(args); });
    dispatcher.add("echo", [](const Args& args, const Caller&) { return echo(args); });
    dispatcher.add("echojson", [](const Args& args, const Caller&) { return echo(args); });
    dispatcher.add("getmemoryinfo", [](const Args& args, const Caller&) { return memory_info(args); });
    dispatcher.add("uptime", [clock = ports.clock, started = ports.clock->steady()](const Args&, const Caller&) -> RpcResult {
        return Json(std::chrono::duration_cast<std::chrono::seconds>(clock->steady() - started).count());
    });
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
