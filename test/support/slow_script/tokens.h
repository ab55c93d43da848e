// A script read one instruction at a time.
#pragma once

#include "support/slow_script/slow_script.h"

namespace sluice::slow {

struct Token {
    uint8_t opcode = 0xff;
    Octets data;
    bool whole = false;  // false: the push is cut short
    size_t end = 0;      // behind the instruction; of one cut short, behind its opcode and length
};
// Precondition: at < script.size().
Token read_token(const Octets& script, size_t at);

// Version and program; version -1 for scripts that are none.
struct Program {
    int version = -1;
    Octets bytes;
};
Program read_program(const Octets& script);
bool only_pushes(const Octets& script);
// The shortest instruction that pushes `data` as data (never OP_1..OP_16).
Octets push_instruction(const Octets& data);

}  // namespace sluice::slow
