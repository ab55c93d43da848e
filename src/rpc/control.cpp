#include "rpc/control.h"

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "rpc/dispatcher.h"
#include "util/log_categories.h"

namespace sluice::rpc {
namespace {

constexpr std::string_view kStopping = "Sluice stopping";
constexpr int64_t kLongestWait = 60'000;  // milliseconds

// [method, position, name, whether a client passes it on as text] of each argument: clients check their tables by it.
Json conversions() {
    Json out = Json::array();
    for (const Method& method : all_methods()) {
        if (method.name == "echojson") continue;  // shows what a client made of its words
        for (size_t i = 0; i < method.arguments.size(); ++i) {
            const Argument& argument = method.arguments[i];
            const bool text = argument.type == ArgType::kText || argument.type == ArgType::kHex ||
                              argument.type == ArgType::kAmount || argument.type == ArgType::kWord;
            std::string_view names = argument.names;
            while (true) {
                const size_t bar = names.find('|');
                out.push_back(Json::array({method.name, i, names.substr(0, bar), text}));
                if (bar == names.npos) break;
                names.remove_prefix(bar + 1);
            }
        }
    }
    return out;
}

RpcResult help(const Dispatcher& dispatcher, const Args& args) {
    const std::string command = args.text_or(0, "");
    if (command.empty()) return Json(help_overview(dispatcher.hidden_categories()));
    if (command == "dump_all_command_conversions") return conversions();
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
    if (mode == "mallocinfo") {
        char* text = nullptr;
        size_t size = 0;
        std::FILE* file = open_memstream(&text, &size);
        if (file == nullptr) return rpc_error(Code::kMisc, "out of memory");
        malloc_info(0, file);
        std::fclose(file);
        Json out = std::string(text, size);
        std::free(text);
        return out;
    }
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
    dispatcher.add("help", [&dispatcher](const Args& args, const Caller&) { return help(dispatcher, args); });
    dispatcher.add("echo", [](const Args& args, const Caller&) { return echo(args); });
    dispatcher.add("echojson", [](const Args& args, const Caller&) { return echo(args); });
    dispatcher.add("getmemoryinfo", [](const Args& args, const Caller&) { return memory_info(args); });
    dispatcher.add("uptime",
                   [clock = ports.clock, started = ports.clock->unix_time()](const Args&, const Caller&) -> RpcResult {
                       return Json(clock->unix_time() - started);
                   });
    dispatcher.add("logging", [](const Args& args, const Caller&) { return logging(args); });
    dispatcher.add("getrpcinfo", [&dispatcher, file = ports.log_file](const Args&, const Caller&) -> RpcResult {
        Json active = Json::array();
        const auto now = std::chrono::steady_clock::now();
        for (const Dispatcher::Active& call : dispatcher.active()) {
            const auto lasted = std::chrono::duration_cast<std::chrono::microseconds>(now - call.since);
            active.push_back({{"method", call.method}, {"duration", lasted.count()}});
        }
        return Json{{"active_commands", std::move(active)}, {"logpath", file}};
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
