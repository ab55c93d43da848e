#include "rpc/descriptor.h"

#include "consensus/params/chain_params.h"
#include "rpc/args.h"
#include "rpc/json_script.h"
#include "signing/descriptor.h"

namespace sluice::rpc {
namespace {

using signing::Descriptor;

constexpr uint32_t kDefaultEnd = 1000;
constexpr int64_t kLongestRange = 1'000'000;

Result<std::vector<Descriptor>, RpcError> parse(const std::string& text, const ChainParams& params) {
    auto parsed = Descriptor::parse(text, params);
    if (!parsed) return rpc_error(Code::kInvalidAddressOrKey, parsed.error().message);
    return std::move(*parsed);
}

struct ScanObject {
    std::string text;
    std::vector<Descriptor> parsed;
    std::pair<uint32_t, uint32_t> range;
};

Result<ScanObject, RpcError> read_scan_object(const Json& object, const ChainParams& params) {
    const Json* text = &object;
    std::pair<uint32_t, uint32_t> range = {0, kDefaultEnd};
    if (object.is_object()) {
        if (!object.contains("desc"))
            return rpc_error(Code::kInvalidParameter, "Descriptor needs to be provided in scan object");
        text = &object["desc"];
        if (object.contains("range") && !object["range"].is_null()) range = TRY(descriptor_range(object["range"]));
    } else if (!object.is_string()) {
        return rpc_error(Code::kInvalidParameter, "Scan object needs to be either a string or an object");
    }
    if (!text->is_string()) {
        return rpc_error(Code::kType,
                         "JSON value of type " + std::string(type_name(*text)) + " is not of expected type string");
    }
    ScanObject out{text->get<std::string>(), {}, range};
    out.parsed = TRY(parse(out.text, params));
    if (!out.parsed[0].is_range()) out.range = {0, 0};
    return out;
}

RpcError needs_private_keys(const ScanObject& scan) {
    return {Code::kInvalidAddressOrKey, std::string(kNeedsPrivateKeys) + ": '" + scan.text + "'"};
}

}  // namespace

Result<std::pair<uint32_t, uint32_t>, RpcError> descriptor_range(const Json& value) {
    int64_t first = 0;
    int64_t last = 0;
    if (value.is_number_integer()) {
        last = TRY(integer_from_json(value));
    } else if (value.is_array() && value.size() == 2 && value[0].is_number_integer() && value[1].is_number_integer()) {
        first = TRY(integer_from_json(value[0]));
        last = TRY(integer_from_json(value[1]));
        if (first > last) {
            return rpc_error(Code::kInvalidParameter, "Range specified as [begin,end] must not have begin after end");
        }
    } else {
        return rpc_error(Code::kInvalidParameter, "Range must be specified as end or as [begin,end]");
    }
    if (first < 0) return rpc_error(Code::kInvalidParameter, "Range should be greater or equal than 0");
    // Of a negative end too.
    if (last < 0 || last > INT32_MAX) return rpc_error(Code::kInvalidParameter, "End of range is too high");
    if (last >= first + kLongestRange) return rpc_error(Code::kInvalidParameter, "Range is too large");
    return std::pair(static_cast<uint32_t>(first), static_cast<uint32_t>(last));
}

Result<std::vector<ScriptDescriptor>, RpcError> scan_object_scripts(const Json& object, const ChainParams& params) {
    const ScanObject scan = TRY(read_scan_object(object, params));
    std::vector<ScriptDescriptor> out;
    for (uint32_t index = scan.range.first; index <= scan.range.second; ++index) {
        for (const Descriptor& each : scan.parsed) {
            auto made = each.expand(index);
            if (!made) return unexpected(needs_private_keys(scan));
            for (size_t i = 0; i < made->scripts.size(); ++i) {
                std::string shown = made->texts[i].empty() ? infer_descriptor(made->scripts[i], params)
                                                           : made->texts[i] + "#" + descriptor_checksum(made->texts[i]);
                out.push_back({std::move(made->scripts[i]), std::move(shown)});
            }
        }
    }
    return out;
}

Result<signing::KeyRing, RpcError> scan_object_keys(const Json& objects, const ChainParams& params) {
    signing::KeyRing out;
    for (const Json& object : objects) {
        const ScanObject scan = TRY(read_scan_object(object, params));
        for (uint32_t index = scan.range.first; index <= scan.range.second; ++index) {
            for (const Descriptor& each : scan.parsed) {
                auto made = each.expand(index, true);
                if (!made) return unexpected(needs_private_keys(scan));
                out.merge(std::move(made->keys));
            }
        }
    }
    return out;
}

Result<Script, RpcError> payable_script(const std::string& descriptor, const ChainParams& params) {
    const std::vector<Descriptor> parsed = TRY(parse(descriptor, params));
    if (parsed.size() > 1) return rpc_error(Code::kInvalidParameter, "Multipath descriptor not accepted");
    if (parsed[0].is_range()) {
        return rpc_error(Code::kInvalidParameter,
                         "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?");
    }
    auto made = parsed[0].expand(0);
    if (!made) return rpc_error(Code::kInvalidAddressOrKey, std::string(kNeedsPrivateKeys));
    // combo: pk, pkh, and with a compressed key wpkh and sh(wpkh).
    const size_t count = made->scripts.size();
    return std::move(made->scripts[count == 1 ? 0 : count == 4 ? 2 : 1]);
}

}  // namespace sluice::rpc
