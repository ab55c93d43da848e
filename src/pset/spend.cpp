#include "pset/spend.h"

#include "consensus/script/templates.h"

namespace sluice::pset {
namespace {

using script::TemplateKind;

std::optional<PubKey> key_with_hash(const Input& in, const Hash160& hash) {
    if (const auto found = in.partial_sigs.find(hash); found != in.partial_sigs.end()) return found->second.key;
    for (const auto& [key, origin] : in.derivations) {
        if (key.hash160() == hash) return key;
    }
    return std::nullopt;
}

void take_key_hash(Spend& spend, const Bytes& bytes, const Input& in) {
    const Hash160 hash = Hash160::from_view(bytes);
    spend.script_code = script::make_p2pkh(hash);
    spend.push_key = true;
    spend.required = 1;
    const auto key = key_with_hash(in, hash);
    spend.kind = key ? Spend::Kind::kKeys : Spend::Kind::kKeyHash;
    if (key) spend.keys = {*key};
    else spend.missing = bytes;
}

void take_keys(Spend& spend, const std::vector<Bytes>& keys, int required, const Script& code) {
    spend.script_code = code;
    spend.required = required;
    for (const Bytes& bytes : keys) {
        const auto key = PubKey::parse(bytes);
        if (!key) return;  // stays unknown
        spend.keys.push_back(*key);
    }
    spend.kind = Spend::Kind::kKeys;
}

// The inside of P2SH or P2WSH, or the output itself.
void take_plain(Spend& spend, const Script& inner, const Input& in) {
    const script::Template shape = script::classify(inner.view(), true);
    switch (shape.kind) {
        case TemplateKind::kOpTrue: spend.kind = Spend::Kind::kAnyone; break;
        case TemplateKind::kPubkey: take_keys(spend, shape.parts, 1, inner); break;
        case TemplateKind::kPubkeyHash: take_key_hash(spend, shape.parts[0], in); break;
        case TemplateKind::kMultisig:
            spend.multisig = true;
            take_keys(spend, shape.parts, shape.required, inner);
            break;
        default: break;
    }
}

void take_witness(Spend& spend, const Script& program, const Input& in) {
    const script::Template shape = script::classify(program.view());
    if (shape.kind == TemplateKind::kWitnessV0KeyHash) {
        spend.segwit = true;
        return take_key_hash(spend, shape.parts[0], in);
    }
    if (shape.kind == TemplateKind::kWitnessV1Taproot) {
        spend.segwit = true;
        spend.kind = Spend::Kind::kTaproot;
        return;
    }
    if (shape.kind != TemplateKind::kWitnessV0ScriptHash) return take_plain(spend, program, in);
    spend.segwit = true;
    if (!equal(sha256(in.witness_script.view()).view(), shape.parts[0])) {
        spend.kind = Spend::Kind::kWitnessScriptMissing;
        spend.missing = shape.parts[0];
        return;
    }
    spend.witness_script = in.witness_script;
    take_plain(spend, in.witness_script, in);
}

}  // namespace

Spend resolve(const Script& script, const Input& in) {
    Spend out;
    const script::Template shape = script::classify(script.view(), true);
    if (shape.kind != TemplateKind::kScriptHash) {
        take_witness(out, script, in);
        return out;
    }
    if (!equal(hash160(in.redeem_script.view()).view(), shape.parts[0])) {
        out.kind = Spend::Kind::kRedeemScriptMissing;
        out.missing = shape.parts[0];
        return out;
    }
    out.redeem_script = in.redeem_script;
    take_witness(out, in.redeem_script, in);
    // Taproot does not nest.
    if (out.kind == Spend::Kind::kTaproot) out.kind = Spend::Kind::kUnknown;
    return out;
}

}  // namespace sluice::pset
