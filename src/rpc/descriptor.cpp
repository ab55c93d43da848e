#include "rpc/descriptor.h"

#include <optional>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"

namespace sluice::rpc {

Result<ScriptDescriptor, RpcError> read_descriptor(const std::string& text, const ChainParams& params) {
    const std::string desc = text.substr(0, text.find('#'));
    const auto inside = [&](std::string_view head) -> std::optional<std::string> {
        if (!desc.starts_with(head) || !desc.ends_with(')')) return std::nullopt;
        return desc.substr(head.size(), desc.size() - head.size() - 1);
    };
    if (const auto address = inside("addr(")) {
        const auto decoded = decode_address(*address, params.address);
        if (!decoded) return rpc_error(Code::kInvalidAddressOrKey, "Address is not valid");
        return ScriptDescriptor{decoded->script, desc};
    }
    if (const auto hex = inside("raw(")) {
        const auto bytes = from_hex(*hex);
        if (!bytes) return rpc_error(Code::kInvalidAddressOrKey, "Raw script is not hex");
        return ScriptDescriptor{Script{*bytes}, desc};
    }
    return rpc_error(Code::kInvalidAddressOrKey, "'" + desc + "' is not a descriptor that the node reads: addr() and raw() are");
}

}  // namespace sluice::rpc
