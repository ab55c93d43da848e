// One run of one script: the state that opcodes work on, and the opcodes by group (a .cpp file each). Private to
// consensus/script.
#pragma once

#include <optional>

#include "consensus/script/interpreter.h"
#include "consensus/script/introspection.h"
#include "consensus/script/observer.h"
#include "consensus/script/opcodes.h"
#include "consensus/script/script.h"

namespace sluice::script::detail {

// The nesting of IF, as far as it can be observed: how deep, and where the first branch not taken is.
class Conditions {
public:
    [[nodiscard]] bool empty() const { return depth_ == 0; }
    [[nodiscard]] bool executing() const { return first_false_ == kNone; }
    void enter(bool taken) {
        if (executing() && !taken) first_false_ = depth_;
        ++depth_;
    }
    void leave() {
        --depth_;
        if (first_false_ == depth_) first_false_ = kNone;
    }
    // ELSE: only the outermost false branch, or the top of a stack of trues, changes what executes.
    void toggle() {
        if (executing()) {
            first_false_ = depth_ - 1;
        } else if (first_false_ == depth_ - 1) {
            first_false_ = kNone;
        }
    }

private:
    static constexpr uint32_t kNone = 0xffffffff;
    uint32_t depth_ = 0;
    uint32_t first_false_ = kNone;
};

class Evaluation {
public:
    Evaluation(Stack& stack, ByteView script, Flags flags, const SignatureChecker& checker, SigVersion version,
               TaprootContext& taproot, ScriptObserver* observer)
        : stack_(stack),
          script_(script),
          flags_(flags),
          checker_(checker),
          version_(version),
          taproot_(taproot),
          observer_(observer) {}
    ScriptResult run();

private:
    ScriptResult run_instructions();
    ScriptResult execute(uint8_t opcode, size_t next_position);
    ScriptResult control_op(uint8_t opcode);
    ScriptResult if_op(uint8_t opcode);
    ScriptResult lock_time_op(uint8_t opcode);

    ScriptResult stack_op(uint8_t opcode);
    ScriptResult pick_or_roll(bool roll);

    ScriptResult bytes_op(uint8_t opcode);
    ScriptResult left_or_right(bool right);
    ScriptResult substr(bool lazy);
    ScriptResult bitwise(uint8_t opcode);
    ScriptResult shift_left();
    ScriptResult shift_right();

    ScriptResult unary_number_op(uint8_t opcode);
    ScriptResult binary_number_op(uint8_t opcode);
    ScriptResult within();
    ScriptResult deterministic_random();

    ScriptResult hash_op(uint8_t opcode);
    ScriptResult check_sig(bool verify);
    ScriptResult check_sig_add();
    ScriptResult check_multisig(bool verify);
    ScriptResult check_sig_from_stack(bool verify);
    // Whether the signature is good; an error ends the script.
    Result<bool, ScriptError> signature_ok(ByteView signature, ByteView pubkey);
    Result<bool, ScriptError> tapscript_signature_ok(ByteView signature, ByteView pubkey);
    // The script from the last OP_CODESEPARATOR on, without the signatures (legacy only: they cannot sign themselves).
    Result<Bytes, ScriptError> script_code_without(ByteView signature, Bytes script_code);
    ScriptResult spend_validation_weight();

    ScriptResult tapscript_op(uint8_t opcode);
    ScriptResult sha256_op(uint8_t opcode);
    ScriptResult inspect_input(uint8_t opcode);
    ScriptResult inspect_output(uint8_t opcode);
    ScriptResult inspect_transaction(uint8_t opcode);
    ScriptResult arithmetic64(uint8_t opcode);
    ScriptResult negate64();
    ScriptResult divide64(int64_t a, int64_t b);
    ScriptResult convert64(uint8_t opcode);
    ScriptResult ec_mul_scalar_verify();
    ScriptResult tweak_verify();
    Result<const Introspection*, ScriptError> introspection() const;
    Result<size_t, ScriptError> checked_index(int64_t index, size_t count) const;
    void push_asset(const ConfidentialAsset& asset);
    void push_value(const ConfidentialValue& value);
    void push_script_pubkey(const Script& script, const Hash256& hash);
    void push_little_endian(uint64_t value, size_t size);

    [[nodiscard]] bool minimal() const { return (flags_ & kVerifyMinimalData) != 0; }
    [[nodiscard]] bool before_tapscript() const { return version_ != SigVersion::kTapscript; }
    // 0 is the top. Precondition: deep enough.
    Bytes& top(size_t depth = 0) { return stack_[stack_.size() - 1 - depth]; }
    void pop(size_t count = 1) { stack_.resize(stack_.size() - count); }
    Bytes take();
    void push(Bytes value) { stack_.push_back(std::move(value)); }
    void push_bool(bool value) { stack_.push_back(value ? Bytes{1} : Bytes{}); }
    void push_number(int64_t value);
    ScriptResult need(size_t count) const;
    [[nodiscard]] Result<int64_t, ScriptError> number(size_t depth);
    // After a boolean result was pushed: a ...VERIFY opcode takes it off or fails with `error`.
    ScriptResult verify_top(ScriptError error);

    Stack& stack_;
    Stack alt_stack_;
    ByteView script_;
    Flags flags_;
    const SignatureChecker& checker_;
    SigVersion version_;
    TaprootContext& taproot_;
    ScriptObserver* const observer_;  // null: nobody watches
    Conditions conditions_;
    size_t code_start_ = 0;  // after the last OP_CODESEPARATOR that ran
    int op_count_ = 0;
    uint32_t position_ = 0;  // instructions, not bytes
    size_t offset_ = 0;      // bytes, for the observer
};

}  // namespace sluice::script::detail
