#include "rpc/dispatcher.h"

#include <exception>

#include "util/check.h"
#include "util/log.h"

namespace sluice::rpc {
namespace {

struct Call {
    bool version_2 = false;
    std::optional<Json> id;
    std::string method;
    Json params = Json::array();
    // 2.0 without an id: carried out, never answered.
    [[nodiscard]] bool is_notification() const { return version_2 && !id; }
};

Json error_json(const RpcError& error) { return {{"code", static_cast<int>(error.code)}, {"message", error.message}}; }

Json reply_json(const Call& call, const RpcResult& result) {
    Json reply = Json::object();
    if (call.version_2) reply["jsonrpc"] = "2.0";
    if (result) {
        reply["result"] = *result;
        if (!call.version_2) reply["error"] = nullptr;
    } else {
        if (!call.version_2) reply["result"] = nullptr;
        reply["error"] = error_json(result.error());
    }
    if (call.id) reply["id"] = *call.id;
    return reply;
}

// Fills `call` as far as it gets, so that an error can name id and version.
std::optional<RpcError> parse_call(const Json& request, Call& call) {
    const auto wrong = [](const char* text) { return RpcError{Code::kInvalidRequest, text}; };
    if (!request.is_object()) return wrong("Invalid Request object");
    if (const auto id = request.find("id"); id != request.end()) call.id = *id;
    if (const auto version = request.find("jsonrpc"); version != request.end() && !version->is_null()) {
        if (!version->is_string()) return wrong("jsonrpc field must be a string");
        if (*version != "1.0" && *version != "2.0") return wrong("JSON-RPC version not supported");
        call.version_2 = *version == "2.0";
    }
    const auto method = request.find("method");
    if (method == request.end() || method->is_null()) return wrong("Missing method");
    if (!method->is_string()) return wrong("Method must be a string");
    call.method = method->get<std::string>();
    if (const auto params = request.find("params"); params != request.end() && !params->is_null()) {
        if (!params->is_array() && !params->is_object()) return wrong("Params must be an array or object");
        call.params = *params;
    }
    return std::nullopt;
}

http::Response json_response(int status, const Json& body) {
    http::Response out;
    out.status = status;
    out.content_type = "application/json";
    out.body = write_json(body) + "\n";
    return out;
}

// What a body that is no request is answered to.
Call no_call() {
    Call call;
    call.id = Json();
    return call;
}

http::Response empty_response(int status) {
    http::Response out;
    out.status = status;
    return out;
}

// Errors of 1.x calls have an HTTP status; 2.0 calls answer 200.
int http_status(const Call& call, const RpcResult& result) {
    if (result || call.version_2) return 200;
    if (result.error().code == Code::kInvalidRequest) return 400;
    if (result.error().code == Code::kMethodNotFound) return 404;
    return 500;
}

}  // namespace

void Dispatcher::add(std::string_view name, Handler handler) {
    CHECK(find_method(name) != nullptr);
    CHECK(handlers_.emplace(name, std::move(handler)).second);
}

void Dispatcher::set_warm_up(std::optional<std::string> text) {
    warm_up_.store(text ? std::make_shared<const std::string>(std::move(*text)) : nullptr);
}

// One call, for as long as it runs.
class Dispatcher::Running {
public:
    Running(const Dispatcher& dispatcher, const std::string& method) : dispatcher_(dispatcher) {
        const std::lock_guard lock(dispatcher_.active_mutex_);
        at_ = dispatcher_.active_.insert(dispatcher_.active_.end(), Active{method, std::chrono::steady_clock::now()});
    }
    ~Running() {
        const std::lock_guard lock(dispatcher_.active_mutex_);
        dispatcher_.active_.erase(at_);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    const Dispatcher& dispatcher_;
    std::list<Active>::iterator at_;
};

std::vector<Dispatcher::Active> Dispatcher::active() const {
    const std::lock_guard lock(active_mutex_);
    return {active_.begin(), active_.end()};
}

RpcResult Dispatcher::call(const std::string& method, const Json& params, const Caller& caller) const {
    if (const auto warm_up = warm_up_.load()) return rpc_error(Code::kWarmUp, *warm_up);
    const auto found = handlers_.find(method);
    if (found == handlers_.end()) return rpc_error(Code::kMethodNotFound, "Method not found");
    const Args args = TRY(Args::make(*find_method(method), params));
    const Running running(*this, method);
    try {
        return found->second(args, caller);
    } catch (const std::exception& error) {  // the JSON library throws on a wrong type inside of an argument
        return rpc_error(Code::kType, error.what());
    }
}

http::Response Dispatcher::handle(std::string_view body, const Caller& caller) const {
    const std::optional<std::set<std::string>> allowed = whitelist_ ? whitelist_(caller.user) : std::nullopt;
    const auto permitted = [&](const Json& request) {
        if (!allowed || !request.is_object()) return true;
        const auto method = request.find("method");
        return method == request.end() || !method->is_string() || allowed->contains(method->get<std::string>());
    };
    const std::optional<Json> request = read_json(body);
    if (!request) return json_response(500, reply_json(no_call(), rpc_error(Code::kParse, "Parse error")));
    if (request->is_object()) {
        if (!permitted(*request)) return empty_response(403);
        Call call;
        std::optional<RpcError> wrong = parse_call(*request, call);
        if (wrong) {
            // Such a request is no call of any version yet.
            const RpcResult result = tl::unexpected<RpcError>(std::move(*wrong));
            return json_response(http_status({}, result), reply_json(call, result));
        }
        const RpcResult result = this->call(call.method, call.params, caller);
        if (call.is_notification()) return empty_response(204);
        return json_response(http_status(call, result), reply_json(call, result));
    }
    if (!request->is_array()) {
        return json_response(500, reply_json(no_call(), rpc_error(Code::kParse, "Top-level object parse error")));
    }
    for (const Json& one : *request) {
        if (!permitted(one)) return empty_response(403);
    }
    Json replies = Json::array();
    for (const Json& one : *request) {
        Call call;
        std::optional<RpcError> wrong = parse_call(one, call);
        const RpcResult result = wrong ? RpcResult(tl::unexpected<RpcError>(std::move(*wrong)))
                                       : this->call(call.method, call.params, caller);
        if (!call.is_notification()) replies.push_back(reply_json(call, result));
    }
    if (replies.empty() && !request->empty()) return empty_response(204);
    return json_response(200, replies);
}

}  // namespace sluice::rpc
