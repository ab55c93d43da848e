#include "rpc/cli.h"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "codec/base64.h"
#include "http/client.h"
#include "rpc/auth.h"
#include "rpc/json.h"
#include "rpc/method.h"

namespace sluice::rpc {
namespace {

constexpr int kWarmUp = -28;
constexpr int kWalletNotSpecified = -19;

Result<Json> convert(ArgType type, const std::string& word) {
    switch (type) {
        case ArgType::kText:
        case ArgType::kHex:
        case ArgType::kWord:
        case ArgType::kAmount: return Json(word);  // an amount as text loses no digit
        case ArgType::kAnyText: {
            const std::optional<Json> value = read_json(word);
            return value ? *value : Json(word);
        }
        default: {
            const std::optional<Json> value = read_json(word);
            if (!value) return fail("Error parsing JSON: " + word);
            return *value;
        }
    }
}

const Argument* argument_named(const Method* method, std::string_view name) {
    if (method == nullptr) return nullptr;
    for (const Argument& argument : method->arguments) {
        std::string_view names = argument.names;
        while (true) {
            const size_t bar = names.find('|');
            if (names.substr(0, bar) == name) return &argument;
            if (bar == names.npos) break;
            names.remove_prefix(bar + 1);
        }
    }
    return nullptr;
}

Result<Json> positional_params(const Method* method, const std::vector<std::string>& words) {
    Json out = Json::array();
    for (size_t i = 0; i < words.size(); ++i) {
        const bool known = method != nullptr && i < method->arguments.size();
        out.push_back(TRY(convert(known ? method->arguments[i].type : ArgType::kText, words[i])));
    }
    return out;
}

Result<Json> named_params(const Method* method, const std::vector<std::string>& words) {
    Json out = Json::object();
    std::vector<std::string> leading;
    for (const std::string& word : words) {
        const size_t equals = word.find('=');
        if (equals == word.npos) {
            leading.push_back(word);
            continue;
        }
        const std::string name = word.substr(0, equals);
        const Argument* argument = argument_named(method, name);
        out[name] = TRY(convert(argument != nullptr ? argument->type : ArgType::kText, word.substr(equals + 1)));
    }
    if (!leading.empty()) out["args"] = TRY(positional_params(method, leading));
    return out;
}

struct Endpoint {
    std::string host = "127.0.0.1";
    uint16_t port = 0;
};

Result<Endpoint> endpoint_of(const Options& options, uint16_t default_port) {
    const auto port_of = [](const std::string& text) -> std::optional<uint16_t> {
        uint16_t port = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
        if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
        return port;
    };
    Endpoint out;
    out.port = default_port;
    std::string host = options.get_or("rpcconnect", "127.0.0.1");
    const size_t colon = host.rfind(':');
    const bool bracketed = host.starts_with('[');
    if (colon != host.npos && (bracketed ? host[colon - 1] == ']' : host.find(':') == colon)) {
        const auto port = port_of(host.substr(colon + 1));
        if (!port) return fail("Invalid port provided in -rpcconnect: " + host);
        out.port = *port;
        host.resize(colon);
    }
    if (bracketed && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (const auto given = options.get("rpcport")) {
        const auto port = port_of(*given);
        if (!port) return fail("Invalid port provided in -rpcport: " + *given);
        out.port = *port;
    }
    out.host = host;
    return out;
}

std::string wallet_target(const Options& options) {
    const std::optional<std::string> wallet = options.get("rpcwallet");
    if (!wallet) return "/";
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out = "/wallet/";
    for (const char c : *wallet) {
        if (kPlain.find(c) != kPlain.npos) {
            out.push_back(c);
            continue;
        }
        char escaped[4];
        std::snprintf(escaped, sizeof(escaped), "%%%02X", static_cast<unsigned char>(c));
        out += escaped;
    }
    return out;
}

// Why a call did not end in a JSON-RPC reply.
struct Trouble {
    bool may_wait = false;  // the node may still be starting
    std::string message;
};

class Connection {
public:
    Connection(const CliCall& call, Endpoint endpoint, std::string password)
        : call_(call), endpoint_(std::move(endpoint)), password_(std::move(password)) {}

    Result<Json, Trouble> ask(const std::string& body) const {
        const auto trouble = [](bool may_wait, std::string message) {
            return tl::unexpected<Trouble>(Trouble{may_wait, std::move(message)});
        };
        http::ClientOptions options;
        options.host = endpoint_.host;
        options.port = endpoint_.port;
        options.timeout = std::chrono::seconds(call_.options->get_int("rpcclienttimeout", 900).value_or(900));
        // Read anew each time: with -rpcwait the node may write its cookie only now.
        const std::optional<std::string> pair = user_password();
        if (pair) options.authorization = "Basic " + base64_encode(as_bytes(*pair));
        auto reply = http::Client(std::move(options)).post(wallet_target(*call_.options), body);
        if (!reply) {
            const std::string where = endpoint_.host + ":" + std::to_string(endpoint_.port);
            if (reply.error().kind == http::ClientError::Kind::kTimeout)
                return trouble(false, "timeout on transient error: no reply from the server " + where);
            const bool connect = reply.error().kind == http::ClientError::Kind::kConnect;
            return trouble(connect, "Could not connect to the server " + where + " (" + reply.error().message +
                                        ")\n\nMake sure the sluiced server is running and that you are connecting to "
                                        "the correct RPC port.");
        }
        if (reply->status == 401) {
            if (pair) return trouble(false, "Authorization failed: Incorrect rpcuser or rpcpassword");
            return trouble(true,
                           "Could not locate RPC credentials. No authentication cookie could be found, and RPC "
                           "password is not set. See "
                           "-rpcpassword and -stdinrpcpass. Configuration file: (" +
                               call_.config_file.string() + ")");
        }
        if (reply->status == 503) return trouble(false, "Server response: " + reply->body);
        if (reply->status >= 400 && reply->status != 400 && reply->status != 404 && reply->status != 500) {
            return trouble(false, "server returned HTTP error " + std::to_string(reply->status));
        }
        if (reply->body.empty()) return trouble(false, "no response from server");
        const std::optional<Json> value = read_json(reply->body);
        if (!value || !value->is_object() || value->empty()) return trouble(false, "couldn't parse reply from server");
        if (const auto error = value->find("error");
            error != value->end() && error->is_object() && error->value("code", 0) == kWarmUp) {
            if (call_.options->get_bool("rpcwait", false)) return trouble(true, "server in warmup");
        }
        return *value;
    }

private:
    [[nodiscard]] std::optional<std::string> user_password() const {
        if (!password_.empty()) return call_.options->get_or("rpcuser", "") + ":" + password_;
        return read_cookie(cookie_path(*call_.options, call_.chain_dir));
    }
    const CliCall& call_;
    Endpoint endpoint_;
    std::string password_;
};

CliOutcome failure(const std::string& message) {
    CliOutcome out;
    out.status = EXIT_FAILURE;
    out.err = "error: " + message + "\n";
    return out;
}

Result<Json, Trouble> ask_patiently(const CliCall& call, const Connection& connection, const std::string& body) {
    using Clock = std::chrono::steady_clock;
    const bool wait = call.options->get_bool("rpcwait", false);
    const int64_t limit = call.options->get_int("rpcwaittimeout", 0).value_or(0);
    const auto start = Clock::now();
    while (true) {
        auto reply = connection.ask(body);
        if (reply || !wait || !reply.error().may_wait) return reply;
        if (limit > 0 && Clock::now() - start >= std::chrono::seconds(limit)) {
            reply.error().message = "timeout on transient error: " + reply.error().message;
            return reply;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
}

CliOutcome show(const Json& reply) {
    CliOutcome out;
    if (const auto error = reply.find("error"); error != reply.end() && !error->is_null()) {
        const int code = error->is_object() ? error->value("code", 1) : 1;
        out.status = std::abs(code);
        if (error->is_object() && error->contains("code")) out.err += "error code: " + std::to_string(code) + "\n";
        const std::string message = error->is_object() && error->contains("message")
                                        ? (*error)["message"].get<std::string>()
                                        : write_json(*error);
        out.err += "error message:\n" + message + "\n";
        if (code == kWalletNotSpecified)
            out.err += "Or for the CLI, specify the \"-rpcwallet=<walletname>\" option before the command\n";
        return out;
    }
    const auto result = reply.find("result");
    if (result == reply.end() || result->is_null()) return out;
    out.out = (result->is_string() ? result->get<std::string>() : write_json(*result, 2)) + "\n";
    return out;
}

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : write_json(value); }

CliOutcome get_info(const CliCall& call, const Connection& connection) {
    CliOutcome out;
    for (const char* method : {"getblockchaininfo", "getnetworkinfo", "getfederationinfo"}) {
        auto reply = ask_patiently(call, connection, cli_request(method, {}, false).value());
        if (!reply) return failure(reply.error().message);
        const auto result = reply->find("result");
        if (result == reply->end() || !result->is_object()) continue;  // the node has no such part
        for (const char* key :
             {"chain", "blocks", "headers", "verificationprogress", "bestblockhash", "version", "subversion",
              "connections", "member", "members_total", "threshold", "final_height", "view"}) {
            if (result->contains(key) && !(*result)[key].is_structured())
                out.out += std::string(key) + ": " + plain((*result)[key]) + "\n";
        }
    }
    return out;
}

}  // namespace

Result<std::string> cli_request(const std::string& method, const std::vector<std::string>& words, bool named) {
    const Method* known = find_method(method);
    Json request = Json::object();
    request["method"] = method;
    request["params"] = named ? TRY(named_params(known, words)) : TRY(positional_params(known, words));
    request["id"] = 1;
    return write_json(request);
}

CliOutcome run_cli(const CliCall& call) {
    const Options& options = *call.options;
    const Result<Endpoint> endpoint = endpoint_of(options, call.default_port);
    if (!endpoint) return failure(endpoint.error().message);
    std::string password = options.get_or("rpcpassword", "");
    if (options.get_bool("stdinrpcpass", false)) {
        if (!call.more_lines()) return failure("-stdinrpcpass specified but failed to read from standard input");
        password = call.read_line();
    }
    const Connection connection(call, *endpoint, password);
    if (options.get_bool("getinfo", false)) {
        if (!call.words.empty()) return failure("-getinfo takes no arguments");
        return get_info(call, connection);
    }
    std::vector<std::string> words = call.words;
    if (options.get_bool("stdin", false)) {
        while (call.more_lines()) words.push_back(call.read_line());
    }
    if (words.empty()) return failure("too few parameters (need at least command)");
    const std::string method = words.front();
    words.erase(words.begin());
    const Result<std::string> body = cli_request(method, words, options.get_bool("named", false));
    if (!body) return failure(body.error().message);
    const auto reply = ask_patiently(call, connection, *body);
    if (!reply) return failure(reply.error().message);
    return show(*reply);
}

}  // namespace sluice::rpc
