#include "signing/sign.h"

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"

namespace sluice::signing {
namespace {

using script::Template;
using script::TemplateKind;
using Stack = WitnessStack;

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

// Reads parts out of the final scripts that inputs of copies carry.
class Learner {
public:
    Learner(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context)
        : tx_(tx), index_(index), spent_(spent), context_(context) {}

    void learn(const TxIn& in) {
        const std::optional<Stack> pushes = pushes_of(in.script_sig);
        if (!pushes) return;
        Script script = spent_.script;
        Stack stack = *pushes;
        if (script::is_pay_to_script_hash(script.view()) && !stack.empty()) {
            const Script redeem{stack.back()};
            if (script::p2sh_of(redeem) != script) return;
            parts.redeem_script = redeem;
            stack.pop_back();
            script = redeem;
        }
        const auto program = script::parse_witness_program(script.view());
        if (!program) return learn_stack(script, stack, script::SigVersion::kBase);
        stack = in.witness.script_witness;
        if (program->is_key_hash()) {
            script = script::make_p2pkh(Hash160::from_view(program->program));
        } else if (program->is_script_hash() && !stack.empty()) {
            const Script inner{stack.back()};
            if (!equal(sha256(inner.view()).view(), program->program)) return;
            parts.witness_script = inner;
            stack.pop_back();
            script = inner;
        } else {
            if (program->version == 1 && stack.size() == 1) parts.tap_key_signature = stack[0];
            return;
        }
        learn_stack(script, stack, script::SigVersion::kWitnessV0);
    }

    InputParts parts;

private:
    void learn_stack(const Script& script, const Stack& stack, script::SigVersion version) {
        const Template shape = script::classify(script.view());
        if (shape.kind == TemplateKind::kPubkey && !stack.empty()) {
            learn_signature(stack[0], shape.parts[0], script, version);
        } else if (shape.kind == TemplateKind::kPubkeyHash && stack.size() == 2) {
            learn_signature(stack[0], stack[1], script, version);
        } else if (shape.kind == TemplateKind::kMultisig) {
            for (const Bytes& item : stack) {
                for (const Bytes& key : shape.parts) learn_signature(item, key, script, version);
            }
        }
    }
    // Whose it is is not said: it is tried.
    void learn_signature(const Bytes& signature, const Bytes& bytes, const Script& code, script::SigVersion version) {
        const auto key = PubKey::parse(bytes);
        if (!key) return;
        parts.keys.push_back(*key);
        if (signature.size() < 2) return;
        const script::HashType type{signature.back(), kFlags};
        const Hash256 digest = version == script::SigVersion::kWitnessV0
                                   ? script::sighash_v0(tx_, code.view(), index_, spent_.value, type, *context_.hashes)
                                   : script::sighash_legacy(tx_, code.view(), index_, type);
        if (script::check_ecdsa_with_hash_type(signature, bytes, digest))
            parts.signatures.insert_or_assign(key->hash160(), PartialSignature{*key, signature});
    }

    const Transaction& tx_;
    size_t index_;
    const TxOut& spent_;
    const SignContext& context_;
};

bool is_complete(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context) {
    if (context.spent.size() == tx.inputs.size())
        return script::verify_input(tx, index, context.spent, kFlags, *context.hashes).has_value();
    return script::verify_input(tx, index, spent, kFlags, *context.hashes).has_value();
}

// Signatures do not sign each other: scriptSig and script witness may be set input by input.
bool finish(Solution solution, Transaction& tx, size_t index, const TxOut& spent, const SignContext& context) {
    // A shape that is not known keeps what somebody else put there.
    if (!solution.complete && solution.script_sig.empty() && solution.witness.empty()) return false;
    tx.inputs[index].script_sig = std::move(solution.script_sig);
    tx.inputs[index].witness.script_witness = std::move(solution.witness);
    return is_complete(tx, index, spent, context);
}

}  // namespace

bool sign_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context, const KeyRing& keys) {
    if (is_complete(tx, index, spent, context)) return true;
    Learner learner(tx, index, spent, context);
    learner.learn(tx.inputs[index]);
    return finish(solve(tx, index, spent, context, keys, learner.parts), tx, index, spent, context);
}

bool combine_input(Transaction& tx, size_t index, const TxOut& spent, const SignContext& context,
                   std::span<const Transaction> copies) {
    Learner learner(tx, index, spent, context);
    for (const Transaction& copy : copies) {
        if (copy.inputs.size() <= index) continue;
        tx.inputs[index].script_sig = copy.inputs[index].script_sig;
        tx.inputs[index].witness.script_witness = copy.inputs[index].witness.script_witness;
        if (is_complete(tx, index, spent, context)) return true;
        learner.learn(copy.inputs[index]);
    }
    return finish(solve(tx, index, spent, context, KeyRing(), learner.parts), tx, index, spent, context);
}

}  // namespace sluice::signing
