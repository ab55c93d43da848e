// Dispatcher: from the bytes of a JSON-RPC request to those of its reply. Pure but for the handlers that it calls; any
// number of threads may call handle() at once, and handlers are added before the first. Knows JSON-RPC 1.0, 1.1 and 2.0
// as the reference mixes them, batches, notifications, named arguments, and checks arguments against the method table.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "http/message.h"
#include "rpc/args.h"
#include "rpc/error.h"
#include "rpc/method.h"
#include "runtime/published.h"

namespace sluice::rpc {

// Who asks, and for which wallet ("/wallet/<name>"; nullopt: the default one).
struct Caller {
    std::string user;
    std::optional<std::string> wallet;
};

using Handler = std::function<RpcResult(const Args& args, const Caller& caller)>;

// -rpcwhitelist: nullopt for a user allows all.
using Whitelist = std::function<std::optional<std::set<std::string>>(const std::string& user)>;

class Dispatcher {
public:
    explicit Dispatcher(Whitelist whitelist = nullptr) : whitelist_(std::move(whitelist)) {}

    // Precondition: the method table has `name`, and it has no handler yet.
    void add(std::string_view name, Handler handler);
    [[nodiscard]] bool has(std::string_view name) const { return handlers_.contains(name); }

    // Leaves a category out of the list that help prints: this node does not serve it.
    void hide_category(std::string_view category) { hidden_.insert(category); }
    [[nodiscard]] const std::set<std::string_view>& hidden_categories() const { return hidden_; }

    // The calls that run now, with when they began.
    struct Active {
        std::string method;
        std::chrono::steady_clock::time_point since;
    };
    [[nodiscard]] std::vector<Active> active() const;

    // While a text is set, every call fails with -28 and that text; nullopt: ready.
    void set_warm_up(std::optional<std::string> text);

    // One HTTP body to one HTTP reply. Never throws.
    [[nodiscard]] http::Response handle(std::string_view body, const Caller& caller) const;
    // One call, for the node itself and tests. params: array or object.
    [[nodiscard]] RpcResult call(const std::string& method, const Json& params, const Caller& caller) const;

private:
    class Running;
    std::map<std::string, Handler, std::less<>> handlers_;
    std::set<std::string_view> hidden_;
    mutable std::mutex active_mutex_;
    mutable std::list<Active> active_;
    Whitelist whitelist_;
    runtime::Published<std::string> warm_up_{std::make_shared<const std::string>("RPC server started")};
};

}  // namespace sluice::rpc
