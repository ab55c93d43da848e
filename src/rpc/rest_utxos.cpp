// /rest/getutxos: whether outputs are unspent, and what they hold. Asked by path, or by body in Bitcoin's serialization
// (BIP 64).
#include <charconv>

#include "codec/hex.h"
#include "codec/reader.h"
#include "codec/writer.h"
#include "rpc/dispatcher.h"
#include "rpc/rest.h"

namespace sluice::rpc {
namespace {

constexpr size_t kMostOutputs = 15;

struct Wanted {
    bool with_pool = false;
    Json outputs = Json::array();  // [txid, n]
};

// "txid-n".
bool read_output(std::string_view text, Wanted& to) {
    const size_t dash = text.find('-');
    if (dash != 64 || !from_hex(text.substr(0, dash))) return false;
    const std::string_view digits = text.substr(dash + 1);
    uint32_t n = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return false;
    to.outputs.push_back(Json::array({text.substr(0, dash), n}));
    return true;
}

bool read_path(std::string_view path, Wanted& to) {
    while (!path.empty()) {
        path.remove_prefix(1);  // '/'
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(part.size());
        if (part == "checkmempool" && to.outputs.empty() && !to.with_pool) {
            to.with_pool = true;
        } else if (!read_output(part, to)) {
            return false;
        }
    }
    return true;
}

bool read_body(ByteView body, Wanted& to) {
    Reader reader(body);
    to.with_pool = reader.u8() != 0;
    const uint64_t count = reader.compact_size();
    if (count > reader.remaining()) return false;
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
        const ByteView txid = reader.take(32);
        const uint32_t n = reader.u32();
        if (!reader.ok()) return false;
        to.outputs.push_back(Json::array({to_display_hex(txid), n}));
    }
    return reader.ok();
}

}  // namespace

http::Response answer_rest_utxos(const Dispatcher& dispatcher, std::string_view path, const http::Request& request) {
    const size_t dot = path.rfind('.');
    const std::string_view form = dot == path.npos ? std::string_view() : path.substr(dot + 1);
    path = path.substr(0, dot);
    if (!path.empty() && path.front() != '/') return http::plain_response(404);
    if (path.empty() && request.body.empty()) return refused(400, "Error: empty request");
    Wanted wanted;
    if (!read_path(path, wanted)) return refused(400, "Parse error");
    if (!path.empty() && wanted.outputs.empty()) return refused(400, "Error: empty request");
    if (form != "json" && form != "hex" && form != "bin")
        return refused(404, "output format not found (available: .bin, .hex, .json)");
    if (form == "json" && wanted.outputs.empty()) return refused(400, "Error: empty request");
    if (form != "json" && !request.body.empty()) {
        if (!wanted.outputs.empty())
            return refused(400, "Combination of URI scheme inputs and raw post data is not allowed");
        const std::optional<Bytes> body =
            form == "hex" ? from_hex(request.body) : std::optional(to_bytes(as_bytes(request.body)));
        if (!body || !read_body(*body, wanted)) return refused(400, "Parse error");
    }
    if (wanted.outputs.size() > kMostOutputs) {
        return refused(400, "Error: max outpoints exceeded (max: " + std::to_string(kMostOutputs) +
                                ", tried: " + std::to_string(wanted.outputs.size()) + ")");
    }
    const RpcResult found = dispatcher.call("getutxos", Json::array({wanted.outputs, wanted.with_pool}), Caller{});
    if (!found) return refused(found.error().code == Code::kWarmUp ? 503 : 500, found.error().message);
    http::Response out;
    Json shown = *found;
    const std::string hex = shown["hex"].get<std::string>();
    shown.erase("hex");
    if (form == "json") {
        out.content_type = "application/json";
        out.body = write_json(shown) + "\n";
    } else if (form == "hex") {
        out.content_type = "text/plain";
        out.body = hex + "\n";
    } else {
        out.content_type = "application/octet-stream";
        out.body = std::string(as_text(from_hex(hex).value_or(Bytes())));
    }
    return out;
}

}  // namespace sluice::rpc
