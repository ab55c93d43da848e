#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "codec/hex.h"
#include "http/client.h"
#include "peg/chain/bitcoin_node.h"

namespace sluice::parent_chain {

namespace {

using nlohmann::json;

constexpr uint32_t kConfirmTarget = 6;    // blocks, for fee estimates
constexpr double kMaxRate = 100'000'000;  // sat/kvB; more is nonsense

// What went wrong inside the RPC, as opposed to on the way to it.
struct Reply {
    json result;
    bool failed = false;
    int code = 0;
    std::string message;
};

class BitcoinRpc final : public BitcoinNode {
public:
    explicit BitcoinRpc(BitcoinRpcOptions options) : options_(std::move(options)), client_(client_options(options_)) {}

    Result<uint32_t> block_count() override {
        const json count = TRY(call("getblockcount", json::array()));
        if (!count.is_number_unsigned()) return nonsense("getblockcount");
        return count.get<uint32_t>();
    }

    Result<std::vector<ParentBlockHash>> block_hashes(uint32_t first, uint32_t count) override {
        std::vector<json> params;
        for (uint32_t i = 0; i < count; ++i) params.push_back(json::array({first + i}));
        std::vector<ParentBlockHash> out;
        for (const Reply& reply : TRY(batch("getblockhash", params))) {
            const json value = TRY(result_of(reply, "getblockhash"));
            const auto hash =
                value.is_string() ? from_display<ParentBlockHash>(value.get<std::string>()) : std::nullopt;
            if (!hash) return nonsense("getblockhash");
            out.push_back(*hash);
        }
        return out;
    }

    Result<std::vector<Bytes>> headers(const std::vector<ParentBlockHash>& hashes) override {
        std::vector<json> params;
        for (const ParentBlockHash& hash : hashes) params.push_back(json::array({to_display(hash), false}));
        std::vector<Bytes> out;
        for (const Reply& reply : TRY(batch("getblockheader", params))) {
            out.push_back(TRY(hex_of(TRY(result_of(reply, "getblockheader")), "getblockheader")));
        }
        return out;
    }

    Result<Bytes> block(const ParentBlockHash& hash) override {
        return hex_of(TRY(call("getblock", json::array({to_display(hash), false}))), "getblock");
    }

    Result<std::optional<UnspentOutput>> unspent(const ParentOutPoint& outpoint, bool mempool) override {
        const json found = TRY(call("gettxout", json::array({to_display(outpoint.txid), outpoint.index, mempool})));
        if (found.is_null()) return std::nullopt;
        const auto best = found.is_object() && found.contains("bestblock") && found["bestblock"].is_string()
                              ? from_display<ParentBlockHash>(found["bestblock"].get<std::string>())
                              : std::nullopt;
        if (!best || !found.contains("confirmations") || !found["confirmations"].is_number_integer()) {
            return nonsense("gettxout");
        }
        const auto depth = found["confirmations"].get<int64_t>();
        return std::optional(UnspentOutput{*best, depth > 0 ? static_cast<uint32_t>(depth) : 0});
    }

    Status send(ByteView transaction) override {
        TRY(call("sendrawtransaction", json::array({to_hex(transaction)})));
        return {};
    }

    Result<bool> in_mempool(const ParentTxid& txid) override {
        const Reply reply = TRY(single("getmempoolentry", json::array({to_display(txid)})));
        return !reply.failed && reply.result.is_object();
    }

    Result<std::optional<uint32_t>> fee_rate() override {
        // One argument: bcoin takes no second one.
        const Reply reply = TRY(single("estimatesmartfee", json::array({kConfirmTarget})));
        if (reply.failed || !reply.result.is_object() || !reply.result.contains("feerate")) return std::nullopt;
        const json& rate = reply.result["feerate"];
        if (!rate.is_number()) return std::nullopt;
        const double satoshi = std::ceil(rate.get<double>() * 100'000'000);
        if (!(satoshi >= 1) || satoshi > kMaxRate) return std::nullopt;
        return std::optional(static_cast<uint32_t>(satoshi));
    }

private:
    static http::ClientOptions client_options(const BitcoinRpcOptions& options) {
        http::ClientOptions out;
        out.host = options.host;
        out.port = options.port;
        out.timeout = std::chrono::seconds(options.timeout_seconds);
        return out;
    }

    std::string authorization() const {
        if (!options_.user.empty() || !options_.password.empty() || options_.cookie_file.empty()) {
            return http::make_basic(options_.user, options_.password);
        }
        std::ifstream in(options_.cookie_file);
        std::string line;
        std::getline(in, line);
        const size_t colon = line.find(':');
        if (colon == std::string::npos) return {};
        return http::make_basic(line.substr(0, colon), line.substr(colon + 1));
    }

    static tl::unexpected<Error> nonsense(const std::string& method) {
        return fail("the Bitcoin node's answer to " + method + " makes no sense");
    }
    static Result<json> result_of(const Reply& reply, const std::string& method) {
        if (reply.failed) return fail(method + ": " + reply.message + " (code " + std::to_string(reply.code) + ")");
        return reply.result;
    }
    static Result<Bytes> hex_of(const json& value, const std::string& method) {
        std::optional<Bytes> bytes = value.is_string() ? from_hex(value.get_ref<const std::string&>()) : std::nullopt;
        if (!bytes) return nonsense(method);
        return std::move(*bytes);
    }
    static Result<Reply> reply_of(const json& body, const std::string& method) {
        if (!body.is_object()) return nonsense(method);
        Reply out;
        if (body.contains("error") && !body["error"].is_null()) {
            const json& error = body["error"];
            out.failed = true;
            if (error.is_object() && error.contains("message") && error["message"].is_string()) {
                out.message = error["message"].get<std::string>();
            }
            if (error.is_object() && error.contains("code") && error["code"].is_number_integer())
                out.code = error["code"].get<int>();
        } else if (body.contains("result")) {
            out.result = body["result"];
        } else {
            return nonsense(method);
        }
        return out;
    }

    Result<json> post(const json& request) {
        const std::string body = request.dump();
        for (int attempt = 0;; ++attempt) {
            client_.set_authorization(authorization());
            const auto response = client_.post("/", body);
            if (!response) {
                return fail("the Bitcoin node at " + options_.host + ":" + std::to_string(options_.port) +
                            " does not answer: " + response.error().message);
            }
            // A node that restarted has a new cookie.
            if (response->status == 401 && attempt == 0 && !options_.cookie_file.empty()) continue;
            if (response->status == 401 || response->status == 403)
                return fail("the Bitcoin node refuses our credentials");
            json reply = json::parse(response->body, nullptr, false);
            if (reply.is_discarded()) {
                return fail("the Bitcoin node answered with status " + std::to_string(response->status) +
                            " and no JSON");
            }
            return reply;
        }
    }

    json request(const std::string& method, json params) {
        return {{"jsonrpc", "1.0"}, {"id", ++last_id_}, {"method", method}, {"params", std::move(params)}};
    }

    Result<Reply> single(const std::string& method, json params) {
        return reply_of(TRY(post(request(method, std::move(params)))), method);
    }
    Result<json> call(const std::string& method, json params) {
        return result_of(TRY(single(method, std::move(params))), method);
    }

    // Replies in the order of the requests.
    Result<std::vector<Reply>> batch(const std::string& method, const std::vector<json>& params) {
        if (params.empty()) return std::vector<Reply>{};
        if (params.size() == 1) return std::vector<Reply>{TRY(single(method, params[0]))};
        json requests = json::array();
        const int64_t first = last_id_ + 1;
        for (const json& each : params) requests.push_back(request(method, each));
        const json body = TRY(post(requests));
        if (!body.is_array() || body.size() != params.size()) return nonsense(method);
        std::vector<std::optional<Reply>> found(params.size());
        for (const json& each : body) {
            if (!each.is_object() || !each.contains("id") || !each["id"].is_number_integer()) return nonsense(method);
            const int64_t at = each["id"].get<int64_t>() - first;
            if (at < 0 || at >= static_cast<int64_t>(found.size())) return nonsense(method);
            found[static_cast<size_t>(at)] = TRY(reply_of(each, method));
        }
        std::vector<Reply> out;
        for (std::optional<Reply>& each : found) {
            if (!each) return nonsense(method);
            out.push_back(std::move(*each));
        }
        return out;
    }

    BitcoinRpcOptions options_;
    http::Client client_;
    int64_t last_id_ = 0;
};

}  // namespace

std::unique_ptr<BitcoinNode> make_bitcoin_rpc(BitcoinRpcOptions options) {
    return std::make_unique<BitcoinRpc>(std::move(options));
}

}  // namespace sluice::parent_chain
