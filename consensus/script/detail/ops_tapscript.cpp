// Opcodes that exist in tapscript only: streaming SHA-256, 64-bit arithmetic, curve checks (protocol page "script",
// section 4). Introspection is in ops_introspection.cpp.
#include <limits>

#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"
#include "crypto/keys.h"

namespace sluice::script::detail {

ScriptResult Evaluation::tapscript_op(uint8_t opcode) {
    if (opcode <= OP_SHA256FINALIZE) return sha256_op(opcode);
    if (opcode <= OP_INSPECTINPUTISSUANCE) return inspect_input(opcode);
    if (opcode >= OP_INSPECTOUTPUTASSET && opcode <= OP_INSPECTOUTPUTSCRIPTPUBKEY) return inspect_output(opcode);
    if (opcode <= OP_TXWEIGHT) return inspect_transaction(opcode);
    if (opcode == OP_NEG64) return negate64();
    if (opcode <= OP_GREATERTHANOREQUAL64) return arithmetic64(opcode);
    if (opcode <= OP_LE32TOLE64) return convert64(opcode);
    if (opcode == OP_ECMULSCALARVERIFY) return ec_mul_scalar_verify();
    return tweak_verify();
}

ScriptResult Evaluation::sha256_op(uint8_t opcode) {
    const bool starts = opcode == OP_SHA256INITIALIZE;
    TRY_VOID(need(starts ? 1 : 2));
    Sha256 hasher;
    if (!starts) {
        const auto loaded = Sha256::load(top(1));
        if (!loaded) return script_fail(ScriptError::kSha256ContextLoad);
        hasher = *loaded;
    }
    constexpr uint64_t kMaxMessage = 0x1fffffffffffffff;  // bytes: their bits must be countable in 64 bits
    if (kMaxMessage - hasher.length() < top().size()) return script_fail(ScriptError::kSha256ContextWrite);
    hasher.write(top());
    pop(starts ? 1 : 2);
    push(opcode == OP_SHA256FINALIZE ? to_bytes(hasher.finish().view()) : hasher.save());
    return {};
}

namespace {
int64_t read_int64(ByteView bytes) { return Reader(bytes).i64(); }
}  // namespace

void Evaluation::push_little_endian(uint64_t value, size_t size) {
    Bytes out(size);
    for (size_t i = 0; i < size; ++i) out[i] = static_cast<uint8_t>(value >> (8 * i));
    push(std::move(out));
}

// A result that does not fit leaves the operands and pushes false.
ScriptResult Evaluation::arithmetic64(uint8_t opcode) {
    TRY_VOID(need(2));
    if (top(0).size() != 8 || top(1).size() != 8) return script_fail(ScriptError::kExpected8Bytes);
    const int64_t a = read_int64(top(1));
    const int64_t b = read_int64(top(0));
    int64_t result = 0;
    bool overflow = false;
    switch (opcode) {
        case OP_ADD64: overflow = __builtin_add_overflow(a, b, &result); break;
        case OP_SUB64: overflow = __builtin_sub_overflow(a, b, &result); break;
        case OP_MUL64: overflow = __builtin_mul_overflow(a, b, &result); break;
        case OP_DIV64: return divide64(a, b);
        default:
            pop(2);
            if (opcode == OP_LESSTHAN64) push_bool(a < b);
            if (opcode == OP_LESSTHANOREQUAL64) push_bool(a <= b);
            if (opcode == OP_GREATERTHAN64) push_bool(a > b);
            if (opcode == OP_GREATERTHANOREQUAL64) push_bool(a >= b);
            return {};
    }
    if (!overflow) {
        pop(2);
        push_little_endian(static_cast<uint64_t>(result), 8);
    }
    push_bool(!overflow);
    return {};
}

// Euclidean: 0 <= remainder < |b|.
ScriptResult Evaluation::divide64(int64_t a, int64_t b) {
    if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min())) {
        push_bool(false);
        return {};
    }
    int64_t quotient = a / b;
    int64_t remainder = a % b;
    if (remainder < 0) {
        quotient += b > 0 ? -1 : 1;
        remainder = b > 0 ? remainder + b : remainder - b;  // -b does not exist for the least b
    }
    pop(2);
    push_little_endian(static_cast<uint64_t>(remainder), 8);
    push_little_endian(static_cast<uint64_t>(quotient), 8);
    push_bool(true);
    return {};
}

ScriptResult Evaluation::negate64() {
    TRY_VOID(need(1));
    if (top().size() != 8) return script_fail(ScriptError::kExpected8Bytes);
    const int64_t value = read_int64(top());
    const bool fits = value != std::numeric_limits<int64_t>::min();
    if (fits) {
        pop();
        push_little_endian(static_cast<uint64_t>(-value), 8);
    }
    push_bool(fits);
    return {};
}

ScriptResult Evaluation::convert64(uint8_t opcode) {
    TRY_VOID(need(1));
    if (opcode == OP_SCRIPTNUMTOLE64) {
        const int64_t value = TRY(number(0));
        pop();
        push_little_endian(static_cast<uint64_t>(value), 8);
        return {};
    }
    if (opcode == OP_LE64TOSCRIPTNUM) {
        if (top().size() != 8) return script_fail(ScriptError::kExpected8Bytes);
        Bytes encoded = encode_number(read_int64(top()));
        if (encoded.size() > 4) return script_fail(ScriptError::kArithmetic64);
        top() = std::move(encoded);
        return {};
    }
    if (top().size() != 4) return script_fail(ScriptError::kArithmetic64);
    top().resize(8, 0);
    return {};
}

// Q P k: requires Q = k * P.
ScriptResult Evaluation::ec_mul_scalar_verify() {
    if (stack_.size() < 3) return script_fail(ScriptError::kUnknown);
    const auto has_form = [](ByteView key) { return key.size() == 33 && (key[0] == 2 || key[0] == 3); };
    if (!has_form(top(1)) || !has_form(top(2))) return script_fail(ScriptError::kPubkeyType);
    TRY_VOID(spend_validation_weight());
    const auto point = top(0).size() == 32 ? PubKey::parse(top(1)) : std::nullopt;
    const auto product = point ? point->multiply(top(0)) : std::nullopt;
    if (!product || !equal(product->view(), top(2))) return script_fail(ScriptError::kEcMultVerifyFail);
    pop(3);
    return {};
}

// Q k P: requires Q = P + k*G, with Q's parity; P is x-only.
ScriptResult Evaluation::tweak_verify() {
    if (stack_.size() < 3) return script_fail(ScriptError::kUnknown);
    const Bytes& tweaked = top(2);
    if (tweaked.size() != 33 || (tweaked[0] != 2 && tweaked[0] != 3) || top(0).size() != 32 || top(1).size() != 32) {
        return script_fail(ScriptError::kPubkeyType);
    }
    TRY_VOID(spend_validation_weight());
    const auto internal = XOnlyPubKey::parse(top(0));
    if (!internal || !internal->check_tweak(ByteView(tweaked).subspan(1), tweaked[0] == 3, top(1))) {
        return script_fail(ScriptError::kEcMultVerifyFail);
    }
    pop(3);
    return {};
}

}  // namespace sluice::script::detail
