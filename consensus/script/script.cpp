#include "consensus/script/script.h"

#include "consensus/script/flags.h"
#include "consensus/script/script_num.h"
#include "util/check.h"

namespace sluice::script {

namespace {
// Bytes behind the opcode that say how much it pushes.
size_t length_bytes_of(uint8_t opcode) {
    if (opcode == OP_PUSHDATA1) return 1;
    if (opcode == OP_PUSHDATA2) return 2;
    return opcode == OP_PUSHDATA4 ? 4 : 0;
}
}  // namespace

size_t ScriptParser::position_after_length() const {
    if (at_end()) return position_;
    const size_t length_bytes = length_bytes_of(script_[position_]);
    return position_ + 1 + (script_.size() - position_ - 1 >= length_bytes ? length_bytes : 0);
}

std::optional<Instruction> ScriptParser::next() {
    const ByteView rest = script_.subspan(position_);
    if (rest.empty()) return std::nullopt;
    Instruction out;
    out.opcode = rest[0];
    if (out.opcode > OP_PUSHDATA4) {
        ++position_;
        return out;
    }
    const size_t length_bytes = length_bytes_of(out.opcode);
    if (rest.size() < 1 + length_bytes) return std::nullopt;
    size_t length = length_bytes == 0 ? out.opcode : 0;
    for (size_t i = 0; i < length_bytes; ++i) length |= static_cast<size_t>(rest[1 + i]) << (8 * i);
    if (length > rest.size() - 1 - length_bytes) return std::nullopt;
    out.data = rest.subspan(1 + length_bytes, length);
    position_ += 1 + length_bytes + length;
    return out;
}

ScriptBuilder& ScriptBuilder::op(uint8_t opcode) {
    bytes_.push_back(opcode);
    return *this;
}

ScriptBuilder& ScriptBuilder::push(ByteView data) {
    const size_t size = data.size();
    if (size < OP_PUSHDATA1) {
        bytes_.push_back(static_cast<uint8_t>(size));
    } else if (size <= 0xff) {
        op(OP_PUSHDATA1).op(static_cast<uint8_t>(size));
    } else if (size <= 0xffff) {
        op(OP_PUSHDATA2).op(static_cast<uint8_t>(size)).op(static_cast<uint8_t>(size >> 8));
    } else {
        CHECK(size <= 0xffffffff);
        op(OP_PUSHDATA4);
        for (int shift = 0; shift < 32; shift += 8) op(static_cast<uint8_t>(size >> shift));
    }
    append(bytes_, data);
    return *this;
}

ScriptBuilder& ScriptBuilder::number(int64_t value) {
    if (value == 0) return op(OP_0);
    if (value == -1) return op(OP_1NEGATE);
    if (value >= 1 && value <= 16) return op(static_cast<uint8_t>(OP_1 - 1 + value));
    return push(encode_number(value));
}

bool is_push_only(ByteView script) {
    ScriptParser parser(script);
    while (const auto instruction = parser.next()) {
        if (instruction->opcode > OP_16) return false;
    }
    return parser.at_end();
}

bool is_minimal_push(ByteView data, uint8_t opcode) {
    CHECK(opcode <= OP_PUSHDATA4);
    if (data.empty()) return opcode == OP_0;
    if (data.size() == 1 && ((data[0] >= 1 && data[0] <= 16) || data[0] == 0x81)) return false;
    if (data.size() <= 75) return opcode == data.size();
    if (data.size() <= 0xff) return opcode == OP_PUSHDATA1;
    if (data.size() <= 0xffff) return opcode == OP_PUSHDATA2;
    return true;
}

bool has_valid_ops(ByteView script) {
    ScriptParser parser(script);
    while (const auto instruction = parser.next()) {
        if (instruction->opcode > kMaxOpcode || instruction->data.size() > kMaxElementSize) return false;
    }
    return parser.at_end();
}

std::optional<Bytes> find_and_delete(ByteView script, ByteView pattern) {
    if (pattern.empty() || pattern.size() > script.size()) return std::nullopt;
    Bytes kept;
    size_t copied = 0;  // script[0, copied) is dealt with
    size_t at = 0;      // the start of an instruction
    bool found = false;
    while (true) {
        append(kept, script.subspan(copied, at - copied));
        while (script.size() - at >= pattern.size() && equal(script.subspan(at, pattern.size()), pattern)) {
            at += pattern.size();
            found = true;
        }
        copied = at;
        ScriptParser parser(script.subspan(at));
        if (!parser.next()) break;
        at += parser.position();
    }
    if (!found) return std::nullopt;
    append(kept, script.subspan(copied));
    return kept;
}

std::optional<WitnessProgram> parse_witness_program(ByteView script) {
    if (script.size() < 4 || script.size() > 42) return std::nullopt;
    if (script[0] != OP_0 && !is_small_number(script[0])) return std::nullopt;
    if (static_cast<size_t>(script[1]) + 2 != script.size()) return std::nullopt;
    return WitnessProgram{script[0] == OP_0 ? 0 : script[0] - (OP_1 - 1), script.subspan(2)};
}

bool is_pay_to_script_hash(ByteView script) {
    return script.size() == 23 && script[0] == OP_HASH160 && script[1] == 20 && script[22] == OP_EQUAL;
}

bool is_pay_to_pubkey_hash(ByteView script) {
    return script.size() == 25 && script[0] == OP_DUP && script[1] == OP_HASH160 && script[2] == 20 &&
           script[23] == OP_EQUALVERIFY && script[24] == OP_CHECKSIG;
}

bool is_pay_to_anchor(ByteView script) {
    return script.size() == 4 && script[0] == OP_1 && script[1] == 2 && script[2] == 0x4e && script[3] == 0x73;
}

std::optional<PegoutShape> parse_pegout(ByteView script) {
    if (script.empty() || script[0] != OP_RETURN) return std::nullopt;
    ScriptParser parser(script.subspan(1));
    PegoutShape out;
    const auto genesis = parser.next();
    if (!genesis || !genesis->is_push() || genesis->data.size() != 32) return std::nullopt;
    out.genesis = genesis->data;
    const auto destination = parser.next();
    if (!destination || !destination->is_push()) return std::nullopt;
    out.destination = destination->data;
    // A push that is cut short ends the list without making the output something else than a peg-out.
    while (const auto more = parser.next()) {
        if (!more->is_push()) return std::nullopt;
        out.further.push_back(more->data);
    }
    return out;
}

}  // namespace sluice::script
