#include "pset/parts.h"

#include "consensus/script/taproot.h"

namespace sluice::pset {
namespace {

XOnlyBytes bytes_of(const XOnlyPubKey& key) { return XOnlyBytes::from_view(key.view()); }

std::optional<signing::TaprootOutput> taproot_of(const Input& in) {
    std::vector<signing::TapLeaf> leaves;
    for (const auto& [leaf, controls] : in.tap_leaf_scripts) {
        for (const Bytes& control : controls) leaves.push_back({0, leaf.leaf_version, leaf.script, control});
    }
    std::optional<XOnlyPubKey> internal;
    if (in.tap_internal_key) internal = XOnlyPubKey::parse(in.tap_internal_key->view());
    if (!internal && !leaves.empty() && leaves[0].control.size() >= script::kControlBase)
        internal = XOnlyPubKey::parse(ByteView(leaves[0].control).subspan(1, XOnlyBytes::kSize));
    if (!internal) return std::nullopt;
    return signing::TaprootOutput{*internal, in.tap_merkle_root ? to_bytes(in.tap_merkle_root->view()) : Bytes(),
                                  std::move(leaves)};
}

}  // namespace

signing::InputParts parts_of(const Input& in) {
    signing::InputParts out;
    out.signatures = in.partial_sigs;
    for (const auto& [key, origin] : in.derivations) out.keys.push_back(key);
    out.redeem_script = in.redeem_script;
    out.witness_script = in.witness_script;
    out.tap_key_signature = in.tap_key_sig;
    for (const auto& [at, signature] : in.tap_script_sigs) {
        if (const auto key = XOnlyPubKey::parse(at.key.view()))
            out.tap_leaf_signatures.emplace(signing::LeafKey{*key, at.leaf_hash}, signature);
    }
    out.taproot = taproot_of(in);
    return out;
}

size_t take_parts(Input& in, const signing::InputParts& parts) {
    if (!parts.redeem_script.empty()) in.redeem_script = parts.redeem_script;
    if (!parts.witness_script.empty()) in.witness_script = parts.witness_script;
    size_t made = 0;
    const auto put = [&made](Bytes& to, const Bytes& signature) {
        if (to == signature) return;
        to = signature;
        ++made;
    };
    for (const auto& [id, partial] : parts.signatures) {
        const auto [at, fresh] = in.partial_sigs.try_emplace(id, PartialSignature{partial.key, {}});
        put(at->second.signature, partial.signature);
    }
    if (!parts.tap_key_signature.empty()) put(in.tap_key_sig, parts.tap_key_signature);
    for (const auto& [at, signature] : parts.tap_leaf_signatures)
        put(in.tap_script_sigs[{bytes_of(at.key), at.leaf}], signature);
    if (!parts.taproot) return made;
    in.tap_internal_key = bytes_of(parts.taproot->internal_key);
    if (!parts.taproot->merkle_root.empty()) in.tap_merkle_root = Hash256::from_view(parts.taproot->merkle_root);
    for (const signing::TapLeaf& leaf : parts.taproot->leaves)
        in.tap_leaf_scripts[{leaf.script, leaf.version}].insert(leaf.control);
    return made;
}

}  // namespace sluice::pset
