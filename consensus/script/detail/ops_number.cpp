// Opcodes on numbers.
#include <limits>

#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"
#include "crypto/hash.h"

namespace sluice::script::detail {

ScriptResult Evaluation::unary_number_op(uint8_t opcode) {
    TRY_VOID(need(1));
    int64_t value = TRY(number(0));
    switch (opcode) {
        case OP_1ADD: value += 1; break;
        case OP_1SUB: value -= 1; break;
        case OP_NEGATE: value = -value; break;
        case OP_ABS: value = value < 0 ? -value : value; break;
        case OP_NOT: value = value == 0 ? 1 : 0; break;
        case OP_0NOTEQUAL: value = value != 0 ? 1 : 0; break;
        default: return script_fail(ScriptError::kBadOpcode);
    }
    pop();
    push_number(value);
    return {};
}

ScriptResult Evaluation::binary_number_op(uint8_t opcode) {
    TRY_VOID(need(2));
    const int64_t a = TRY(number(1));
    const int64_t b = TRY(number(0));
    int64_t value = 0;
    switch (opcode) {
        case OP_ADD: value = a + b; break;
        case OP_SUB: value = a - b; break;
        case OP_BOOLAND: value = (a != 0 && b != 0) ? 1 : 0; break;
        case OP_BOOLOR: value = (a != 0 || b != 0) ? 1 : 0; break;
        case OP_NUMEQUAL:
        case OP_NUMEQUALVERIFY: value = a == b ? 1 : 0; break;
        case OP_NUMNOTEQUAL: value = a != b ? 1 : 0; break;
        case OP_LESSTHAN: value = a < b ? 1 : 0; break;
        case OP_GREATERTHAN: value = a > b ? 1 : 0; break;
        case OP_LESSTHANOREQUAL: value = a <= b ? 1 : 0; break;
        case OP_GREATERTHANOREQUAL: value = a >= b ? 1 : 0; break;
        case OP_MIN: value = std::min(a, b); break;
        case OP_MAX: value = std::max(a, b); break;
        default: return script_fail(ScriptError::kBadOpcode);
    }
    pop(2);
    push_number(value);
    if (opcode == OP_NUMEQUALVERIFY) return verify_top(ScriptError::kNumEqualVerify);
    return {};
}

ScriptResult Evaluation::within() {
    TRY_VOID(need(3));
    const int64_t value = TRY(number(2));
    const int64_t low = TRY(number(1));
    const int64_t high = TRY(number(0));
    pop(3);
    push_bool(low <= value && value < high);
    return {};
}

// A number in [min, max) drawn from a seed by rejection sampling over SHA256(seed, counter). Three of the four words of
// each hash are used, and the bound is inclusive: both are consensus (protocol page "script", section 3.1).
ScriptResult Evaluation::deterministic_random() {
    TRY_VOID(need(3));
    const int64_t min = TRY(number(1));
    const int64_t max = TRY(number(0));
    if (min > max) return script_fail(ScriptError::kUnknown);
    pop(2);
    const Bytes seed = take();
    if (min == max) {
        push_number(min);
        return {};
    }
    const uint64_t span = static_cast<uint64_t>(clamp_to_int(max - min));
    const uint64_t limit = std::numeric_limits<uint64_t>::max() / span * span;
    for (uint64_t counter = 0;; ++counter) {
        std::array<uint8_t, 8> suffix{};
        for (size_t i = 0; i < 8; ++i) suffix[i] = static_cast<uint8_t>(counter >> (8 * i));
        const Hash256 hash = Sha256().write(seed).write(suffix).finish();
        for (size_t word = 0; word < 3; ++word) {
            uint64_t candidate = 0;
            for (size_t i = 0; i < 8; ++i) candidate |= static_cast<uint64_t>(hash.bytes[8 * word + i]) << (8 * i);
            if (candidate > limit) continue;
            push_number(static_cast<int64_t>(candidate % span) + min);
            return {};
        }
    }
}

}  // namespace sluice::script::detail
