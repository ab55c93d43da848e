#include "rpc/args.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "codec/hex.h"

namespace sluice::rpc {
namespace {

std::vector<std::string_view> names_of(const Argument& argument) {
    std::vector<std::string_view> out;
    std::string_view rest = argument.names;
    while (true) {
        const size_t bar = rest.find('|');
        out.push_back(rest.substr(0, bar));
        if (bar == rest.npos) return out;
        rest.remove_prefix(bar + 1);
    }
}

// Methods whose options may be given as named arguments of the call.
const Argument* options_of(const Method& method) {
    constexpr std::array<std::string_view, 8> kMethods = {
        "bumpfee", "fundrawtransaction",     "listunspent",           "psbtbumpfee", "send",
        "sendall", "simulaterawtransaction", "walletcreatefundedpsbt"};
    if (std::ranges::find(kMethods, method.name) == kMethods.end()) return nullptr;
    const auto found = std::ranges::find_if(
        method.arguments, [](const Argument& each) { return names_of(each).front().ends_with("options"); });
    return found == method.arguments.end() ? nullptr : &*found;
}

// Named arguments to positional ones; "args" gives leading positional ones.
Result<Json, RpcError> position_named(const Method& method, const Json& params) {
    std::map<std::string, const Json*, std::less<>> given;
    for (const auto& item : params.items()) {
        if (!given.emplace(item.key(), &item.value()).second) {
            return rpc_error(Code::kInvalidParameter, "Parameter " + item.key() + " specified multiple times");
        }
    }
    Json options = Json::object();
    if (const Argument* place = options_of(method)) {
        const auto known = [&](const std::string& name) {
            return std::ranges::any_of(method.arguments, [&](const Argument& each) {
                const auto names = names_of(each);
                return std::ranges::find(names, name) != names.end();
            });
        };
        const std::string name(names_of(*place).front());
        for (auto it = given.begin(); it != given.end();) {
            const bool option = it->first != "args" && !known(it->first);
            if (option) options[it->first] = *it->second;
            it = option ? given.erase(it) : std::next(it);
        }
        const auto stated = given.find(name);
        if (!options.empty() && stated != given.end()) {
            if (!stated->second->is_object())
                return rpc_error(Code::kInvalidParameter, "Unknown named parameter " + options.begin().key());
            for (const auto& item : stated->second->items()) {
                if (options.contains(item.key()))
                    return rpc_error(Code::kInvalidParameter, "Parameter " + item.key() + " specified multiple times");
                options[item.key()] = item.value();
            }
        }
        if (!options.empty()) given.insert_or_assign(name, &options);
    }
    Json out = Json::array();
    size_t hole = 0;
    size_t initial_hole = 0;
    std::string_view first_named;
    for (const Argument& argument : method.arguments) {
        auto found = given.end();
        for (const std::string_view name : names_of(argument)) {
            found = given.find(name);
            if (found != given.end()) break;
        }
        if (found == given.end()) {
            ++hole;
            if (out.empty()) initial_hole = hole;
            continue;
        }
        for (; hole > 0; --hole) out.push_back(nullptr);
        if (first_named.empty()) first_named = argument.names;
        out.push_back(*found->second);
        given.erase(found);
    }
    if (const auto positional = given.find("args"); positional != given.end() && positional->second->is_array()) {
        const Json& leading = *positional->second;
        if (initial_hole < leading.size() && !first_named.empty()) {
            return rpc_error(Code::kInvalidParameter, "Parameter " + std::string(first_named) +
                                                          " specified twice both as positional and named argument");
        }
        Json joined = leading;
        for (size_t i = joined.size(); i < out.size(); ++i) joined.push_back(out[i]);
        out = std::move(joined);
        given.erase(positional);
    }
    if (!given.empty()) return rpc_error(Code::kInvalidParameter, "Unknown named parameter " + given.begin()->first);
    return out;
}

std::string_view expected_type(ArgType type) {
    switch (type) {
        case ArgType::kText:
        case ArgType::kHex: return "string";
        case ArgType::kNumber: return "number";
        case ArgType::kBool: return "bool";
        case ArgType::kArray: return "array";
        case ArgType::kObject: return "object";
        default: return "";
    }
}

const Json& null_json() {
    static const Json null;
    return null;
}

}  // namespace

Result<Args, RpcError> Args::make(const Method& method, const Json& params) {
    Args args;
    args.values_ = params.is_object() ? TRY(position_named(method, params)) : params;
    // As elementsd counts: up to the last one that must be there.
    size_t required = method.arguments.size();
    while (required > 0 && !method.arguments[required - 1].required) --required;
    if (args.count() < required || args.count() > method.arguments.size())
        return rpc_error(Code::kMisc, help_text(method));
    Json mismatch = Json::object();
    for (size_t i = 0; i < method.arguments.size(); ++i) {
        const Argument& argument = method.arguments[i];
        const std::string_view expected = expected_type(argument.type);
        const Json& value = args.json(i);
        if (expected.empty() || (value.is_null() && !argument.required) || type_name(value) == expected) continue;
        mismatch["Position " + std::to_string(i + 1) + " (" + std::string(argument.names) + ")"] =
            "JSON value of type " + std::string(type_name(value)) + " is not of expected type " + std::string(expected);
    }
    if (!mismatch.empty()) return rpc_error(Code::kType, "Wrong type passed:\n" + write_json(mismatch, 4));
    return args;
}

size_t Args::count() const { return values_.size(); }
bool Args::has(size_t i) const { return !json(i).is_null(); }
const Json& Args::json(size_t i) const { return i < values_.size() ? values_[i] : null_json(); }

std::string Args::text(size_t i) const { return json(i).get<std::string>(); }
std::string Args::text_or(size_t i, std::string_view otherwise) const {
    return has(i) ? text(i) : std::string(otherwise);
}
bool Args::flag_or(size_t i, bool otherwise) const { return has(i) ? json(i).get<bool>() : otherwise; }

Result<int64_t, RpcError> Args::integer(size_t i) const { return integer_from_json(json(i)); }
Result<int64_t, RpcError> Args::integer_or(size_t i, int64_t otherwise) const {
    return has(i) ? integer(i) : otherwise;
}
Result<int64_t, RpcError> Args::verbosity_or(size_t i, int64_t otherwise) const {
    if (!has(i)) return otherwise;
    if (json(i).is_boolean()) return json(i).get<bool>() ? 1 : 0;
    return integer(i);
}
Result<Amount, RpcError> Args::amount(size_t i) const { return amount_from_json(json(i)); }
Result<Bytes, RpcError> Args::hex(size_t i, std::string_view name) const { return hex_from_json(json(i), name); }
Result<Bytes, RpcError> Args::id_bytes(size_t i, std::string_view name) const {
    if (!json(i).is_string()) {
        return rpc_error(Code::kType,
                         "JSON value of type " + std::string(type_name(json(i))) + " is not of expected type string");
    }
    return id_bytes_from_text(json(i).get_ref<const std::string&>(), name);
}

Result<void, RpcError> check_fields(const Json& object, std::initializer_list<FieldType> fields, bool strict) {
    for (const FieldType& field : fields) {
        const auto found = object.find(field.name);
        const bool absent = found == object.end() || found->is_null();
        if (absent && field.optional) continue;
        if (absent) return rpc_error(Code::kType, "Missing " + std::string(field.name));
        if (field.type.empty() || type_name(*found) == field.type) continue;
        return rpc_error(Code::kType, "JSON value of type " + std::string(type_name(*found)) + " for field " +
                                          std::string(field.name) + " is not of expected type " +
                                          std::string(field.type));
    }
    if (!strict) return {};
    for (const auto& item : object.items()) {
        const auto listed = [&](const FieldType& field) { return field.name == item.key(); };
        if (std::none_of(fields.begin(), fields.end(), listed))
            return rpc_error(Code::kType, "Unexpected key " + item.key());
    }
    return {};
}

Result<Amount, RpcError> amount_from_json(const Json& value) {
    const std::optional<std::string> text = number_or_string_text(value);
    if (!text) return rpc_error(Code::kType, "Amount is not a number or string");
    const std::optional<int64_t> sat = parse_fixed_point(*text, 8);
    if (!sat) return rpc_error(Code::kType, "Invalid amount");
    if (!in_money_range(Amount{*sat})) return rpc_error(Code::kType, "Amount out of range");
    return Amount{*sat};
}

Result<int64_t, RpcError> integer_from_json(const Json& value) {
    if (value.is_number_unsigned() && value.get<uint64_t>() <= INT64_MAX)
        return static_cast<int64_t>(value.get<uint64_t>());
    if (value.is_number_integer() && !value.is_number_unsigned()) return value.get<int64_t>();
    if (type_name(value) == "number") return rpc_error(Code::kMisc, "JSON integer out of range");
    return rpc_error(Code::kType,
                     "JSON value of type " + std::string(type_name(value)) + " is not of expected type number");
}

Result<Bytes, RpcError> id_bytes_from_text(std::string_view text, std::string_view name) {
    const std::string shown(text);
    const std::string subject(name);
    if (text.size() != 64) {
        return rpc_error(Code::kInvalidParameter, subject + " must be of length 64 (not " +
                                                      std::to_string(text.size()) + ", for '" + shown + "')");
    }
    std::optional<Bytes> bytes = from_hex(text);
    if (!bytes)
        return rpc_error(Code::kInvalidParameter, subject + " must be hexadecimal string (not '" + shown + "')");
    std::ranges::reverse(*bytes);
    return std::move(*bytes);
}

Result<Bytes, RpcError> hex_from_json(const Json& value, std::string_view name) {
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    std::optional<Bytes> bytes = text.empty() ? std::nullopt : from_hex(text);
    if (!bytes)
        return rpc_error(Code::kInvalidParameter,
                         std::string(name) + " must be hexadecimal string (not '" + text + "')");
    return std::move(*bytes);
}

}  // namespace sluice::rpc
