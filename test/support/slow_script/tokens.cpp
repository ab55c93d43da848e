#include "support/slow_script/tokens.h"

namespace sluice::slow {

Token read_token(const Octets& script, size_t at) {
    Token out;
    out.opcode = script[at];
    out.end = at + 1;
    if (out.opcode > 78) {
        out.whole = true;
        return out;
    }
    size_t length = out.opcode;
    if (out.opcode >= 76) {
        const size_t width = size_t{1} << (out.opcode - 76);
        if (script.size() < out.end + width) return out;
        length = 0;
        for (size_t i = width; i > 0; --i) length = length * 256 + script[at + i];
        out.end += width;
    }
    if (length > script.size() - out.end) return out;
    const auto from = script.begin() + static_cast<std::ptrdiff_t>(out.end);
    out.data.assign(from, from + static_cast<std::ptrdiff_t>(length));
    out.end += length;
    out.whole = true;
    return out;
}

Program read_program(const Octets& script) {
    if (script.size() < 4 || script.size() > 42 || script[1] != script.size() - 2) return {};
    if (script[0] != 0 && (script[0] < 0x51 || script[0] > 0x60)) return {};
    return {script[0] == 0 ? 0 : script[0] - 0x50, {script.begin() + 2, script.end()}};
}

bool only_pushes(const Octets& script) {
    for (size_t at = 0; at < script.size();) {
        const Token token = read_token(script, at);
        if (!token.whole || token.opcode > 0x60) return false;
        at = token.end;
    }
    return true;
}

Octets push_instruction(const Octets& data) {
    Octets out;
    const size_t size = data.size();
    if (size <= 75) {
        out = {static_cast<uint8_t>(size)};
    } else if (size <= 255) {
        out = {76, static_cast<uint8_t>(size)};
    } else if (size <= 65535) {
        out = {77, static_cast<uint8_t>(size), static_cast<uint8_t>(size >> 8)};
    } else {
        out = {78, static_cast<uint8_t>(size), static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size >> 16),
               static_cast<uint8_t>(size >> 24)};
    }
    out.insert(out.end(), data.begin(), data.end());
    return out;
}

}  // namespace sluice::slow
