#include "rpc/descriptor.h"

#include <optional>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "rpc/json_script.h"

namespace sluice::rpc {
namespace {

using Descriptors = std::vector<ScriptDescriptor>;

// The text before '#', when what follows it is right.
Result<std::string, RpcError> without_checksum(const std::string& text) {
    const size_t at = text.find('#');
    std::string desc = text.substr(0, at);
    if (at == std::string::npos) return desc;
    const std::string given = text.substr(at + 1);
    if (given.find('#') != std::string::npos) return rpc_error(Code::kInvalidAddressOrKey, "Multiple '#' symbols");
    if (given.size() != 8) {
        return rpc_error(Code::kInvalidAddressOrKey,
                         "Expected 8 character checksum, not " + std::to_string(given.size()) + " characters");
    }
    const std::string computed = descriptor_checksum(desc);
    if (computed.empty()) return rpc_error(Code::kInvalidAddressOrKey, "Invalid characters in payload");
    if (computed != given) {
        return rpc_error(Code::kInvalidAddressOrKey,
                         "Provided checksum '" + given + "' does not match computed checksum '" + computed + "'");
    }
    return desc;
}

// nullopt: no function of one key that is known here.
std::optional<Descriptors> of_key(std::string_view function, const PubKey& key) {
    using namespace script;
    const std::string hex = to_hex(key.view());
    const Hash160 hash = key.hash160();
    const ScriptDescriptor pk{make_p2pk(key.view()), "pk(" + hex + ")"};
    const ScriptDescriptor pkh{make_p2pkh(hash), "pkh(" + hex + ")"};
    if (function == "pk(") return Descriptors{pk};
    if (function == "pkh(") return Descriptors{pkh};
    const bool combo = function == "combo(";
    // Witness programs know compressed keys only.
    if (!key.is_compressed()) return combo ? std::optional(Descriptors{pk, pkh}) : std::nullopt;
    const ScriptDescriptor wpkh{make_p2wpkh(hash), "wpkh(" + hex + ")"};
    const ScriptDescriptor nested{p2sh_of(wpkh.script), "sh(wpkh(" + hex + "))"};
    if (function == "wpkh(") return Descriptors{wpkh};
    if (function == "sh(wpkh(") return Descriptors{nested};
    if (combo) return Descriptors{pk, pkh, wpkh, nested};
    return std::nullopt;
}

}  // namespace

Result<Descriptors, RpcError> expand_descriptor(const std::string& text, const ChainParams& params) {
    const std::string desc = TRY(without_checksum(text));
    const auto inside = [&](std::string_view head) -> std::optional<std::string> {
        const std::string_view tail = head == "sh(wpkh(" ? "))" : ")";
        if (!desc.starts_with(head) || !desc.ends_with(tail) || desc.size() < head.size() + tail.size())
            return std::nullopt;
        return desc.substr(head.size(), desc.size() - head.size() - tail.size());
    };
    if (const auto address = inside("addr(")) {
        const auto decoded = decode_address(*address, params.address);
        if (!decoded) return rpc_error(Code::kInvalidAddressOrKey, "Address is not valid");
        return Descriptors{{decoded->script, desc}};
    }
    if (const auto hex = inside("raw(")) {
        const auto bytes = from_hex(*hex);
        if (!bytes) return rpc_error(Code::kInvalidAddressOrKey, "Raw script is not hex");
        return Descriptors{{Script{*bytes}, desc}};
    }
    for (const std::string_view function : {"pk(", "pkh(", "wpkh(", "sh(wpkh(", "combo("}) {
        const auto hex = inside(function);
        const auto bytes = hex ? from_hex(*hex) : std::nullopt;
        const auto key = bytes ? PubKey::parse(*bytes) : std::nullopt;
        if (!key) continue;
        if (auto scripts = of_key(function, *key)) return std::move(*scripts);
    }
    return rpc_error(Code::kInvalidAddressOrKey,
                     "'" + desc + "' is not a descriptor that the node reads: addr(), raw(), and pk(), pkh(), " +
                         "wpkh(), sh(wpkh()) and combo() of a public key in hex are");
}

Result<ScriptDescriptor, RpcError> read_descriptor(const std::string& text, const ChainParams& params) {
    const Descriptors all = TRY(expand_descriptor(text, params));
    if (all.size() == 4) return all[2];
    return all.back();
}

}  // namespace sluice::rpc
