// getdescriptorinfo, deriveaddresses, createmultisig.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/flags.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "rpc/descriptor.h"
#include "rpc/json_script.h"
#include "rpc/sign_methods.h"
#include "signing/ct_descriptor.h"

namespace sluice::rpc {
namespace {

using script::TemplateKind;
using signing::CtDescriptor;
using signing::Descriptor;

std::string with_checksum(const std::string& text) { return text + "#" + descriptor_checksum(text); }

template <class D>
Json info_json(const std::string& text, const std::vector<D>& parsed, const Descriptor& first) {
    Json out = {{"descriptor", with_checksum(parsed.front().to_string())}};
    if (parsed.size() > 1) {
        Json all = Json::array();
        for (const D& each : parsed) all.push_back(with_checksum(each.to_string()));
        out["multipath_expansion"] = std::move(all);
    }
    out["checksum"] = descriptor_checksum(text.substr(0, text.find('#')));
    out["isrange"] = parsed.front().is_range();
    out["issolvable"] = first.is_solvable();
    out["hasprivatekeys"] = first.has_secrets();
    return out;
}

RpcResult descriptor_info(const ChainParams& params, const Args& args) {
    const std::string text = args.text(0);
    if (CtDescriptor::is_ct(text)) {
        const auto parsed = CtDescriptor::parse(text, params);
        if (!parsed) return rpc_error(Code::kInvalidAddressOrKey, parsed.error().message);
        return info_json(text, *parsed, parsed->front().descriptor());
    }
    const auto parsed = Descriptor::parse(text, params);
    if (!parsed) return rpc_error(Code::kInvalidAddressOrKey, parsed.error().message);
    return info_json(text, *parsed, parsed->front());
}

const Descriptor& scripts_of(const Descriptor& descriptor) { return descriptor; }
const Descriptor& scripts_of(const CtDescriptor& descriptor) { return descriptor.descriptor(); }

std::optional<Address> address_for(const Descriptor&, const Script& script, uint32_t) { return Address{script, {}}; }
std::optional<Address> address_for(const CtDescriptor& descriptor, const Script& script, uint32_t index) {
    const auto blinding = descriptor.blinding(script, index);
    if (!blinding) return std::nullopt;
    return Address{script, BlindingKey::from_view(blinding->key.view())};
}

template <class D>
RpcResult addresses_of(const D& descriptor, std::pair<uint32_t, uint32_t> range, const ChainParams& params) {
    Json out = Json::array();
    for (uint32_t index = range.first; index <= range.second; ++index) {
        const auto made = scripts_of(descriptor).expand(index);
        if (!made) return rpc_error(Code::kInvalidAddressOrKey, std::string(kNeedsPrivateKeys));
        for (const Script& script : made->scripts) {
            const TemplateKind kind = script::classify(script.view()).kind;
            // combo has a script without an address among others.
            if (kind == TemplateKind::kPubkey && made->scripts.size() > 1) continue;
            const auto to = address_for(descriptor, script, index);
            if (!to) return rpc_error(Code::kInvalidAddressOrKey, std::string(kNeedsPrivateKeys));
            const auto address = encode_address(*to, params.address);
            if (!address || kind == TemplateKind::kNullData || kind == TemplateKind::kPubkey) {
                return rpc_error(Code::kInvalidAddressOrKey, "Descriptor does not have a corresponding address");
            }
            out.push_back(*address);
        }
    }
    return out;
}

template <class D>
RpcResult derive_from(const Result<std::vector<D>>& parsed, const ChainParams& params, const Args& args) {
    std::pair<uint32_t, uint32_t> range = {0, 0};
    if (args.has(1)) range = TRY(descriptor_range(args.json(1)));
    if (!parsed) return rpc_error(Code::kInvalidAddressOrKey, parsed.error().message);
    const bool ranged = parsed->front().is_range();
    if (!ranged && args.has(1))
        return rpc_error(Code::kInvalidParameter, "Range should not be specified for an un-ranged descriptor");
    if (ranged && !args.has(1))
        return rpc_error(Code::kInvalidParameter, "Range must be specified for a ranged descriptor");
    if (parsed->size() == 1) return addresses_of(parsed->front(), range, params);
    Json out = Json::array();
    for (const D& each : *parsed) out.push_back(TRY(addresses_of(each, range, params)));
    return out;
}

RpcResult derive_addresses(const ChainParams& params, const Args& args) {
    const std::string text = args.text(0);
    if (CtDescriptor::is_ct(text)) return derive_from(CtDescriptor::parse(text, params, true), params, args);
    return derive_from(Descriptor::parse(text, params, true), params, args);
}

Result<Bytes, RpcError> key_from(const Json& value) {
    const std::string hex = value.is_string() ? value.get<std::string>() : "";
    const auto refuse = [&](const char* why) {
        return rpc_error(Code::kInvalidAddressOrKey, "Pubkey \"" + hex + "\" must " + why);
    };
    const auto bytes = from_hex(hex);
    if (!bytes || bytes->empty()) return refuse("be a hex string");
    if (bytes->size() != 33 && bytes->size() != 65) return refuse("have a length of either 33 or 65 bytes");
    if (!PubKey::parse(*bytes)) return refuse("be cryptographically valid.");
    return *bytes;
}

RpcResult create_multisig(const ChainParams& params, const Args& args) {
    const int64_t required = TRY(args.integer(0));
    std::vector<Bytes> keys;
    for (const Json& key : args.json(1)) keys.push_back(TRY(key_from(key)));
    const std::string wanted = args.text_or(2, "legacy");
    if (wanted == "bech32m")
        return rpc_error(Code::kInvalidAddressOrKey, "createmultisig cannot create bech32m multisig addresses");
    if (wanted != "legacy" && wanted != "p2sh-segwit" && wanted != "bech32")
        return rpc_error(Code::kInvalidAddressOrKey, "Unknown address type '" + wanted + "'");
    if (required < 1) {
        return rpc_error(Code::kInvalidParameter, "a multisignature address must require at least one key to redeem");
    }
    if (static_cast<int64_t>(keys.size()) < required) {
        return rpc_error(Code::kInvalidParameter, "not enough keys supplied (got " + std::to_string(keys.size()) +
                                                      " keys, but need at least " + std::to_string(required) +
                                                      " to redeem)");
    }
    if (keys.size() > static_cast<size_t>(script::kMaxPubkeysPerMultisig)) {
        return rpc_error(Code::kInvalidParameter,
                         "Number of keys involved in the multisignature address creation > 20\nReduce the number");
    }
    const Script redeem = script::make_multisig(static_cast<int>(required), keys);
    // Witness programs know compressed keys only.
    const bool compressed =
        std::ranges::all_of(keys, [](const Bytes& key) { return key.size() == PubKey::kCompressedSize; });
    const std::string type = compressed ? wanted : "legacy";
    if (type == "legacy" && redeem.size() > script::kMaxElementSize) {
        return rpc_error(Code::kInvalidParameter,
                         "redeemScript exceeds size limit: " + std::to_string(redeem.size()) + " > 520");
    }
    std::string inner = "multi(" + std::to_string(required);
    for (const Bytes& key : keys) inner += "," + to_hex(key);
    inner += ")";
    const Script program = script::p2wsh_of(redeem);
    const Script script = type == "legacy"   ? script::p2sh_of(redeem)
                          : type == "bech32" ? program
                                             : script::p2sh_of(program);
    const std::string desc = type == "legacy"   ? "sh(" + inner + ")"
                             : type == "bech32" ? "wsh(" + inner + ")"
                                                : "sh(wsh(" + inner + "))";
    Json out = {{"address", encode_address(Address{script, {}}, params.address).value_or("")},
                {"redeemScript", to_hex(redeem.view())},
                {"descriptor", with_checksum(desc)}};
    if (type != wanted) {
        out["warnings"] =
            Json::array({"Unable to make chosen address type, please ensure no uncompressed public keys are present."});
    }
    return out;
}

}  // namespace

void add_descriptor_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const ChainParams&, const Args&)) {
        dispatcher.add(
            name, [params = ports.params, handler](const Args& args, const Caller&) { return handler(*params, args); });
    };
    add("getdescriptorinfo", descriptor_info);
    add("deriveaddresses", derive_addresses);
    add("createmultisig", create_multisig);
}

}  // namespace sluice::rpc
