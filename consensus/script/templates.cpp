#include "consensus/script/templates.h"

#include "consensus/script/flags.h"
#include "consensus/script/script_num.h"
#include "util/check.h"

namespace sluice::script {

std::string_view to_string(TemplateKind kind) {
    switch (kind) {
        case TemplateKind::kNonStandard: return "nonstandard";
        case TemplateKind::kFee: return "fee";
        case TemplateKind::kOpTrue: return "true";
        case TemplateKind::kPubkey: return "pubkey";
        case TemplateKind::kPubkeyHash: return "pubkeyhash";
        case TemplateKind::kScriptHash: return "scripthash";
        case TemplateKind::kMultisig: return "multisig";
        case TemplateKind::kNullData: return "nulldata";
        case TemplateKind::kAnchor: return "anchor";
        case TemplateKind::kWitnessV0KeyHash: return "witness_v0_keyhash";
        case TemplateKind::kWitnessV0ScriptHash: return "witness_v0_scripthash";
        case TemplateKind::kWitnessV1Taproot: return "witness_v1_taproot";
        case TemplateKind::kWitnessUnknown: return "witness_unknown";
    }
    return "nonstandard";
}

namespace {

// The size that a serialized key of this first byte has; 0 for a byte that starts none.
size_t pubkey_size(ByteView bytes) {
    if (bytes.empty()) return 0;
    if (bytes[0] == 2 || bytes[0] == 3) return 33;
    if (bytes[0] == 4 || bytes[0] == 6 || bytes[0] == 7) return 65;
    return 0;
}
bool has_pubkey_size(ByteView bytes) { return !bytes.empty() && pubkey_size(bytes) == bytes.size(); }

std::optional<ByteView> match_pubkey(ByteView script) {
    if (script.size() != 35 && script.size() != 67) return std::nullopt;
    if (script[0] != script.size() - 2 || script.back() != OP_CHECKSIG) return std::nullopt;
    const ByteView key = script.subspan(1, script.size() - 2);
    return has_pubkey_size(key) ? std::optional(key) : std::nullopt;
}

// A number in its shortest form: OP_1..OP_16 or a push.
std::optional<int> match_number(const Instruction& instruction, int min, int max) {
    std::optional<int64_t> value;
    if (is_small_number(instruction.opcode)) {
        value = instruction.opcode - (OP_1 - 1);
    } else if (instruction.opcode > OP_0 && instruction.opcode <= OP_PUSHDATA4) {
        if (!is_minimal_push(instruction.data, instruction.opcode)) return std::nullopt;
        value = decode_number(instruction.data, true);
    }
    if (!value || *value < min || *value > max) return std::nullopt;
    return static_cast<int>(*value);
}

std::optional<Template> match_multisig(ByteView script) {
    if (script.empty() || script.back() != OP_CHECKMULTISIG) return std::nullopt;
    ScriptParser parser(script);
    const auto first = parser.next();
    if (!first) return std::nullopt;
    const auto required = match_number(*first, 1, kMaxPubkeysPerMultisig);
    if (!required) return std::nullopt;
    Template out{TemplateKind::kMultisig, {}, *required, 0};
    auto instruction = parser.next();
    for (; instruction && has_pubkey_size(instruction->data); instruction = parser.next()) {
        out.parts.push_back(to_bytes(instruction->data));
    }
    if (!instruction) return std::nullopt;
    const auto keys = match_number(*instruction, *required, kMaxPubkeysPerMultisig);
    if (!keys || out.parts.size() != static_cast<size_t>(*keys)) return std::nullopt;
    if (parser.position() + 1 != script.size()) return std::nullopt;
    return out;
}

Template one_part(TemplateKind kind, ByteView part) { return Template{kind, {to_bytes(part)}, 0, 0}; }

Template classify_program(const WitnessProgram& program, ByteView script) {
    if (program.is_key_hash()) return one_part(TemplateKind::kWitnessV0KeyHash, program.program);
    if (program.is_script_hash()) return one_part(TemplateKind::kWitnessV0ScriptHash, program.program);
    if (program.version == 1 && program.program.size() == 32) {
        return one_part(TemplateKind::kWitnessV1Taproot, program.program);
    }
    if (is_pay_to_anchor(script)) return Template{TemplateKind::kAnchor, {}, 0, 0};
    if (program.version == 0) return {};
    return Template{TemplateKind::kWitnessUnknown, {to_bytes(program.program)}, 0, program.version};
}

}  // namespace

Template classify(ByteView script, bool op_true_is_known) {
    if (op_true_is_known && script.size() == 1 && script[0] == OP_TRUE)
        return Template{TemplateKind::kOpTrue, {}, 0, 0};
    if (script.empty()) return Template{TemplateKind::kFee, {}, 0, 0};
    if (is_pay_to_script_hash(script)) return one_part(TemplateKind::kScriptHash, script.subspan(2, 20));
    if (const auto program = parse_witness_program(script)) return classify_program(*program, script);
    if (script[0] == OP_RETURN && is_push_only(script.subspan(1))) return Template{TemplateKind::kNullData, {}, 0, 0};
    if (const auto key = match_pubkey(script)) return one_part(TemplateKind::kPubkey, *key);
    if (is_pay_to_pubkey_hash(script)) return one_part(TemplateKind::kPubkeyHash, script.subspan(3, 20));
    if (auto multisig = match_multisig(script)) return std::move(*multisig);
    return {};
}

Script make_p2pk(ByteView pubkey) { return ScriptBuilder().push(pubkey).op(OP_CHECKSIG).build(); }
Script make_p2pkh(const Hash160& key_hash) {
    return ScriptBuilder().op(OP_DUP).op(OP_HASH160).push(key_hash.view()).op(OP_EQUALVERIFY).op(OP_CHECKSIG).build();
}
Script make_p2sh(const Hash160& script_hash) {
    return ScriptBuilder().op(OP_HASH160).push(script_hash.view()).op(OP_EQUAL).build();
}
Script make_witness_program(int version, ByteView program) {
    CHECK(version >= 0 && version <= 16 && program.size() >= 2 && program.size() <= 40);
    return ScriptBuilder().number(version).push(program).build();
}
Script make_p2wpkh(const Hash160& key_hash) { return make_witness_program(0, key_hash.view()); }
Script make_p2wsh(const Hash256& script_hash) { return make_witness_program(0, script_hash.view()); }
Script p2wsh_of(const Script& witness_script) { return make_p2wsh(sha256(witness_script.view())); }
Script p2sh_of(const Script& redeem_script) { return make_p2sh(hash160(redeem_script.view())); }

Script make_multisig(int required, const std::vector<Bytes>& keys) {
    CHECK(required >= 1 && static_cast<size_t>(required) <= keys.size() && keys.size() <= kMaxPubkeysPerMultisig);
    ScriptBuilder builder;
    builder.number(required);
    for (const Bytes& key : keys) builder.push(key);
    return builder.number(static_cast<int64_t>(keys.size())).op(OP_CHECKMULTISIG).build();
}

Script make_null_data(const std::vector<Bytes>& elements) {
    ScriptBuilder builder;
    builder.op(OP_RETURN);
    for (const Bytes& element : elements) builder.push(element);
    return builder.build();
}

}  // namespace sluice::script
