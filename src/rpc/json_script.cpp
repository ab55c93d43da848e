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

// Source: the descriptor format's published checksum (a BCH code over groups of three characters).
std::string descriptor_checksum(std::string_view descriptor) {
    constexpr std::string_view kInput =
        "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    constexpr std::string_view kOutput = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    constexpr uint64_t kGenerators[] = {0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd};
    uint64_t state = 1;
    const auto feed = [&](uint64_t value) {
        const uint64_t top = state >> 35;
        state = (state & 0x7ffffffff) << 5 ^ value;
        for (unsigned i = 0; i < 5; ++i) {
            if ((top >> i & 1) != 0) state ^= kGenerators[i];
        }
    };
    uint64_t group = 0;
    int in_group = 0;
    for (const char c : descriptor) {
        const size_t at = kInput.find(c);
        if (at == kInput.npos) return {};
        feed(at & 31);
        group = group * 3 + (at >> 5);
        if (++in_group == 3) {
            feed(group);
            group = 0;
            in_group = 0;
        }
    }
    if (in_group > 0) feed(group);
    for (int i = 0; i < 8; ++i) feed(0);
    state ^= 1;
    std::string out(8, ' ');
    for (unsigned i = 0; i < 8; ++i) out[i] = kOutput[state >> 5 * (7 - i) & 31];
    return out;
}

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
