// Final scripts from the signatures that are there.
#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "consensus/script/tx_checker.h"
#include "crypto/ecdsa.h"
#include "pset/sign.h"

namespace sluice::pset {
namespace {

constexpr script::Flags kFlags = script::kStandardFlags | script::kVerifySighashRangeproof;

struct Final {
    Script script_sig;
    WitnessStack witness;
};

bool satisfies(const Final& scripts, const Signing& signing, size_t index) {
    Transaction tx = signing.tx;
    tx.inputs[index].script_sig = scripts.script_sig;
    tx.inputs[index].witness.script_witness = scripts.witness;
    if (!signing.all_spent.empty()) {
        return script::verify_input(tx, index, signing.all_spent, kFlags, signing.hashes).has_value();
    }
    return script::verify_input(tx, index, *signing.spent[index], kFlags, signing.hashes).has_value();
}

bool is_good(const PartialSignature& partial, const Spend& spend, const Signing& signing, size_t index) {
    const Bytes& signature = partial.signature;
    if (signature.empty() || !is_strict_der(signature)) return false;
    const script::HashType type{signature.back(), script::kVerifySighashRangeproof};
    const Hash256 digest = spend.segwit ? script::sighash_v0(signing.tx, spend.script_code.view(), index,
                                                             signing.spent[index]->value, type, signing.hashes)
                                        : script::sighash_legacy(signing.tx, spend.script_code.view(), index, type);
    return verify_ecdsa(partial.key.view(), ByteView(signature).first(signature.size() - 1), digest);
}

// What the innermost script is given; nullopt: signatures are missing. A signature that does not hold is as good as
// none.
std::optional<WitnessStack> stack_for(const Spend& spend, const Input& in, const Signing& signing, size_t index) {
    WitnessStack out;
    if (spend.kind == Spend::Kind::kAnyone) return out;
    if (spend.kind != Spend::Kind::kKeys) return std::nullopt;
    if (spend.multisig) out.emplace_back();
    int left = spend.required;
    for (const PubKey& key : spend.keys) {
        if (left == 0) break;
        const auto found = in.partial_sigs.find(key.hash160());
        if (found == in.partial_sigs.end() || !is_good(found->second, spend, signing, index)) continue;
        out.push_back(found->second.signature);
        if (spend.push_key) out.push_back(to_bytes(key.view()));
        --left;
    }
    if (left > 0) return std::nullopt;
    return out;
}

Final wrap(const Spend& spend, WitnessStack stack) {
    Final out;
    script::ScriptBuilder script_sig;
    if (spend.segwit) {
        out.witness = std::move(stack);
        if (!spend.witness_script.empty()) out.witness.push_back(spend.witness_script.bytes);
    } else {
        for (const Bytes& item : stack) item.empty() ? script_sig.op(script::OP_0) : script_sig.push(item);
    }
    if (!spend.redeem_script.empty()) script_sig.push(spend.redeem_script.view());
    out.script_sig = script_sig.build();
    return out;
}

// <key> OP_CHECKSIG
std::optional<XOnlyBytes> only_key_of(const Bytes& leaf) {
    constexpr size_t kSize = 34;
    if (leaf.size() != kSize || leaf[0] != XOnlyBytes::kSize || leaf.back() != script::OP_CHECKSIG) return std::nullopt;
    return XOnlyBytes::from_view(ByteView(leaf).subspan(1, XOnlyBytes::kSize));
}

std::vector<Final> taproot_ways(const Input& in) {
    std::vector<Final> out;
    if (!in.tap_key_sig.empty()) out.push_back({{}, {in.tap_key_sig}});
    for (const auto& [leaf, controls] : in.tap_leaf_scripts) {
        const auto key = only_key_of(leaf.script);
        if (!key || controls.empty()) continue;
        const auto found = in.tap_script_sigs.find({*key, script::tapleaf_hash(leaf.leaf_version, leaf.script)});
        if (found != in.tap_script_sigs.end()) out.push_back({{}, {found->second, leaf.script, *controls.begin()}});
    }
    return out;
}

void set_final(Input& in, Final scripts, const TxOut& spent) {
    if (!scripts.witness.empty()) in.witness_utxo = spent;
    in.final_script_sig = std::move(scripts.script_sig);
    in.final_script_witness = std::move(scripts.witness);
    in.partial_sigs.clear();
    in.derivations.clear();
    in.redeem_script = {};
    in.witness_script = {};
}

}  // namespace

bool is_signed(const Input& in, const Signing& signing, size_t index) {
    if (!signing.spent[index]) return false;
    // What anyone can spend needs no scripts.
    if (!in.is_final() && resolve(signing.spent[index]->script, in).kind != Spend::Kind::kAnyone) return false;
    return satisfies({in.final_script_sig, in.final_script_witness}, signing, index);
}

bool finalize_input(Input& in, const Signing& signing, size_t index) {
    if (!signing.spent[index]) return false;
    if (in.is_final()) return is_signed(in, signing, index);
    const Spend spend = resolve(signing.spent[index]->script, in);
    std::vector<Final> ways;
    if (spend.kind == Spend::Kind::kTaproot) {
        ways = taproot_ways(in);
    } else if (auto stack = stack_for(spend, in, signing, index)) {
        ways.push_back(wrap(spend, std::move(*stack)));
    }
    for (Final& way : ways) {
        if (!satisfies(way, signing, index)) continue;
        set_final(in, std::move(way), *signing.spent[index]);
        return true;
    }
    return false;
}

Result<bool> finalize(Pset& pset, const ChainParams& params) {
    const Signing signing = TRY(signing_of(pset, params));
    bool complete = true;
    for (size_t i = 0; i < pset.inputs.size(); ++i) {
        update_input(pset.inputs[i], signing.spent[i], Keyring(), params);
        if (!finalize_input(pset.inputs[i], signing, i)) complete = false;
    }
    return complete;
}

}  // namespace sluice::pset
