// Reading and building scripts, and the shapes that consensus itself looks at. A script is plain bytes everywhere;
// views given out point into the script that was read. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "consensus/primitives/script_bytes.h"
#include "consensus/script/opcodes.h"
#include "util/bytes.h"

namespace sluice::script {

struct Instruction {
    uint8_t opcode = OP_INVALIDOPCODE;
    ByteView data;  // what a push pushes; empty for every other opcode

    [[nodiscard]] bool is_push() const { return opcode <= OP_PUSHDATA4; }
};

// Walks a script. next() gives nullopt at the end and at a push that runs past the end; at_end() tells which.
class ScriptParser {
public:
    explicit ScriptParser(ByteView script) : script_(script) {}
    std::optional<Instruction> next();
    [[nodiscard]] bool at_end() const { return position_ == script_.size(); }
    // Offset of the next instruction.
    [[nodiscard]] size_t position() const { return position_; }
    // After next() gave nothing: the end, or of a push that is cut short the offset behind its opcode and length.
    [[nodiscard]] size_t position_after_length() const;

private:
    ByteView script_;
    size_t position_ = 0;
};

// Builds a script. push() writes data with the shortest length prefix (it does not turn small numbers into
// OP_1..OP_16); number() writes OP_0, OP_1NEGATE, OP_1..OP_16 or a push of the number.
class ScriptBuilder {
public:
    ScriptBuilder& op(uint8_t opcode);
    ScriptBuilder& push(ByteView data);
    ScriptBuilder& number(int64_t value);
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    Script build() { return Script{std::move(bytes_)}; }

private:
    Bytes bytes_;
};

// True if every opcode is at most OP_16 and the script parses to its end (OP_RESERVED counts as a push).
bool is_push_only(ByteView script);
// Whether `opcode` is the shortest way to push `data` (BIP62 rule 3). Precondition: opcode <= OP_PUSHDATA4.
bool is_minimal_push(ByteView data, uint8_t opcode);
// True if it parses, holds no opcode above kMaxOpcode and no element above 520 bytes.
bool has_valid_ops(ByteView script);
// The script without the occurrences of `pattern` that start at an instruction; nullopt if there is none.
std::optional<Bytes> find_and_delete(ByteView script, ByteView pattern);

struct WitnessProgram {
    int version = 0;
    ByteView program;  // 2..40 bytes

    [[nodiscard]] bool is_key_hash() const { return version == 0 && program.size() == 20; }
    [[nodiscard]] bool is_script_hash() const { return version == 0 && program.size() == 32; }
};
std::optional<WitnessProgram> parse_witness_program(ByteView script);

bool is_pay_to_script_hash(ByteView script);
bool is_pay_to_pubkey_hash(ByteView script);
// OP_1 <4e73>: anyone can spend, made for fee bumping.
bool is_pay_to_anchor(ByteView script);

// OP_RETURN <32-byte parent genesis hash> <parent script> [pushes...] (protocol page "transactions", section 10).
struct PegoutShape {
    ByteView genesis;               // 32 bytes, wire order
    ByteView destination;           // the parent chain's scriptPubKey
    std::vector<ByteView> further;  // the pushes that follow: a PAK proof, where there is one
};
std::optional<PegoutShape> parse_pegout(ByteView script);

}  // namespace sluice::script
