#include "rpc/wallet_fund.h"

#include <algorithm>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "rpc/rawtx.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::FundOrder;
using wallet::Wallet;

constexpr int64_t kLongestTarget = 1008;  // blocks
constexpr int kFeeRateDecimals = 3;       // of satoshi per virtual byte
constexpr const char* kTwoFees =
    "Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in blocks for automatic "
    "fee estimation, or an explicit fee rate.";

// An option goes by two names; the object has one of them, or neither.
const Json* either(const Json& options, const char* name, const char* former) {
    const char* found = options.contains(name) ? name : former;
    return options.contains(found) ? &options[found] : nullptr;
}

bool flag_of(const Json& options, const char* name, const char* former, bool otherwise) {
    const Json* value = either(options, name, former);
    return value != nullptr ? value->get<bool>() : otherwise;
}

Result<void, RpcError> check_types(const Json& options) {
    return check_fields(options,
                        {{"add_inputs", "bool", true},
                         {"include_unsafe", "bool", true},
                         {"add_to_wallet", "bool", true},
                         {"changeAddress", "", true},
                         {"change_address", "", true},
                         {"changePosition", "number", true},
                         {"change_position", "number", true},
                         {"change_type", "string", true},
                         {"includeWatching", "bool", true},
                         {"include_watching", "bool", true},
                         {"inputs", "array", true},
                         {"lockUnspents", "bool", true},
                         {"lock_unspents", "bool", true},
                         {"locktime", "number", true},
                         {"fee_rate", "", true},
                         {"feeRate", "", true},
                         {"psbt", "bool", true},
                         {"solving_data", "object", true},
                         {"subtractFeeFromOutputs", "array", true},
                         {"subtract_fee_from_outputs", "array", true},
                         {"replaceable", "bool", true},
                         {"conf_target", "number", true},
                         {"estimate_mode", "string", true},
                         {"include_explicit", "bool", true},
                         {"minconf", "number", true},
                         {"maxconf", "number", true},
                         {"input_weights", "array", true},
                         {"max_tx_weight", "number", true}},
                        true);
}

Result<wallet::ChangeTo, RpcError> change_to(const Json& text, const WalletPorts& ports) {
    const auto address =
        text.is_string() ? address_from(text.get<std::string>(), ports) : rpc_error(Code::kInvalidAddressOrKey, "");
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Change address must be a valid address");
    return wallet::ChangeTo{address->script, receiver_of(*address)};
}

Result<void, RpcError> read_change(const Json& options, FundOrder& out, const WalletPorts& ports) {
    const Json* address = either(options, "change_address", "changeAddress");
    if (address != nullptr && address->is_object()) {
        for (const auto& item : address->items()) {
            const auto asset = ports.labels->find(item.key());
            if (!asset)
                return rpc_error(Code::kInvalidParameter, "Change address key must be a valid asset label or hex");
            out.change[*asset] = TRY(change_to(item.value(), ports));
        }
    } else if (address != nullptr) {
        if (!address->is_string())
            return rpc_error(Code::kInvalidAddressOrKey, "Change address must be either a map or a string");
        out.change[ports.params->policy_asset] = TRY(change_to(*address, ports));
    }
    if (const Json* position = either(options, "change_position", "changePosition")) {
        const int64_t at = TRY(integer_from_json(*position));
        const auto outputs = static_cast<int64_t>(
            std::ranges::count_if(out.tx.outputs, [](const TxOut& each) { return !each.is_fee(); }));
        if (at < 0 || at > outputs) return rpc_error(Code::kInvalidParameter, "changePosition out of bounds");
        out.change_position = static_cast<uint32_t>(at);
    }
    if (!options.contains("change_type")) return {};
    if (address != nullptr) {
        return rpc_error(Code::kInvalidParameter, "Cannot specify both change address and address type options");
    }
    const std::string type = options["change_type"].get<std::string>();
    out.change_type = wallet::address_type_from(type);
    if (!out.change_type) return rpc_error(Code::kInvalidAddressOrKey, "Unknown change type '" + type + "'");
    return {};
}

Result<void, RpcError> read_depths(const Json& options, FundOrder& out) {
    if (options.contains("minconf")) {
        const int64_t depth = TRY(integer_from_json(options["minconf"]));
        if (depth < 0) return rpc_error(Code::kInvalidParameter, "Negative minconf");
        out.coins.min_depth = static_cast<uint32_t>(std::min<int64_t>(depth, UINT32_MAX));
    }
    if (!options.contains("maxconf")) return {};
    const int64_t depth = TRY(integer_from_json(options["maxconf"]));
    if (depth < out.coins.min_depth) {
        return rpc_error(Code::kInvalidParameter, "maxconf can't be lower than minconf: " + std::to_string(depth) +
                                                      " < " + std::to_string(out.coins.min_depth));
    }
    out.coins.max_depth = static_cast<uint32_t>(std::min<int64_t>(depth, UINT32_MAX));
    return {};
}

Result<void, RpcError> read_payers(const Json& list, const std::vector<std::string>& destinations, FundOrder& out) {
    const auto refused = [](const std::string& what) {
        return rpc_error(Code::kInvalidParameter, "Invalid parameter 'subtract fee from output', " + what);
    };
    for (const Json& each : list) {
        int64_t position = -1;
        if (each.is_string()) {
            const auto found = std::ranges::find(destinations, each.get<std::string>());
            if (found == destinations.end())
                return refused("destination " + each.get<std::string>() + " not found in tx outputs");
            position = found - destinations.begin();
        } else if (each.is_number()) {
            position = TRY(integer_from_json(each));
        } else {
            return refused("invalid value type: " + std::string(type_name(each)));
        }
        const std::string text = std::to_string(position);
        if (position < 0) return refused("negative position: " + text);
        if (position >= static_cast<int64_t>(destinations.size())) return refused("position too large: " + text);
        if (!out.subtract_fee_from.insert(static_cast<uint32_t>(position)).second)
            return refused("duplicated position: " + text);
    }
    return {};
}

Result<void, RpcError> read_rate(const Json& options, FundOrder& out) {
    const auto given = [&](const char* name) { return options.contains(name) ? options[name] : Json(); };
    if (!options.contains("feeRate")) {
        out.fee_rate = TRY(read_fee(given("conf_target"), given("estimate_mode"), given("fee_rate")));
        return {};
    }
    if (options.contains("fee_rate"))
        return rpc_error(Code::kInvalidParameter, "Cannot specify both fee_rate (sat/vB) and feeRate (BTC/kvB)");
    if (options.contains("conf_target")) {
        return rpc_error(Code::kInvalidParameter,
                         "Cannot specify both conf_target and feeRate. Please provide either a confirmation target in "
                         "blocks for automatic fee estimation, or an explicit fee rate.");
    }
    if (options.contains("estimate_mode"))
        return rpc_error(Code::kInvalidParameter, "Cannot specify both estimate_mode and feeRate");
    out.fee_rate = TRY(amount_from_json(options["feeRate"])).sat;  // coins per 1000 virtual bytes
    return {};
}

RpcResult fund_raw(const Args& args, const WalletPorts& ports) {
    const TxRef given = TRY(tx_from_hex(args.text(0), "TX decode failed"));
    FundOrder order;
    order.tx = given->tx;
    Json options = Json::object();
    if (args.json(1).is_object()) options = args.json(1);
    if (args.json(1).is_boolean()) options["include_watching"] = args.json(1);
    order = TRY(read_funding(options, std::move(order), std::vector<std::string>(given->tx.outputs.size()), ports));
    if (order.tx.outputs.empty()) return rpc_error(Code::kInvalidParameter, "TX must have at least one output");
    return on_wallet(ports, [order](Wallet& wallet) -> RpcResult {
        const auto funded = wallet.fund(order);
        if (!funded) return unexpected(fund_error(funded.error()));
        return Json{{"hex", to_hex(encode_tx(funded->tx))},
                    {"fee", amount_json(funded->fee)},
                    {"changepos", funded->change_position}};
    });
}

RpcResult set_tx_fee(const Args& args, const WalletPorts& ports) {
    const Amount amount = TRY(args.amount(0));
    return on_wallet(ports, [amount](Wallet& wallet) -> RpcResult {
        const wallet::WalletOptions& options = wallet.options();
        const auto rate = [](int64_t sat) { return amount_text({sat}) + " BTC/kvB"; };
        if (amount.sat != 0 && amount.sat < options.least_fee_rate) {
            return rpc_error(Code::kInvalidParameter,
                             "txfee cannot be less than min relay tx fee (" + rate(options.least_fee_rate) + ")");
        }
        if (amount > options.max_fee) {
            return rpc_error(Code::kInvalidParameter,
                             "txfee cannot be more than wallet max tx fee (" + rate(options.max_fee.sat) + ")");
        }
        wallet.set_fee_rate(amount.sat == 0 ? std::nullopt : std::optional(amount.sat));
        return true;
    });
}

}  // namespace

Result<std::optional<int64_t>, RpcError> read_fee(const Json& conf_target, const Json& estimate_mode,
                                                  const Json& fee_rate) {
    const std::string mode = estimate_mode.is_string() ? estimate_mode.get<std::string>() : "unset";
    const auto is = [&](std::string_view word) {
        return std::ranges::equal(mode, word, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
    };
    if (!fee_rate.is_null()) {
        if (!conf_target.is_null()) return rpc_error(Code::kInvalidParameter, kTwoFees);
        if (mode != "unset")
            return rpc_error(Code::kInvalidParameter, "Cannot specify both estimate_mode and fee_rate");
        const auto text = number_or_string_text(fee_rate);
        if (!text) return rpc_error(Code::kType, "Amount is not a number or string");
        const auto rate = parse_fixed_point(*text, kFeeRateDecimals);
        if (!rate) return rpc_error(Code::kType, "Invalid amount");
        if (*rate < 0 || !in_money_range({*rate})) return rpc_error(Code::kType, "Amount out of range");
        return std::optional(*rate);
    }
    if (!is("unset") && !is("economical") && !is("conservative")) {
        return rpc_error(
            Code::kInvalidParameter,
            "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"");
    }
    if (conf_target.is_null()) return std::optional<int64_t>();
    const int64_t target = TRY(integer_from_json(conf_target));
    if (target < 1 || target > kLongestTarget) {
        return rpc_error(Code::kInvalidParameter,
                         "Invalid conf_target, must be between 1 and " + std::to_string(kLongestTarget));
    }
    return std::optional<int64_t>();
}

Result<FundOrder, RpcError> read_funding(const Json& given, FundOrder order,
                                         const std::vector<std::string>& destinations, const WalletPorts& ports) {
    Json options = Json::object();
    for (const auto& item : given.items()) {
        if (!item.value().is_null()) options[item.key()] = item.value();
    }
    TRY_VOID(check_types(options));
    order.coins.any = flag_of(options, "add_inputs", "add_inputs", order.coins.any);
    order.coins.unsafe = flag_of(options, "include_unsafe", "include_unsafe", false);
    order.coins.watch_only = flag_of(options, "include_watching", "includeWatching", false);
    order.lock_coins = flag_of(options, "lock_unspents", "lockUnspents", false);
    if (options.contains("replaceable")) order.replaceable = options["replaceable"].get<bool>();
    TRY_VOID(read_change(options, order, ports));
    TRY_VOID(read_depths(options, order));
    TRY_VOID(read_rate(options, order));
    const Json* payers = either(options, "subtract_fee_from_outputs", "subtractFeeFromOutputs");
    if (payers != nullptr) TRY_VOID(read_payers(*payers, destinations, order));
    return order;
}

RpcError fund_error(const Error& error) {
    RpcError out = wallet_error(error);
    if (out.code == Code::kInsufficientFunds) out.code = Code::kWallet;
    return out;
}

void add_wallet_fund_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "fundrawtransaction", ports, fund_raw);
    add_wallet_method(dispatcher, "settxfee", ports, set_tx_fee);
}

}  // namespace sluice::rpc
