// Descriptors of the wallet: imported and listed. Methods that only the reference's legacy wallets have are refused
// with its words.
#include "codec/hex.h"
#include "rpc/json_script.h"
#include "rpc/wallet_json.h"
#include "signing/descriptor.h"

namespace sluice::rpc {
namespace {

using signing::Descriptor;
using wallet::ImportRecord;
using wallet::Wallet;

constexpr int64_t kMostRange = 1'000'000;

struct ImportOrder {
    ImportRecord record;
    std::vector<Descriptor> parsed;  // several where a path has several values
    std::vector<std::string> warnings;
};

// Inclusive ends, as given: a number is the end of a range from 0.
Result<std::pair<int64_t, int64_t>, RpcError> range_from(const Json& value) {
    int64_t low = 0;
    int64_t high = 0;
    if (value.is_array()) {
        if (value.size() != 2)
            return rpc_error(Code::kInvalidParameter, "Range must have exactly two elements: [begin,end]");
        low = TRY(integer_from_json(value[0]));
        high = TRY(integer_from_json(value[1]));
    } else if (value.is_number()) {
        high = TRY(integer_from_json(value));
    } else {
        return rpc_error(Code::kInvalidParameter, "Range must be specified as end or as [begin,end]");
    }
    if (high < low)
        return rpc_error(Code::kInvalidParameter, "Range specified as [begin,end] must not have begin after end");
    if (low < 0) return rpc_error(Code::kInvalidParameter, "Range should be greater or equal than 0");
    if (high >= int64_t{1} << 31) return rpc_error(Code::kInvalidParameter, "End of range is too high");
    if (high - low >= kMostRange) return rpc_error(Code::kInvalidParameter, "Range is too large");
    return std::pair(low, high);
}

Result<int64_t, RpcError> timestamp_from(const Json& request, int64_t now) {
    if (!request.is_object() || !request.contains("timestamp"))
        return rpc_error(Code::kType, "Missing required timestamp field for key");
    const Json& value = request["timestamp"];
    if (value.is_number()) return integer_from_json(value);
    if (value.is_string() && value == "now") return now;
    return rpc_error(Code::kType,
                     "Expected number or \"now\" timestamp value for key. got type " + std::string(type_name(value)));
}

Result<ImportRecord, RpcError> with_range(ImportRecord record, const Json& request, bool ranged,
                                          std::vector<std::string>& warnings) {
    if (!ranged) {
        if (request.contains("range"))
            return rpc_error(Code::kInvalidParameter, "Range should not be specified for an un-ranged descriptor");
        return record;
    }
    if (request.contains("range")) {
        const auto [low, high] = TRY(range_from(request["range"]));
        record.begin = static_cast<uint32_t>(low);
        record.end = static_cast<uint32_t>(high + 1);
    } else {
        warnings.emplace_back("Range not given, using default keypool range");
        record.end = wallet::kLookahead;
    }
    record.next = record.begin;
    if (request.contains("next_index")) {
        const int64_t next = TRY(integer_from_json(request["next_index"]));
        if (next < record.begin || next >= record.end)
            return rpc_error(Code::kInvalidParameter, "next_index is out of range");
        record.next = static_cast<uint32_t>(next);
    }
    return record;
}

// What one request asks for, checked but for what only the wallet knows.
Result<ImportOrder, RpcError> order_from(const Json& request, int64_t timestamp, const ChainParams& params) {
    if (!request.contains("desc")) return rpc_error(Code::kInvalidParameter, "Descriptor not found.");
    if (!request["desc"].is_string()) return rpc_error(Code::kType, "JSON value is not a string as expected");
    auto parsed = Descriptor::parse(request["desc"].get<std::string>(), params, true);
    if (!parsed) return rpc_error(Code::kInvalidAddressOrKey, parsed.error().message);
    ImportOrder out;
    out.parsed = std::move(*parsed);
    const Descriptor& first = out.parsed.front();
    const bool several = out.parsed.size() > 1;
    ImportRecord record;
    record.timestamp = timestamp;
    record.active = request.value("active", false);
    record.internal = request.value("internal", false);
    record.label = request.value("label", std::string());
    if (record.label == "*") return rpc_error(Code::kWalletInvalidLabel, "Invalid label name");
    const auto wrong = [](const char* text) { return rpc_error(Code::kInvalidParameter, text); };
    if (several && request.contains("internal"))
        return wrong("Cannot have multipath descriptor while also specifying \'internal\'");
    const bool ranged = first.is_range();
    out.record = TRY(with_range(std::move(record), request, ranged, out.warnings));
    if (out.record.active && !ranged) return wrong("Active descriptors must be ranged");
    if (several && request.contains("label")) return wrong("Multipath descriptors should not have a label");
    if (request.contains("range") && request.contains("label"))
        return wrong("Ranged descriptors should not have a label");
    if (out.record.internal && request.contains("label")) return wrong("Internal addresses should not have a label");
    if (out.record.active && first.is_combo())
        return rpc_error(Code::kWallet, "Combo descriptors cannot be set to active");
    if (out.record.active && !first.output_kind()) {
        out.record.active = false;
        out.warnings.emplace_back("Unknown output type, cannot set descriptor to active.");
    }
    return out;
}

Result<void, RpcError> import_one(Wallet& wallet, ImportOrder& order) {
    const bool watches = wallet.flags().private_keys_disabled;
    const bool with_secrets = order.parsed.front().has_secrets();
    if (watches && with_secrets)
        return rpc_error(Code::kWallet, "Cannot import private keys to a wallet with private keys disabled");
    if (!watches && !with_secrets) {
        return rpc_error(Code::kWallet,
                         "Cannot import descriptor without private keys to a wallet with private keys enabled");
    }
    for (size_t i = 0; i < order.parsed.size(); ++i) {
        const Descriptor& each = order.parsed[i];
        const auto normal = each.normalized(*wallet.options().params);
        if (!watches && normal && normal->secrets.size() < each.bases().size()) {
            order.warnings.emplace_back(
                "Not all private keys provided. Some wallet functionality may return unexpected errors");
        }
        ImportRecord record = order.record;
        // The second path is for change.
        if (order.parsed.size() > 1) record.internal = i == 1;
        if (const Status done = wallet.import(std::move(record), each); !done)
            return unexpected(wallet_error(done.error()));
    }
    return {};
}

RpcResult import_descriptors(const Args& args, const WalletPorts& ports) {
    return on_wallet(ports, [requests = args.json(0), params = ports.params](Wallet& wallet) -> RpcResult {
        if (wallet.flags().mixed)
            return rpc_error(Code::kWallet, "importdescriptors is not available for non-descriptor wallets");
        if (wallet.locked()) {
            return rpc_error(Code::kUnlockNeeded,
                             "Error: Please enter the wallet passphrase with walletpassphrase first.");
        }
        const auto tip_time = wallet.tip_median_time();
        if (!tip_time) return unexpected(wallet_error(tip_time.error()));
        const int64_t now = *tip_time;
        int64_t earliest = now;
        bool imported = false;
        Json out = Json::array();
        for (const Json& request : requests) {
            const int64_t timestamp = std::max<int64_t>(1, TRY(timestamp_from(request, now)));
            Result<ImportOrder, RpcError> order = order_from(request, timestamp, *params);
            Result<void, RpcError> done = {};
            if (order) {
                done = import_one(wallet, *order);
            } else {
                done = unexpected(order.error());
            }
            Json row = {{"success", done.has_value()}};
            if (!done) {
                row["error"] = {{"code", static_cast<int>(done.error().code)}, {"message", done.error().message}};
            }
            if (order && !order->warnings.empty()) row["warnings"] = order->warnings;
            out.push_back(std::move(row));
            imported = imported || done.has_value();
            earliest = std::min(earliest, timestamp);
        }
        if (imported) {
            if (const Status done = wallet.rescan_from_time(earliest); !done)
                return unexpected(wallet_error(done.error()));
        }
        return out;
    });
}

std::string with_checksum(const std::string& body) { return body + "#" + descriptor_checksum(body); }

RpcResult list_descriptors(const Args& args, const WalletPorts& ports) {
    const bool secret = args.flag_or(0, false);
    return on_wallet(ports, [ports, secret](const Wallet& wallet) -> RpcResult {
        if (secret && wallet.flags().private_keys_disabled)
            return rpc_error(Code::kWallet, "Can't get private descriptor string for watch-only wallets");
        if (secret && wallet.locked()) {
            return rpc_error(Code::kUnlockNeeded,
                             "Error: Please enter the wallet passphrase with walletpassphrase first.");
        }
        std::map<std::string, Json> rows;
        const auto all = wallet.descriptors(secret);
        if (!all) return unexpected(wallet_error(all.error()));
        for (const wallet::ListedDescriptor& each : *all) {
            Json row = Json::object();
            row["desc"] = with_checksum(each.text);
            row["timestamp"] = each.record.timestamp;
            row["active"] = each.record.active;
            if (each.record.active) row["internal"] = each.record.internal;
            if (each.ranged) {
                row["range"] = {each.record.begin, each.record.end - 1};
                row["next"] = each.record.next;
                row["next_index"] = each.record.next;
            }
            rows.insert_or_assign(row["desc"].get<std::string>(), std::move(row));
        }
        Json sorted = Json::array();
        for (auto& [desc, row] : rows) sorted.push_back(std::move(row));
        return Json{{"wallet_name", ports.at.name}, {"descriptors", std::move(sorted)}};
    });
}

}  // namespace

void add_wallet_import_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "importdescriptors", ports, import_descriptors);
    add_wallet_method(dispatcher, "listdescriptors", ports, list_descriptors);
    for (const char* name : {"addmultisigaddress", "dumpwallet", "importmulti", "importwallet", "sethdseed"}) {
        add_wallet_method(dispatcher, name, ports, [](const Args&, const WalletPorts&) -> RpcResult {
            return rpc_error(Code::kWallet, "Only legacy wallets are supported by this command");
        });
    }
}

}  // namespace sluice::rpc
