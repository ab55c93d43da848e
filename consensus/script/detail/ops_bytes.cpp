// Opcodes on byte strings: the ones that Elements enabled again, and comparison (protocol page "script", section 3).
#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"

namespace sluice::script::detail {

namespace {
// Shift results are numbers without a sign: high zero bytes go.
void strip_high_zeros(Bytes& bytes) {
    while (!bytes.empty() && bytes.back() == 0) bytes.pop_back();
}
}  // namespace

ScriptResult Evaluation::bytes_op(uint8_t opcode) {
    switch (opcode) {
        case OP_CAT: {
            TRY_VOID(need(2));
            if (top(0).size() + top(1).size() > kMaxElementSize)
                return script_fail(ScriptError::kInvalidStackOperation);
            const Bytes tail = take();
            append(top(), tail);
            return {};
        }
        case OP_SUBSTR: return substr(false);
        case OP_LEFT:
        case OP_RIGHT: return left_or_right(opcode == OP_RIGHT);
        case OP_SIZE:
            TRY_VOID(need(1));
            push_number(static_cast<int64_t>(top().size()));
            return {};
        case OP_INVERT:
            TRY_VOID(need(1));
            for (uint8_t& byte : top()) byte = static_cast<uint8_t>(~byte);
            return {};
        case OP_AND:
        case OP_OR:
        case OP_XOR: return bitwise(opcode);
        case OP_EQUAL:
        case OP_EQUALVERIFY: {
            TRY_VOID(need(2));
            const bool same = top(0) == top(1);
            pop(2);
            push_bool(same);
            if (opcode == OP_EQUALVERIFY) return verify_top(ScriptError::kEqualVerify);
            return {};
        }
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

ScriptResult Evaluation::left_or_right(bool right) {
    TRY_VOID(need(2));
    const int64_t split = TRY(number(0));
    if (split < 0) return script_fail(ScriptError::kUnknown);
    pop();
    Bytes& value = top();
    const auto at = value.begin() + std::min<int64_t>(split, static_cast<int64_t>(value.size()));
    if (right) {
        value.erase(value.begin(), at);
    } else {
        value.erase(at, value.end());
    }
    return {};
}

ScriptResult Evaluation::substr(bool lazy) {
    TRY_VOID(need(3));
    int64_t start = TRY(number(1));
    int64_t length = TRY(number(0));
    const int64_t size = static_cast<int64_t>(top(2).size());
    if (lazy) {
        start = std::clamp<int64_t>(start, 0, size);
        length = std::clamp<int64_t>(length, 0, size - start);
    } else if (start < 0 || length < 0 || start >= size || length > size - start) {
        return script_fail(ScriptError::kInvalidStackOperation);
    }
    pop(2);
    const auto from = top().begin() + start;
    Bytes part(from, from + length);
    top() = std::move(part);
    return {};
}

ScriptResult Evaluation::bitwise(uint8_t opcode) {
    TRY_VOID(need(2));
    if (top(0).size() != top(1).size()) return script_fail(ScriptError::kInvalidStackOperation);
    const Bytes right = take();
    Bytes& left = top();
    for (size_t i = 0; i < left.size(); ++i) {
        if (opcode == OP_AND) left[i] &= right[i];
        if (opcode == OP_OR) left[i] |= right[i];
        if (opcode == OP_XOR) left[i] ^= right[i];
    }
    return {};
}

ScriptResult Evaluation::shift_left() {
    TRY_VOID(need(2));
    const int64_t shift = TRY(number(0));
    if (shift < 0) return script_fail(ScriptError::kInvalidStackOperation);
    const size_t whole = static_cast<size_t>(shift / 8);
    const unsigned bits = static_cast<unsigned>(shift % 8);
    if (top(1).size() + whole + (bits != 0 ? 1 : 0) > kMaxElementSize) {
        return script_fail(ScriptError::kInvalidStackOperation);
    }
    pop();
    Bytes out(whole, 0);
    unsigned carry = 0;
    for (const uint8_t byte : top()) {
        carry |= static_cast<unsigned>(byte) << bits;
        out.push_back(static_cast<uint8_t>(carry));
        carry >>= 8;
    }
    out.push_back(static_cast<uint8_t>(carry));
    strip_high_zeros(out);
    top() = std::move(out);
    return {};
}

ScriptResult Evaluation::shift_right() {
    TRY_VOID(need(2));
    const int64_t shift = TRY(number(0));
    if (shift < 0) return script_fail(ScriptError::kUnknown);
    pop();
    const Bytes value = take();
    Bytes out;
    for (size_t i = static_cast<size_t>(shift / 8); i < value.size(); ++i) {
        const unsigned high = i + 1 < value.size() ? value[i + 1] : 0;
        out.push_back(static_cast<uint8_t>((value[i] | high << 8) >> (shift % 8)));
    }
    strip_high_zeros(out);
    push(std::move(out));
    return {};
}

}  // namespace sluice::script::detail
