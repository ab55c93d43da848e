#include "wallet/sign_input.h"

#include <algorithm>

#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"
#include "crypto/ecdsa.h"

namespace sluice::wallet {
namespace {

using script::Template;
using script::TemplateKind;

constexpr size_t kMaxSignature = 72;  // DER, low S, with the hash type byte

// The script whose conditions count, behind P2SH and P2WSH, and by which rules it is signed.
struct Core {
    const Script* code = nullptr;
    script::SigVersion version = script::SigVersion::kBase;
    Template shape;
};

Script key_hash_code(ByteView hash) { return script::make_p2pkh(Hash160::from_view(hash)); }

// nullopt: what stands behind a hash is not known, or is of no shape that is signed here.
std::optional<Core> core_of(const Spendable& how) {
    const Script* now = &how.script;
    if (script::is_pay_to_script_hash(now->view())) {
        if (!how.redeem) return std::nullopt;
        now = &*how.redeem;
    }
    Core out{now, script::SigVersion::kBase, script::classify(now->view())};
    if (out.shape.kind == TemplateKind::kWitnessV0KeyHash) {
        out.version = script::SigVersion::kWitnessV0;
    } else if (out.shape.kind == TemplateKind::kWitnessV0ScriptHash) {
        if (!how.witness_script) return std::nullopt;
        out = {&*how.witness_script, script::SigVersion::kWitnessV0, script::classify(how.witness_script->view())};
    }
    switch (out.shape.kind) {
        case TemplateKind::kPubkey:
        case TemplateKind::kPubkeyHash:
        case TemplateKind::kMultisig:
        case TemplateKind::kWitnessV0KeyHash: return out;
        default: return std::nullopt;
    }
}

Bytes pushes(const std::vector<Bytes>& items) {
    script::ScriptBuilder out;
    for (const Bytes& item : items) out.push(item);
    return out.build().bytes;
}

// Puts the core's stack where the script wants it.
void place(TxIn& in, const Spendable& how, const Core& core, std::vector<Bytes> stack) {
    std::vector<Bytes> in_script;
    if (core.version == script::SigVersion::kWitnessV0) {
        if (how.witness_script) stack.push_back(how.witness_script->bytes);
        in.witness.script_witness = std::move(stack);
    } else {
        in.witness.script_witness.clear();
        in_script = std::move(stack);
    }
    if (how.redeem) in_script.push_back(how.redeem->bytes);
    in.script_sig.bytes = pushes(in_script);
}

// What a former signer left: every element that may be a signature.
std::vector<Bytes> former_elements(const TxIn& in) {
    std::vector<Bytes> out(in.witness.script_witness.begin(), in.witness.script_witness.end());
    script::ScriptParser parser(in.script_sig.view());
    while (const auto next = parser.next()) {
        if (next->is_push()) out.push_back(to_bytes(next->data));
    }
    return out;
}

class Signer {
public:
    Signer(const Transaction& tx, size_t index, const TxOut& spent, const SigningKeys& keys, script::HashType type,
           const script::TxHashes& hashes)
        : tx_(tx), index_(index), spent_(spent), keys_(keys), type_(type), hashes_(hashes) {}

    // nullopt: not ours.
    std::optional<Bytes> signature_of(ByteView key, const Script& code, script::SigVersion version) const {
        const auto pair =
            std::ranges::find_if(keys_.pairs, [&](const auto& p) { return std::ranges::equal(p.key.view(), key); });
        if (pair == keys_.pairs.end()) return std::nullopt;
        Bytes out = sign_ecdsa(pair->secret, digest(code, version, type_));
        out.push_back(static_cast<uint8_t>(type_.value));
        return out;
    }

    bool is_signature_of(const Bytes& signature, ByteView key, const Script& code, script::SigVersion version) const {
        if (signature.size() < 9) return false;
        const script::HashType type{signature.back(), type_.flags};
        return script::check_ecdsa_with_hash_type(signature, key, digest(code, version, type));
    }

private:
    [[nodiscard]] Hash256 digest(const Script& code, script::SigVersion version, script::HashType type) const {
        if (version == script::SigVersion::kWitnessV0)
            return script::sighash_v0(tx_, code.view(), index_, spent_.value, type, hashes_);
        return script::sighash_legacy(tx_, code.view(), index_, type);
    }

    const Transaction& tx_;
    size_t index_;
    const TxOut& spent_;
    const SigningKeys& keys_;
    script::HashType type_;
    const script::TxHashes& hashes_;
};

// Signatures in the order of the keys, as many as are needed at most; fewer are padded so that the next signer finds
// his places.
bool sign_multisig(Transaction& tx, size_t i, const Spendable& how, const Core& core, const Signer& signer) {
    const std::vector<Bytes> former = former_elements(tx.inputs[i]);
    std::vector<Bytes> stack = {{}};
    int found = 0;
    for (const Bytes& key : core.shape.parts) {
        if (found == core.shape.required) break;
        std::optional<Bytes> signature = signer.signature_of(key, *core.code, core.version);
        for (auto each = former.begin(); !signature && each != former.end(); ++each) {
            if (signer.is_signature_of(*each, key, *core.code, core.version)) signature = *each;
        }
        if (!signature) continue;
        stack.push_back(std::move(*signature));
        ++found;
    }
    const bool complete = found == core.shape.required;
    if (found == 0) return false;
    stack.resize(1 + static_cast<size_t>(core.shape.required));
    place(tx.inputs[i], how, core, std::move(stack));
    return complete;
}

}  // namespace

bool sign_input(Transaction& tx, size_t i, const TxOut& spent, const SigningKeys& keys, script::HashType type,
                const script::TxHashes& hashes) {
    const auto core = core_of(keys.how);
    if (!core) return false;
    const Signer signer(tx, i, spent, keys, type, hashes);
    if (core->shape.kind == TemplateKind::kMultisig) return sign_multisig(tx, i, keys.how, *core, signer);
    if (core->shape.kind == TemplateKind::kPubkey) {
        auto signature = signer.signature_of(core->shape.parts.front(), *core->code, core->version);
        if (!signature) return false;
        place(tx.inputs[i], keys.how, *core, {std::move(*signature)});
        return true;
    }
    const bool witness = core->shape.kind == TemplateKind::kWitnessV0KeyHash;
    for (const auto& pair : keys.pairs) {
        if (!std::ranges::equal(pair.key.hash160().view(), core->shape.parts.front())) continue;
        const Script code = witness ? key_hash_code(core->shape.parts.front()) : *core->code;
        auto signature = signer.signature_of(pair.key.view(), code, core->version);
        if (!signature) return false;
        place(tx.inputs[i], keys.how, *core, {std::move(*signature), to_bytes(pair.key.view())});
        return true;
    }
    return false;
}

bool size_input(TxIn& in, const Spendable& how) {
    const auto core = core_of(how);
    if (!core) return false;
    std::vector<Bytes> stack;
    switch (core->shape.kind) {
        case TemplateKind::kPubkey: stack = {Bytes(kMaxSignature)}; break;
        case TemplateKind::kMultisig:
            stack.assign(1 + static_cast<size_t>(core->shape.required), Bytes(kMaxSignature));
            stack.front().clear();
            break;
        default: stack = {Bytes(kMaxSignature), Bytes(how.keys.empty() ? 33 : how.keys.front().view().size())};
    }
    place(in, how, *core, std::move(stack));
    return true;
}

}  // namespace sluice::wallet
