#include "rpc/json_script.h"

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/script/asm.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"

namespace sluice::rpc {
namespace {

using script::TemplateKind;

bool is_plain_key(ByteView key) {
    const bool hybrid = !key.empty() && (key[0] == 6 || key[0] == 7);
    return !hybrid && !key.empty() &&
           (key[0] == 4 ? key.size() == 65 : (key[0] == 2 || key[0] == 3) && key.size() == 33);
}

std::string descriptor_body(const Script& script, const ChainParams& params) {
    const script::Template shape = script::classify(script.view());
    if (shape.kind == TemplateKind::kPubkey && is_plain_key(shape.parts[0]))
        return "pk(" + to_hex(shape.parts[0]) + ")";
    if (shape.kind == TemplateKind::kMultisig &&
        std::ranges::all_of(shape.parts, [](const Bytes& key) { return is_plain_key(key); })) {
        std::string out = "multi(" + std::to_string(shape.required);
        for (const Bytes& key : shape.parts) out += "," + to_hex(key);
        return out + ")";
    }
    if (shape.kind == TemplateKind::kWitnessV1Taproot && XOnlyPubKey::parse(shape.parts[0]))
        return "rawtr(" + to_hex(shape.parts[0]) + ")";
    if (const auto address = encode_address(Address{script, {}}, params.address); address && *address != "null") {
        return "addr(" + *address + ")";
    }
    return "raw(" + to_hex(script.view()) + ")";
}

Json fields(const Script& script, const std::string& prefix, const AddressFormat& format, const ChainParams& params) {
    Json out = Json::object();
    const script::Template shape = script::classify(script.view(), params.anyone_can_spend_are_mine);
    out[prefix + "asm"] = script::to_asm(script.view());
    out[prefix + "desc"] = infer_descriptor(script, params);
    out[prefix + "hex"] = to_hex(script.view());
    if (const auto address = encode_address(Address{script, {}}, format);
        address && *address != "null" && shape.kind != TemplateKind::kPubkey) {
        out[prefix + "address"] = *address;
    }
    out[prefix + "type"] = std::string(to_string(shape.kind));
    return out;
}

}  // namespace

std::string infer_descriptor(const Script& script, const ChainParams& params) {
    const std::string body = descriptor_body(script, params);
    return body + "#" + descriptor_checksum(body);
}

Json script_sig_json(const Script& script) {
    return {{"asm", script::to_asm(script.view(), true)}, {"hex", to_hex(script.view())}};
}

Json script_pubkey_json(const Script& script, const ChainParams& params) {
    Json out = fields(script, "", params.address, params);
    if (const auto pegout = script::parse_pegout(script.view())) {
        out["pegout_chain"] = to_display_hex(pegout->genesis);
        const Script destination{to_bytes(pegout->destination)};
        const Json inner = fields(destination, "pegout_", params.parent.address, params);
        for (const auto& item : inner.items()) out[item.key()] = item.value();
    }
    return out;
}

}  // namespace sluice::rpc
