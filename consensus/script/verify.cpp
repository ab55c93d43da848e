#include "consensus/script/verify.h"

#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/script_num.h"
#include "consensus/script/taproot.h"
#include "crypto/hash_writer.h"
#include "util/check.h"

namespace sluice::script {

namespace {

struct Verification {
    const WitnessStack& witness;
    Flags flags;
    const SignatureChecker& checker;
    ScriptObserver* observer;

    [[nodiscard]] bool has(Flags flag) const { return (flags & flag) != 0; }
    ScriptResult run_legacy(Stack& stack, ByteView script) const;
    // A script inside a witness must leave exactly one true element.
    ScriptResult run_witness(Stack stack, ByteView script, SigVersion version, TaprootContext& context) const;
    ScriptResult check_program(const WitnessProgram& program, bool in_p2sh) const;
    ScriptResult check_program_v0(ByteView program) const;
    ScriptResult check_taproot(ByteView program) const;
    ScriptResult check_script_path(ByteView program, std::span<const Bytes> stack, TaprootContext context) const;
    ScriptResult run_tapscript(Stack stack, ByteView script, TaprootContext context) const;
    // Bytes of the whole witness stack as serialized, which pay for signatures.
    [[nodiscard]] int64_t witness_size() const;
};

ScriptResult Verification::run_legacy(Stack& stack, ByteView script) const {
    TaprootContext none;
    return eval_script(stack, script, flags, checker, SigVersion::kBase, none, observer);
}

ScriptResult is_true(const Stack& stack) {
    if (stack.empty() || !cast_to_bool(stack.back())) return script_fail(ScriptError::kEvalFalse);
    return {};
}

ScriptResult Verification::run_witness(Stack stack, ByteView script, SigVersion version,
                                       TaprootContext& context) const {
    for (const Bytes& element : stack) {
        if (element.size() > kMaxElementSize) return script_fail(ScriptError::kPushSize);
    }
    TRY_VOID(eval_script(stack, script, flags, checker, version, context, observer));
    if (stack.size() != 1) return script_fail(ScriptError::kCleanStack);
    return is_true(stack);
}

ScriptResult Verification::check_program_v0(ByteView program) const {
    TaprootContext none;
    if (program.size() == 32) {
        if (witness.empty()) return script_fail(ScriptError::kWitnessProgramWitnessEmpty);
        const Bytes& script = witness.back();
        if (!equal(sha256(script).view(), program)) return script_fail(ScriptError::kWitnessProgramMismatch);
        return run_witness(Stack(witness.begin(), witness.end() - 1), script, SigVersion::kWitnessV0, none);
    }
    if (program.size() == 20) {
        if (witness.size() != 2) return script_fail(ScriptError::kWitnessProgramMismatch);
        const ScriptBuilder script =
            ScriptBuilder().op(OP_DUP).op(OP_HASH160).push(program).op(OP_EQUALVERIFY).op(OP_CHECKSIG);
        return run_witness(witness, script.bytes(), SigVersion::kWitnessV0, none);
    }
    return script_fail(ScriptError::kWitnessProgramWrongLength);
}

int64_t Verification::witness_size() const {
    SizeWriter size;
    Writer& w = size;
    describe_stack(w, witness);
    return static_cast<int64_t>(size.size());
}

ScriptResult Verification::check_taproot(ByteView program) const {
    if (witness.empty()) return script_fail(ScriptError::kWitnessProgramWitnessEmpty);
    std::span<const Bytes> stack(witness);
    TaprootContext context;
    if (stack.size() >= 2 && !stack.back().empty() && stack.back()[0] == kAnnexTag) {
        HashWriter annex;
        annex.var_bytes(stack.back());
        context.annex_hash = annex.sha256();
        context.has_annex = true;
        stack = stack.first(stack.size() - 1);
    }
    if (stack.size() == 1) return checker.check_schnorr(stack[0], program, SigVersion::kTaproot, context);
    return check_script_path(program, stack, std::move(context));
}

// Stack, bottom first: what the script works on, the script, the control block.
ScriptResult Verification::check_script_path(ByteView program, std::span<const Bytes> stack,
                                             TaprootContext context) const {
    const Bytes& control = stack[stack.size() - 1];
    const Bytes& script = stack[stack.size() - 2];
    stack = stack.first(stack.size() - 2);
    if (control.size() < kControlBase || (control.size() - kControlBase) % kControlNode != 0 ||
        control.size() > kControlBase + kControlNode * kControlMaxNodes) {
        return script_fail(ScriptError::kTaprootWrongControlSize);
    }
    const uint8_t leaf_version = control[0] & 0xfe;
    context.leaf_hash = tapleaf_hash(leaf_version, script);
    if (!verify_taproot_commitment(control, program, context.leaf_hash)) {
        return script_fail(ScriptError::kWitnessProgramMismatch);
    }
    if (leaf_version == kLeafTapscript) {
        constexpr int64_t kFreeWeight = 50;
        context.validation_weight_left = witness_size() + kFreeWeight;
        return run_tapscript(Stack(stack.begin(), stack.end()), script, std::move(context));
    }
    if (leaf_version == kLeafSimplicity && has(kVerifySimplicity)) {
        if (stack.size() != 2 || script.size() != 32) return script_fail(ScriptError::kSimplicityWrongLength);
        return script_fail(ScriptError::kSimplicityUnavailable);
    }
    if (has(kVerifyDiscourageUpgradableTaprootVersion)) {
        return script_fail(ScriptError::kDiscourageUpgradableTaprootVersion);
    }
    return {};
}

ScriptResult Verification::run_tapscript(Stack stack, ByteView script, TaprootContext context) const {
    // An OP_SUCCESS anywhere before the first broken push decides, whatever else is wrong.
    ScriptParser parser(script);
    while (const auto instruction = parser.next()) {
        if (!is_op_success(instruction->opcode)) continue;
        if (has(kVerifyDiscourageOpSuccess)) return script_fail(ScriptError::kDiscourageOpSuccess);
        return {};
    }
    if (!parser.at_end()) return script_fail(ScriptError::kBadOpcode);
    if (stack.size() > kMaxStackSize) return script_fail(ScriptError::kStackSize);
    return run_witness(std::move(stack), script, SigVersion::kTapscript, context);
}

ScriptResult Verification::check_program(const WitnessProgram& program, bool in_p2sh) const {
    if (program.version == 0) return check_program_v0(program.program);
    if (program.version == 1 && program.program.size() == 32 && !in_p2sh) {
        return has(kVerifyTaproot) ? check_taproot(program.program) : ScriptResult{};
    }
    constexpr uint8_t kAnchor[] = {0x4e, 0x73};
    if (program.version == 1 && !in_p2sh && equal(program.program, kAnchor)) return {};
    if (has(kVerifyDiscourageUpgradableWitnessProgram)) {
        return script_fail(ScriptError::kDiscourageUpgradableWitnessProgram);
    }
    return {};
}

}  // namespace

ScriptResult verify_script(const Script& script_sig, const Script& script_pubkey, const WitnessStack& witness,
                           Flags flags, const SignatureChecker& checker, ScriptObserver* observer) {
    const Verification on{witness, flags, checker, observer};
    CHECK(!on.has(kVerifyWitness) || on.has(kVerifyP2sh));
    CHECK(!on.has(kVerifyCleanStack) || on.has(kVerifyWitness));

    if (on.has(kVerifySigPushOnly) && !is_push_only(script_sig.view())) return script_fail(ScriptError::kSigPushOnly);
    // One after the other on one stack, never as one script: a scriptSig must not be able to comment out what follows.
    Stack stack;
    TRY_VOID(on.run_legacy(stack, script_sig.view()));
    Stack after_script_sig;
    if (on.has(kVerifyP2sh)) after_script_sig = stack;
    TRY_VOID(on.run_legacy(stack, script_pubkey.view()));
    TRY_VOID(is_true(stack));

    bool had_witness = false;
    if (on.has(kVerifyWitness)) {
        if (const auto program = parse_witness_program(script_pubkey.view())) {
            had_witness = true;
            if (!script_sig.empty()) return script_fail(ScriptError::kWitnessMalleated);
            TRY_VOID(on.check_program(*program, false));
            stack.resize(1);  // the program's pushes are not a dirty stack
        }
    }

    if (on.has(kVerifyP2sh) && is_pay_to_script_hash(script_pubkey.view())) {
        if (!is_push_only(script_sig.view())) return script_fail(ScriptError::kSigPushOnly);
        stack = std::move(after_script_sig);
        CHECK(!stack.empty());  // HASH160 of an empty stack would have failed above
        const Bytes redeem_script = std::move(stack.back());
        stack.pop_back();
        TRY_VOID(on.run_legacy(stack, redeem_script));
        TRY_VOID(is_true(stack));
        const auto program = on.has(kVerifyWitness) ? parse_witness_program(redeem_script) : std::nullopt;
        if (program) {
            had_witness = true;
            // Anything but one push of the redeem script would let a third party change the transaction's id.
            if (script_sig != ScriptBuilder().push(redeem_script).build()) {
                return script_fail(ScriptError::kWitnessMalleatedP2sh);
            }
            TRY_VOID(on.check_program(*program, true));
            stack.resize(1);
        }
    }

    if (on.has(kVerifyCleanStack) && stack.size() != 1) return script_fail(ScriptError::kCleanStack);
    if (on.has(kVerifyWitness) && !had_witness && !witness.empty()) return script_fail(ScriptError::kWitnessUnexpected);
    return {};
}

}  // namespace sluice::script
