#include "signing/checksum.h"

#include <cstdint>

namespace sluice::signing {

// Source: the descriptor format's published checksum (a BCH code over groups of three characters).
std::string descriptor_checksum(std::string_view descriptor) {
    constexpr std::string_view kInput =
        "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    constexpr std::string_view kOutput = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    constexpr uint64_t kGenerators[] = {0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd};
    uint64_t state = 1;
    const auto feed = [&](uint64_t value) {
        const uint64_t top = state >> 35;
        state = (state & 0x7ffffffff) << 5 ^ value;
        for (unsigned i = 0; i < 5; ++i) {
            if ((top >> i & 1) != 0) state ^= kGenerators[i];
        }
    };
    uint64_t group = 0;
    int in_group = 0;
    for (const char c : descriptor) {
        const size_t at = kInput.find(c);
        if (at == kInput.npos) return {};
        feed(at & 31);
        group = group * 3 + (at >> 5);
        if (++in_group == 3) {
            feed(group);
            group = 0;
            in_group = 0;
        }
    }
    if (in_group > 0) feed(group);
    for (int i = 0; i < 8; ++i) feed(0);
    state ^= 1;
    std::string out(8, ' ');
    for (unsigned i = 0; i < 8; ++i) out[i] = kOutput[state >> 5 * (7 - i) & 31];
    return out;
}

Result<std::string> strip_checksum(std::string_view text, bool required) {
    const size_t at = text.find('#');
    std::string desc(text.substr(0, at));
    if (at == text.npos && required) return fail("Missing checksum");
    const std::string computed = descriptor_checksum(desc);
    if (computed.empty()) return fail("Invalid characters in payload");
    if (at == text.npos) return desc;
    const std::string given(text.substr(at + 1));
    if (given.find('#') != given.npos) return fail("Multiple '#' symbols");
    if (given.size() != 8)
        return fail("Expected 8 character checksum, not " + std::to_string(given.size()) + " characters");
    if (computed != given)
        return fail("Provided checksum '" + given + "' does not match computed checksum '" + computed + "'");
    return desc;
}

}  // namespace sluice::signing
