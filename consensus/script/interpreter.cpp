#include "consensus/script/interpreter.h"

#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"
#include "util/check.h"

namespace sluice::script {

ScriptResult eval_script(Stack& stack, ByteView script, Flags flags, const SignatureChecker& checker,
                         SigVersion version, TaprootContext& taproot, ScriptObserver* observer) {
    CHECK(version != SigVersion::kTaproot);
    return detail::Evaluation(stack, script, flags, checker, version, taproot, observer).run();
}

namespace detail {

namespace {
// Disabled for good since 2010 (CVE-2010-5137): they fail even where they are not executed.
bool is_disabled(uint8_t opcode) {
    return opcode == OP_2MUL || opcode == OP_2DIV || opcode == OP_MUL || opcode == OP_DIV || opcode == OP_MOD;
}
}  // namespace

ScriptResult Evaluation::run() {
    if (observer_ == nullptr) return run_instructions();
    observer_->on_script(script_, version_, stack_);
    const ScriptResult result = run_instructions();
    observer_->on_end({position_, offset_}, result, stack_);
    return result;
}

ScriptResult Evaluation::run_instructions() {
    if (before_tapscript() && script_.size() > kMaxScriptSize) return script_fail(ScriptError::kScriptSize);
    taproot_.code_separator_position = 0xffffffff;

    ScriptParser parser(script_);
    for (; !parser.at_end(); ++position_) {
        const bool executing = conditions_.executing();
        offset_ = parser.position();
        const std::optional<Instruction> instruction = parser.next();
        if (!instruction) return script_fail(ScriptError::kBadOpcode);
        const uint8_t opcode = instruction->opcode;
        if (observer_ != nullptr) observer_->on_step({position_, offset_}, opcode, executing, stack_, alt_stack_);
        if (instruction->data.size() > kMaxElementSize) return script_fail(ScriptError::kPushSize);
        if (before_tapscript() && opcode > OP_16 && ++op_count_ > kMaxOpsPerScript) {
            return script_fail(ScriptError::kOpCount);
        }
        if (is_disabled(opcode)) return script_fail(ScriptError::kDisabledOpcode);
        if (opcode == OP_CODESEPARATOR && version_ == SigVersion::kBase && (flags_ & kVerifyConstScriptCode) != 0) {
            return script_fail(ScriptError::kOpCodeSeparator);
        }

        if (executing && instruction->is_push()) {
            if (minimal() && !is_minimal_push(instruction->data, opcode)) return script_fail(ScriptError::kMinimalData);
            push(to_bytes(instruction->data));
        } else if (executing || (opcode >= OP_IF && opcode <= OP_ENDIF)) {
            TRY_VOID(execute(opcode, parser.position()));
        }
        if (stack_.size() + alt_stack_.size() > kMaxStackSize) return script_fail(ScriptError::kStackSize);
    }
    offset_ = script_.size();
    if (!conditions_.empty()) return script_fail(ScriptError::kUnbalancedConditional);
    return {};
}

ScriptResult Evaluation::execute(uint8_t opcode, size_t next_position) {
    if (opcode == OP_1NEGATE || is_small_number(opcode)) {
        push_number(static_cast<int64_t>(opcode) - (OP_1 - 1));
        return {};
    }
    switch (opcode) {
        case OP_CHECKLOCKTIMEVERIFY:
        case OP_CHECKSEQUENCEVERIFY: return lock_time_op(opcode);
        case OP_CODESEPARATOR:
            code_start_ = next_position;
            taproot_.code_separator_position = position_;
            return {};
        case OP_CHECKSIG:
        case OP_CHECKSIGVERIFY: return check_sig(opcode == OP_CHECKSIGVERIFY);
        case OP_CHECKSIGADD: return check_sig_add();
        case OP_CHECKMULTISIG:
        case OP_CHECKMULTISIGVERIFY: return check_multisig(opcode == OP_CHECKMULTISIGVERIFY);
        case OP_DETERMINISTICRANDOM: return deterministic_random();
        case OP_CHECKSIGFROMSTACK:
        case OP_CHECKSIGFROMSTACKVERIFY: return check_sig_from_stack(opcode == OP_CHECKSIGFROMSTACKVERIFY);
        case OP_SUBSTR_LAZY: return substr(true);
        case OP_LSHIFT: return shift_left();
        case OP_RSHIFT: return shift_right();
        case OP_WITHIN: return within();
        default: break;
    }
    if (opcode >= OP_NOP && opcode <= OP_RETURN) return control_op(opcode);
    if (opcode >= OP_TOALTSTACK && opcode <= OP_TUCK) return stack_op(opcode);
    if (opcode >= OP_CAT && opcode <= OP_EQUALVERIFY) return bytes_op(opcode);
    if (opcode >= OP_1ADD && opcode <= OP_0NOTEQUAL) return unary_number_op(opcode);
    if (opcode >= OP_ADD && opcode <= OP_MAX) return binary_number_op(opcode);
    if (opcode >= OP_RIPEMD160 && opcode <= OP_HASH256) return hash_op(opcode);
    if (opcode >= OP_NOP1 && opcode <= OP_NOP10) {
        if ((flags_ & kVerifyDiscourageUpgradableNops) != 0) return script_fail(ScriptError::kDiscourageUpgradableNops);
        return {};
    }
    if (!before_tapscript() && opcode >= OP_SHA256INITIALIZE && opcode <= OP_TWEAKVERIFY) return tapscript_op(opcode);
    return script_fail(ScriptError::kBadOpcode);
}

ScriptResult Evaluation::control_op(uint8_t opcode) {
    switch (opcode) {
        case OP_NOP: return {};
        case OP_IF:
        case OP_NOTIF: return if_op(opcode);
        case OP_ELSE:
            if (conditions_.empty()) return script_fail(ScriptError::kUnbalancedConditional);
            conditions_.toggle();
            return {};
        case OP_ENDIF:
            if (conditions_.empty()) return script_fail(ScriptError::kUnbalancedConditional);
            conditions_.leave();
            return {};
        case OP_VERIFY: TRY_VOID(need(1)); return verify_top(ScriptError::kVerify);
        case OP_RETURN: return script_fail(ScriptError::kOpReturn);
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

ScriptResult Evaluation::if_op(uint8_t opcode) {
    if (!conditions_.executing()) {
        conditions_.enter(false);
        return {};
    }
    if (stack_.empty()) return script_fail(ScriptError::kUnbalancedConditional);
    const Bytes condition = take();
    const bool is_minimal = condition.empty() || (condition.size() == 1 && condition[0] == 1);
    if (!is_minimal && version_ == SigVersion::kTapscript) return script_fail(ScriptError::kTapscriptMinimalIf);
    if (!is_minimal && version_ == SigVersion::kWitnessV0 && (flags_ & kVerifyMinimalIf) != 0) {
        return script_fail(ScriptError::kMinimalIf);
    }
    conditions_.enter(cast_to_bool(condition) == (opcode == OP_IF));
    return {};
}

ScriptResult Evaluation::lock_time_op(uint8_t opcode) {
    const bool absolute = opcode == OP_CHECKLOCKTIMEVERIFY;
    const Flags flag = absolute ? kVerifyCheckLockTimeVerify : kVerifyCheckSequenceVerify;
    if ((flags_ & flag) == 0) return {};  // what it was before: a NOP, and never a discouraged one
    TRY_VOID(need(1));
    // Five bytes, so that every 32-bit lock time can be said as a positive number.
    const std::optional<int64_t> operand = decode_number(top(), minimal(), 5);
    if (!operand) return script_fail(ScriptError::kUnknown);
    if (*operand < 0) return script_fail(ScriptError::kNegativeLocktime);
    constexpr int64_t kSequenceDisabled = int64_t{1} << 31;
    if (!absolute && (*operand & kSequenceDisabled) != 0) return {};
    const bool satisfied = absolute ? checker_.check_lock_time(*operand) : checker_.check_sequence(*operand);
    if (!satisfied) return script_fail(ScriptError::kUnsatisfiedLocktime);
    return {};
}

Bytes Evaluation::take() {
    Bytes out = std::move(stack_.back());
    stack_.pop_back();
    return out;
}

void Evaluation::push_number(int64_t value) { push(encode_number(value)); }

ScriptResult Evaluation::need(size_t count) const {
    if (stack_.size() < count) return script_fail(ScriptError::kInvalidStackOperation);
    return {};
}

Result<int64_t, ScriptError> Evaluation::number(size_t depth) {
    const std::optional<int64_t> value = decode_number(top(depth), minimal());
    if (!value) return script_fail(ScriptError::kUnknown);
    return *value;
}

ScriptResult Evaluation::verify_top(ScriptError error) {
    if (!cast_to_bool(top())) return script_fail(error);
    pop();
    return {};
}

}  // namespace detail
}  // namespace sluice::script
