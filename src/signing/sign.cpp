#include "signing/sign.h"

#include <array>
#include <map>

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"
#include "crypto/ecdsa.h"
#include "crypto/key_forms.h"
#include "crypto/schnorr.h"

namespace sluice::signing {
namespace {

using script::SigVersion;
using script::Template;
using script::TemplateKind;
using Stack = std::vector<Bytes>;

constexpr script::Flags kFlags = script::kStandardFlags | script::kVerifySighashRangeproof;

// A scriptSig of pushes only as a stack; nullopt if it holds anything else.
std::optional<Stack> pushes_of(const Script& script) {
    Stack out;
    script::ScriptParser parser(script.view());
    while (const auto instruction = parser.next()) {
        if (instruction->is_push()) {
            out.push_back(to_bytes(instruction->data));
        } else if (instruction->opcode >= script::OP_1 && instruction->opcode <= script::OP_16) {
            out.push_back({static_cast<uint8_t>(instruction->opcode - script::OP_1 + 1)});
        } else {
            return std::nullopt;
        }
    }
    return parser.at_end() ? std::optional(std::move(out)) : std::nullopt;
}

Script push_all(const Stack& stack) {
    script::ScriptBuilder builder;
    for (const Bytes& item : stack) {
        // Small numbers have opcodes of their own (BIP62 rule 3).
        if (item.empty() || (item.size() == 1 && item[0] >= 1 && item[0] <= 16)) {
            builder.number(item.empty() ? 0 : item[0]);
        } else {
            builder.push(item);
        }
    }
    return builder.build();
}

class InputSigner {
public:
    InputSigner(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context,
                const KeyRing& keys)
        : tx_(tx), index_(index), spent_(spent), context_(context), keys_(keys) {}

    // Takes over what the input of `copy` carries.
    void learn(const Transaction& copy) {
        const TxIn& in = copy.inputs[index_];
        const std::optional<Stack> pushes = pushes_of(in.script_sig);
        if (!pushes) return;
        const Script* script = &spent_.script;
        Stack stack = *pushes;
        Script redeem;
        if (script::is_pay_to_script_hash(script->view()) && !stack.empty()) {
            redeem = Script{stack.back()};
            if (script::p2sh_of(redeem) != *script) return;
            redeem_scripts_[hash160(redeem.view())] = redeem;
            stack.pop_back();
            script = &redeem;
        }
        SigVersion version = SigVersion::kBase;
        Script witness_script;
        if (const auto program = script::parse_witness_program(script->view())) {
            stack = in.witness.script_witness;
            version = SigVersion::kWitnessV0;
            if (program->is_key_hash()) {
                witness_script = script::make_p2pkh(Hash160::from_view(program->program));
            } else if (program->is_script_hash() && !stack.empty()) {
                witness_script = Script{stack.back()};
                if (!equal(sha256(witness_script.view()).view(), program->program)) return;
                witness_scripts_[sha256(witness_script.view())] = witness_script;
                stack.pop_back();
            } else {
                return;
            }
            script = &witness_script;
        }
        learn_stack(*script, stack, version);
    }

    // Scripts and signatures as far as they are known. False if the shape, or what it needs, is not.
    bool produce(Script& script_sig, Stack& witness) {
        Stack stack;
        Script current = spent_.script;
        bool solved = step(current, SigVersion::kBase, stack);
        std::optional<Bytes> redeem;
        if (solved && script::classify(current.view()).kind == TemplateKind::kScriptHash) {
            redeem = stack[0];
            current = Script{*redeem};
            stack.clear();
            solved = step(current, SigVersion::kBase, stack) &&
                     script::classify(current.view()).kind != TemplateKind::kScriptHash;
        }
        const TemplateKind kind = script::classify(current.view()).kind;
        if (solved && kind == TemplateKind::kWitnessV0KeyHash) {
            const Script code = script::make_p2pkh(Hash160::from_view(stack[0]));
            stack.clear();
            solved = step(code, SigVersion::kWitnessV0, stack);
            witness = std::exchange(stack, {});
        } else if (solved && kind == TemplateKind::kWitnessV0ScriptHash) {
            const Bytes inner = stack[0];
            stack.clear();
            const TemplateKind inner_kind = script::classify(inner).kind;
            solved = step(Script{inner}, SigVersion::kWitnessV0, stack) && inner_kind != TemplateKind::kScriptHash &&
                     inner_kind != TemplateKind::kWitnessV0ScriptHash && inner_kind != TemplateKind::kWitnessV0KeyHash;
            stack.push_back(inner);
            witness = std::exchange(stack, {});
        } else if (solved && kind == TemplateKind::kWitnessV1Taproot && !redeem) {
            witness = std::exchange(stack, {});
        }
        if (redeem) stack.push_back(*redeem);
        script_sig = push_all(stack);
        return solved;
    }

private:
    void learn_stack(const Script& script, const Stack& stack, SigVersion version) {
        const Template shape = script::classify(script.view());
        if (shape.kind == TemplateKind::kPubkey && !stack.empty()) {
            learn_signature(stack[0], shape.parts[0], script, version);
        } else if (shape.kind == TemplateKind::kPubkeyHash && stack.size() == 2) {
            pubkeys_[hash160(stack[1])] = stack[1];
            learn_signature(stack[0], stack[1], script, version);
        } else if (shape.kind == TemplateKind::kMultisig) {
            for (const Bytes& item : stack) {
                for (const Bytes& key : shape.parts) learn_signature(item, key, script, version);
            }
        }
    }
    void learn_signature(const Bytes& signature, const Bytes& key, const Script& code, SigVersion version) {
        if (signature.size() < 2) return;
        const script::HashType type{signature.back(), kFlags};
        if (script::check_ecdsa_with_hash_type(signature, key, digest(code, version, type)))
            signatures_[key] = signature;
    }

    [[nodiscard]] Hash256 digest(const Script& code, SigVersion version, script::HashType type) const {
        return version == SigVersion::kWitnessV0
                   ? script::sighash_v0(tx_, code.view(), index_, spent_.value, type, *context_.hashes)
                   : script::sighash_legacy(tx_, code.view(), index_, type);
    }
    // nullopt: no key. Witness programs know compressed keys only.
    std::optional<Bytes> signature_of(const Bytes& pubkey, const Script& code, SigVersion version) {
        if (const auto found = signatures_.find(pubkey); found != signatures_.end()) return found->second;
        const SecretKey* key = keys_.secret_of(pubkey);
        if (key == nullptr || (version == SigVersion::kWitnessV0 && pubkey.size() != PubKey::kCompressedSize))
            return std::nullopt;
        uint8_t type = context_.hash_type.value_or(script::kSighashAll);
        if (type == script::kSighashDefault) type = script::kSighashAll;
        // SIGHASH_SINGLE without an output would sign the number one.
        if ((type & 0x1f) == script::kSighashSingle && index_ >= tx_.outputs.size()) return std::nullopt;
        Bytes out = sign_ecdsa(*key, digest(code, version, script::HashType{type, kFlags}));
        out.push_back(type);
        return out;
    }
    std::optional<Bytes> pubkey_of(const Bytes& hash) const {
        const Hash160 id = Hash160::from_view(hash);
        if (const auto found = keys_.keys.find(id); found != keys_.keys.end())
            return to_bytes(found->second.key.view());
        if (const auto found = pubkeys_.find(id); found != pubkeys_.end()) return found->second;
        return std::nullopt;
    }
    template <class Id>
    std::optional<Bytes> script_of(const std::map<Id, Script>& given, const std::map<Id, Script>& learnt,
                                   const Bytes& hash) const {
        const Id id = Id::from_view(hash);
        if (const auto found = given.find(id); found != given.end()) return found->second.bytes;
        if (const auto found = learnt.find(id); found != learnt.end()) return found->second.bytes;
        return std::nullopt;
    }

    std::optional<Bytes> schnorr_by(const SecretKey& key) {
        if (context_.spent.size() != tx_.inputs.size() || !context_.hashes->taproot) return std::nullopt;
        const uint8_t type = context_.hash_type.value_or(script::kSighashDefault);
        const auto message = script::sighash_taproot(tx_, index_, context_.spent, type, SigVersion::kTaproot, {},
                                                     *context_.hashes->taproot);
        if (!message) return std::nullopt;
        // Deterministic (BIP340 allows zeros): this module draws no randomness.
        constexpr std::array<uint8_t, 32> kAuxiliary{};
        Bytes out = sign_schnorr(key, message->view(), kAuxiliary);
        if (type != script::kSighashDefault) out.push_back(type);
        return out;
    }
    std::optional<Bytes> key_path(const Bytes& program) {
        const auto output = XOnlyPubKey::parse(program);
        if (!output) return std::nullopt;
        if (const auto made = keys_.taproot.find(*output); made != keys_.taproot.end()) {
            const SecretKey* internal = keys_.secret_of(made->second.internal_key);
            const auto tweaked = internal != nullptr ? tweak(*internal, made->second) : std::nullopt;
            if (tweaked) return schnorr_by(*tweaked);
        }
        const SecretKey* raw = keys_.secret_of(*output);
        return raw != nullptr ? schnorr_by(*raw) : std::nullopt;
    }
    // BIP341: of the key whose point has an even y.
    static std::optional<SecretKey> tweak(const SecretKey& internal, const TaprootOutput& made) {
        const SecretKey even = internal.pubkey().view()[0] == 2 ? internal.clone() : negated(internal);
        return even.add_tweak(script::taptweak_hash(made.internal_key.view(), made.merkle_root).view());
    }

    // What satisfies one template; of hashes, what they stand for.
    bool step(const Script& script, SigVersion version, Stack& out) {
        const Template shape = script::classify(script.view());
        switch (shape.kind) {
            case TemplateKind::kPubkey: {
                auto signature = signature_of(shape.parts[0], script, version);
                if (!signature) return false;
                out.push_back(std::move(*signature));
                return true;
            }
            case TemplateKind::kPubkeyHash: {
                const auto pubkey = pubkey_of(shape.parts[0]);
                auto signature = pubkey ? signature_of(*pubkey, script, version) : std::nullopt;
                if (!signature) return false;
                out = {std::move(*signature), *pubkey};
                return true;
            }
            case TemplateKind::kMultisig: {
                const size_t required = static_cast<size_t>(shape.required);
                out.emplace_back();  // CHECKMULTISIG takes one item too many
                for (const Bytes& key : shape.parts) {
                    if (out.size() > required) break;
                    if (auto signature = signature_of(key, script, version)) out.push_back(std::move(*signature));
                }
                const bool complete = out.size() == required + 1;
                out.resize(required + 1);
                return complete;
            }
            case TemplateKind::kScriptHash: {
                auto redeem = script_of(keys_.redeem_scripts, redeem_scripts_, shape.parts[0]);
                if (!redeem) return false;
                out = {std::move(*redeem)};
                return true;
            }
            case TemplateKind::kWitnessV0KeyHash: out = {shape.parts[0]}; return true;
            case TemplateKind::kWitnessV0ScriptHash: {
                auto inner = script_of(keys_.witness_scripts, witness_scripts_, shape.parts[0]);
                if (!inner) return false;
                out = {std::move(*inner)};
                return true;
            }
            case TemplateKind::kWitnessV1Taproot: {
                auto signature = key_path(shape.parts[0]);
                if (!signature) return false;
                out = {std::move(*signature)};
                return true;
            }
            case TemplateKind::kAnchor: return true;
            default: return false;
        }
    }

    const Transaction& tx_;
    size_t index_;
    const TxOut& spent_;
    const SignContext& context_;
    const KeyRing& keys_;
    std::map<Bytes, Bytes> signatures_;  // by public key, good ones only
    std::map<Hash160, Bytes> pubkeys_;
    std::map<Hash160, Script> redeem_scripts_;
    std::map<Hash256, Script> witness_scripts_;
};

bool is_complete(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context) {
    if (context.spent.size() == tx.inputs.size())
        return script::verify_input(tx, index, context.spent, kFlags, *context.hashes).has_value();
    return script::verify_input(tx, index, spent, kFlags, *context.hashes).has_value();
}

// Signatures do not sign each other: scriptSig and script witness may be set input by input.
bool finish(InputSigner& signer, Transaction& tx, size_t index, const TxOut& spent, const SignContext& context) {
    Script script_sig;
    Stack witness;
    // A shape that is not known keeps what somebody else put there.
    if (!signer.produce(script_sig, witness) && script_sig.empty() && witness.empty()) return false;
    tx.inputs[index].script_sig = std::move(script_sig);
    tx.inputs[index].witness.script_witness = std::move(witness);
    return is_complete(tx, index, spent, context);
}

}  // namespace

bool sign_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context, const KeyRing& keys) {
    if (is_complete(tx, index, spent, context)) return true;
    const Transaction before = tx;
    InputSigner signer(before, index, spent, context, keys);
    signer.learn(before);
    return finish(signer, tx, index, spent, context);
}

bool combine_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context,
                   std::span<const Transaction> copies) {
    const KeyRing no_keys;
    const Transaction before = tx;
    InputSigner signer(before, index, spent, context, no_keys);
    for (const Transaction& copy : copies) {
        if (copy.inputs.size() <= index) continue;
        tx.inputs[index].script_sig = copy.inputs[index].script_sig;
        tx.inputs[index].witness.script_witness = copy.inputs[index].witness.script_witness;
        if (is_complete(tx, index, spent, context)) return true;
        signer.learn(copy);
    }
    return finish(signer, tx, index, spent, context);
}

}  // namespace sluice::signing
