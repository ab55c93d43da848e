#include "rpc/rest.h"

#include <charconv>

#include "codec/hex.h"
#include "codec/writer.h"
#include "rpc/dispatcher.h"

namespace sluice::rpc {
namespace {

constexpr int64_t kMostHeaders = 2000;
constexpr std::string_view kForms = ".bin, .hex, .json";
constexpr std::string_view kUtxosPath = "getutxos";

// What was asked for: "/rest/" + folder + "/" + item + "." + form.
struct Question {
    std::string folder;
    std::string item;
    std::string form;
};

http::Response no_such_form(std::string_view available) {
    return refused(404, "output format not found (available: " + std::string(available) + ")");
}

http::Response reply(std::string type, std::string body) {
    http::Response out;
    out.content_type = std::move(type);
    out.body = std::move(body);
    return out;
}
http::Response json_reply(const Json& json) { return reply("application/json", write_json(json) + "\n"); }
http::Response bytes_reply(const std::string& hex, std::string_view form) {
    if (form == "hex") return reply("text/plain", hex + "\n");
    const Bytes bytes = from_hex(hex).value_or(Bytes());
    return reply("application/octet-stream", std::string(bytes.begin(), bytes.end()));
}

// The value of a name in "a=b&c=d".
std::string parameter(std::string_view query, std::string_view name, std::string_view otherwise) {
    while (!query.empty()) {
        const size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
            return std::string(pair.substr(name.size() + 1));
        query = end == query.npos ? std::string_view() : query.substr(end + 1);
    }
    return std::string(otherwise);
}

bool is_hash(std::string_view text) { return text.size() == 64 && from_hex(text).has_value(); }

class Answering {
public:
    Answering(const Dispatcher& dispatcher, const Question& question, std::string_view query)
        : dispatcher_(dispatcher), q_(question), query_(query) {}

    http::Response run() const {
        if (q_.folder == "tx") return by_hash([&] { return tx(); });
        if (q_.folder == "block") return by_hash([&] { return block(3); });
        if (q_.folder == "block/notxdetails") return by_hash([&] { return block(1); });
        if (q_.folder == "headers") return by_hash([&] { return headers(parameter(query_, "count", "5")); });
        if (q_.folder.starts_with("headers/")) return by_hash([&] { return headers(q_.folder.substr(8)); });
        if (q_.folder == "blockhashbyheight") return hash_at_height();
        if (q_.folder.starts_with("blockfilter/")) return filter(q_.folder.substr(12));
        if (q_.folder.starts_with("blockfilterheaders/")) return filter_headers(q_.folder.substr(19));
        if (q_.folder == "deploymentinfo")
            return by_hash([&] { return only_json("getdeploymentinfo", Json::array({q_.item})); });
        if (q_.folder == "mempool" && q_.item == "info") return only_json("getmempoolinfo", Json::array());
        if (q_.folder == "mempool" && q_.item == "contents") return mempool_contents();
        if (q_.folder.empty() && q_.item == "chaininfo") return only_json("getblockchaininfo", Json::array());
        if (q_.folder.empty() && q_.item == "deploymentinfo") return only_json("getdeploymentinfo", Json::array());
        return http::plain_response(404);
    }

private:
    template <class F>
    http::Response by_hash(F answer) const {
        if (!is_hash(q_.item)) return refused(400, "Invalid hash: " + q_.item);
        return answer();
    }
    [[nodiscard]] RpcResult ask(const std::string& method, const Json& params) const {
        return dispatcher_.call(method, params, Caller{});
    }
    // -28 while the node starts, -5 for what is not known.
    [[nodiscard]] http::Response failed(const RpcError& error) const {
        if (q_.folder == "deploymentinfo" && error.code == Code::kInvalidAddressOrKey)
            return refused(400, error.message);
        if (error.code == Code::kWarmUp) return refused(503, "Service temporarily unavailable: " + error.message);
        if (error.code == Code::kInvalidAddressOrKey) return refused(404, q_.item + " not found");
        return refused(error.code == Code::kMisc ? 404 : 500, error.message);
    }
    [[nodiscard]] http::Response only_json(const std::string& method, const Json& params) const {
        if (q_.form != "json") return no_such_form("json");
        const RpcResult result = ask(method, params);
        return result ? json_reply(*result) : failed(result.error());
    }
    [[nodiscard]] http::Response as_bytes(const std::string& method, const Json& params) const {
        const RpcResult result = ask(method, params);
        return result ? bytes_reply(result->get<std::string>(), q_.form) : failed(result.error());
    }

    [[nodiscard]] http::Response tx() const {
        if (q_.form == "json") return only_json("getrawtransaction", Json::array({q_.item, 1}));
        if (q_.form == "hex" || q_.form == "bin") return as_bytes("getrawtransaction", Json::array({q_.item, 0}));
        return no_such_form(kForms);
    }
    [[nodiscard]] http::Response block(int verbosity) const {
        if (q_.form == "json") return only_json("getblock", Json::array({q_.item, verbosity}));
        if (q_.form == "hex" || q_.form == "bin") return as_bytes("getblock", Json::array({q_.item, 0}));
        return no_such_form(kForms);
    }
    // What a list of headers asks for; a Response refuses it.
    static Result<int64_t, http::Response> header_count(const std::string& text) {
        int64_t count = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= kMostHeaders)
            return count;
        return tl::unexpected<http::Response>(refused(400, "Header count is invalid or out of acceptable range (1-" +
                                                               std::to_string(kMostHeaders) + "): " + text));
    }
    // Headers of the active chain from the block on: an unknown block has none, and a stale one none after it.
    [[nodiscard]] Result<Json, http::Response> header_list(int64_t count) const {
        Json out = Json::array();
        std::string at = q_.item;
        while (static_cast<int64_t>(out.size()) < count) {
            const RpcResult header = ask("getblockheader", Json::array({at, true}));
            if (!header && header.error().code != Code::kInvalidAddressOrKey)
                return tl::unexpected<http::Response>(failed(header.error()));
            if (!header || (*header)["confirmations"] == -1) break;
            out.push_back(*header);
            if (!header->contains("nextblockhash")) break;
            at = (*header)["nextblockhash"].get<std::string>();
        }
        return out;
    }
    [[nodiscard]] http::Response headers(const std::string& count_text) const {
        const auto count = header_count(count_text);
        if (!count) return count.error();
        if (!is_form()) return no_such_form(kForms);
        const auto list = header_list(*count);
        if (!list) return list.error();
        if (q_.form == "json") return json_reply(*list);
        std::string hex;
        for (const Json& header : *list) {
            const RpcResult bytes = ask("getblockheader", Json::array({header["hash"], false}));
            if (!bytes) return failed(bytes.error());
            hex += bytes->get<std::string>();
        }
        return bytes_reply(hex, q_.form);
    }

    [[nodiscard]] bool is_form() const { return q_.form == "json" || q_.form == "hex" || q_.form == "bin"; }
    // Of an error that names the kind of filter.
    [[nodiscard]] http::Response no_filter(const RpcError& error, const std::string& type) const {
        if (error.message == "Unknown filtertype") return refused(400, "Unknown filtertype " + type);
        if (error.message.starts_with("Index is not enabled")) return refused(400, error.message);
        if (error.message == "Block not found") return refused(404, q_.item + " not found");
        if (error.message.starts_with("Filter not found")) return refused(404, error.message);
        return failed(error);
    }
    [[nodiscard]] http::Response filter(const std::string& type) const {
        if (!is_hash(q_.item)) return refused(400, "Invalid hash: " + q_.item);
        const RpcResult found = ask("getblockfilter", Json::array({q_.item, type}));
        if (!found) return no_filter(found.error(), type);
        if (!is_form()) return no_such_form(kForms);
        const std::string hex = (*found)["filter"].get<std::string>();
        if (q_.form == "json") return json_reply({{"filter", hex}});
        ByteWriter writer;
        writer.u8(0);  // basic
        const Bytes shown = from_hex(q_.item).value_or(Bytes());
        writer.raw(Bytes(shown.rbegin(), shown.rend()));
        writer.var_bytes(from_hex(hex).value_or(Bytes()));
        return bytes_reply(to_hex(writer.bytes()), q_.form);
    }
    // "basic", or with the count that older clients put there: "basic/5".
    [[nodiscard]] http::Response filter_headers(const std::string& folder) const {
        const size_t slash = folder.find('/');
        const std::string type = folder.substr(0, slash);
        const auto count =
            header_count(slash == folder.npos ? parameter(query_, "count", "5") : folder.substr(slash + 1));
        if (!count) return count.error();
        if (!is_hash(q_.item)) return refused(400, "Invalid hash: " + q_.item);
        if (!is_form()) return no_such_form(kForms);
        // Also where no block follows, a wrong kind of filter is said.
        const RpcResult first = ask("getblockfilter", Json::array({q_.item, type}));
        if (!first && first.error().message != "Block not found") return no_filter(first.error(), type);
        const auto blocks = header_list(*count);
        if (!blocks) return blocks.error();
        Json list = Json::array();
        std::string hex;
        for (const Json& header : *blocks) {
            const RpcResult found = ask("getblockfilter", Json::array({header["hash"], type}));
            if (!found) return no_filter(found.error(), type);
            list.push_back((*found)["header"]);
            const Bytes shown = from_hex(list.back().get<std::string>()).value_or(Bytes());
            hex += to_hex(Bytes(shown.rbegin(), shown.rend()));
        }
        return q_.form == "json" ? json_reply(list) : bytes_reply(hex, q_.form);
    }

    [[nodiscard]] http::Response hash_at_height() const {
        int64_t height = 0;
        const auto [end, error] = std::from_chars(q_.item.data(), q_.item.data() + q_.item.size(), height);
        if (q_.item.empty() || error != std::errc() || end != q_.item.data() + q_.item.size() || height < 0) {
            return refused(400, "Invalid height: " + q_.item);
        }
        const RpcResult hash = ask("getblockhash", Json::array({height}));
        if (!hash)
            return hash.error().code == Code::kWarmUp ? failed(hash.error())
                                                      : refused(404, "Block height out of range");
        if (q_.form == "json") return json_reply({{"blockhash", *hash}});
        if (q_.form == "hex") return reply("text/plain", hash->get<std::string>() + "\n");
        if (q_.form != "bin") return no_such_form(kForms);
        const Bytes shown = from_hex(hash->get<std::string>()).value_or(Bytes());
        return reply("application/octet-stream", std::string(shown.rbegin(), shown.rend()));
    }
    [[nodiscard]] http::Response mempool_contents() const {
        const std::string verbose = parameter(query_, "verbose", "true");
        const std::string sequence = parameter(query_, "mempool_sequence", "false");
        for (const auto& [name, value] : {std::pair("verbose", verbose), std::pair("mempool_sequence", sequence)}) {
            if (value == "true" || value == "false") continue;
            return refused(400,
                           std::string("The \"") + name + R"(" query parameter must be either "true" or "false".)");
        }
        if (verbose == "true" && sequence == "true") {
            return refused(400,
                           R"(Verbose results cannot contain mempool sequence values. (hint: set "verbose=false"))");
        }
        return only_json("getrawmempool", Json::array({verbose == "true", sequence == "true"}));
    }

    const Dispatcher& dispatcher_;
    const Question& q_;
    std::string_view query_;
};

}  // namespace

http::Response answer_rest(const Dispatcher& dispatcher, const http::Request& request) {
    const std::string_view path = std::string_view(request.path).substr(kRestPath.size());
    for (const std::string& part : {request.path, request.query}) {
        if (!http::percent_decode(part))
            return refused(400, "URI parsing failed, it likely contained RFC 3986 invalid characters");
    }
    if (path.starts_with(kUtxosPath)) return answer_rest_utxos(dispatcher, path.substr(kUtxosPath.size()), request);
    if (request.method != "GET") return http::plain_response(405);
    const size_t slash = path.rfind('/');
    const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
    const size_t dot = name.rfind('.');
    Question question;
    if (slash != path.npos) question.folder = path.substr(0, slash);
    question.item = name.substr(0, dot);
    if (dot != name.npos) question.form = name.substr(dot + 1);
    return Answering(dispatcher, question, request.query).run();
}

}  // namespace sluice::rpc
