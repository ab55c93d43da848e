// Script: the bytes of a script, not yet understood. The interpreter and the templates are in consensus/script.
#pragma once

#include "codec/describe.h"
#include "util/bytes.h"

namespace sluice {

struct Script {
    Bytes bytes;

    [[nodiscard]] bool empty() const { return bytes.empty(); }
    [[nodiscard]] size_t size() const { return bytes.size(); }
    [[nodiscard]] ByteView view() const { return bytes; }
    auto operator<=>(const Script&) const = default;
};

// True if no input can ever satisfy it: OP_RETURN first, longer than 10,000 bytes, or empty (an empty script marks a
// fee).
inline bool is_unspendable(const Script& script) {
    return script.empty() || script.bytes[0] == 0x6a || script.size() > 10'000;
}

template <class A, Like<Script> T>
void describe(A& a, T& script) {
    field(a, script.bytes);
}

}  // namespace sluice
