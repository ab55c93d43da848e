// Opcodes that move stack elements about.
#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"

namespace sluice::script::detail {

ScriptResult Evaluation::stack_op(uint8_t opcode) {
    switch (opcode) {
        case OP_TOALTSTACK:
            TRY_VOID(need(1));
            alt_stack_.push_back(take());
            return {};
        case OP_FROMALTSTACK:
            if (alt_stack_.empty()) return script_fail(ScriptError::kInvalidAltstackOperation);
            push(std::move(alt_stack_.back()));
            alt_stack_.pop_back();
            return {};
        case OP_2DROP:
            TRY_VOID(need(2));
            pop(2);
            return {};
        case OP_2DUP:
            TRY_VOID(need(2));
            for (int i = 0; i < 2; ++i) push(Bytes(top(1)));
            return {};
        case OP_3DUP:
            TRY_VOID(need(3));
            for (int i = 0; i < 3; ++i) push(Bytes(top(2)));
            return {};
        case OP_2OVER:
            TRY_VOID(need(4));
            for (int i = 0; i < 2; ++i) push(Bytes(top(3)));
            return {};
        case OP_2ROT:
            TRY_VOID(need(6));
            std::rotate(stack_.end() - 6, stack_.end() - 4, stack_.end());
            return {};
        case OP_2SWAP:
            TRY_VOID(need(4));
            std::rotate(stack_.end() - 4, stack_.end() - 2, stack_.end());
            return {};
        case OP_IFDUP:
            TRY_VOID(need(1));
            if (cast_to_bool(top())) push(Bytes(top()));
            return {};
        case OP_DEPTH: push_number(static_cast<int64_t>(stack_.size())); return {};
        case OP_DROP:
            TRY_VOID(need(1));
            pop();
            return {};
        case OP_DUP:
            TRY_VOID(need(1));
            push(Bytes(top()));
            return {};
        case OP_NIP:
            TRY_VOID(need(2));
            stack_.erase(stack_.end() - 2);
            return {};
        case OP_OVER:
            TRY_VOID(need(2));
            push(Bytes(top(1)));
            return {};
        case OP_PICK:
        case OP_ROLL: return pick_or_roll(opcode == OP_ROLL);
        case OP_ROT:
            TRY_VOID(need(3));
            std::rotate(stack_.end() - 3, stack_.end() - 2, stack_.end());
            return {};
        case OP_SWAP:
            TRY_VOID(need(2));
            std::swap(top(0), top(1));
            return {};
        case OP_TUCK:
            TRY_VOID(need(2));
            stack_.insert(stack_.end() - 2, Bytes(top()));
            return {};
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

ScriptResult Evaluation::pick_or_roll(bool roll) {
    TRY_VOID(need(2));
    const int64_t depth = TRY(number(0));
    pop();
    if (depth < 0 || depth >= static_cast<int64_t>(stack_.size()))
        return script_fail(ScriptError::kInvalidStackOperation);
    const auto at = stack_.end() - 1 - depth;
    if (roll) {
        std::rotate(at, at + 1, stack_.end());
    } else {
        push(Bytes(*at));
    }
    return {};
}

}  // namespace sluice::script::detail
