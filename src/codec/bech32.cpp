#include "codec/bech32.h"

#include <array>

#include "util/check.h"

namespace sluice {

namespace {

constexpr std::string_view kSymbols = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

// A code: the polynomial remainder has `bits` bits; a symbol is shifted in at the bottom and the five bits that fall
// out choose generators.
struct Code {
    int bits;
    size_t checksum;  // symbols
    std::array<uint64_t, 5> generators;
    uint64_t plain;     // final constant of the first flavour
    uint64_t modified;  // and of the "m" flavour
    size_t max_length;
};
constexpr Code kShort{30, 6, {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}, 1, 0x2bc830a3, kMaxBech32};
constexpr Code kLong{60,
                     12,
                     {0x7d52fba40bd886, 0x5e8dbf1a03950c, 0x1c3a3c74072a18, 0x385d72fa0e5139, 0x7093e5a608865b},
                     1,
                     0x455972a3350f7a1,
                     kMaxBlech32};

bool is_long(Bech32Kind kind) { return kind == Bech32Kind::kBlech32 || kind == Bech32Kind::kBlech32m; }
bool is_modified(Bech32Kind kind) { return kind == Bech32Kind::kBech32m || kind == Bech32Kind::kBlech32m; }

class Remainder {
public:
    explicit Remainder(const Code& code) : code_(code) {}
    void push(uint8_t symbol) {
        const uint64_t top = value_ >> (code_.bits - 5);
        value_ = (value_ & ((uint64_t{1} << (code_.bits - 5)) - 1)) << 5 ^ symbol;
        for (size_t i = 0; i < 5; ++i) {
            if ((top >> i & 1) != 0) value_ ^= code_.generators[i];
        }
    }
    void push_prefix(std::string_view prefix) {
        for (const char c : prefix) push(static_cast<uint8_t>(c) >> 5);
        push(0);
        for (const char c : prefix) push(static_cast<uint8_t>(c) & 31);
    }
    [[nodiscard]] uint64_t value() const { return value_; }

private:
    const Code& code_;
    uint64_t value_ = 1;
};

struct Decoded {
    std::string prefix;
    Bytes symbols;
    bool modified = false;
};

std::optional<Decoded> decode(std::string_view text, const Code& code) {
    if (text.size() > code.max_length) return std::nullopt;
    bool lower = false;
    bool upper = false;
    std::string folded;
    for (const char c : text) {
        if (c < 33 || c > 126) return std::nullopt;
        lower = lower || (c >= 'a' && c <= 'z');
        upper = upper || (c >= 'A' && c <= 'Z');
        folded.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    if (lower && upper) return std::nullopt;
    const size_t separator = folded.rfind('1');
    if (separator == std::string::npos || separator == 0 || separator + 1 + code.checksum > folded.size()) {
        return std::nullopt;
    }
    Decoded out;
    out.prefix = folded.substr(0, separator);
    Remainder remainder(code);
    remainder.push_prefix(out.prefix);
    for (const char c : std::string_view(folded).substr(separator + 1)) {
        const size_t symbol = kSymbols.find(c);
        if (symbol == std::string_view::npos) return std::nullopt;
        out.symbols.push_back(static_cast<uint8_t>(symbol));
        remainder.push(out.symbols.back());
    }
    if (remainder.value() != code.plain && remainder.value() != code.modified) return std::nullopt;
    out.modified = remainder.value() == code.modified;
    out.symbols.resize(out.symbols.size() - code.checksum);
    return out;
}

}  // namespace

std::string bech32_encode(Bech32Kind kind, std::string_view prefix, ByteView symbols) {
    const Code& code = is_long(kind) ? kLong : kShort;
    Remainder remainder(code);
    remainder.push_prefix(prefix);
    std::string out(prefix);
    out.push_back('1');
    for (const uint8_t symbol : symbols) {
        CHECK(symbol < 32);
        remainder.push(symbol);
        out.push_back(kSymbols[symbol]);
    }
    for (size_t i = 0; i < code.checksum; ++i) remainder.push(0);
    const uint64_t checksum = remainder.value() ^ (is_modified(kind) ? code.modified : code.plain);
    for (size_t i = code.checksum; i-- > 0;) out.push_back(kSymbols[checksum >> (5 * i) & 31]);
    return out;
}

std::optional<Bech32Text> bech32_decode(std::string_view text) {
    std::optional<Decoded> decoded = decode(text, kShort);
    if (!decoded) return std::nullopt;
    return Bech32Text{decoded->modified ? Bech32Kind::kBech32m : Bech32Kind::kBech32, std::move(decoded->prefix),
                      std::move(decoded->symbols)};
}

std::optional<Bech32Text> blech32_decode(std::string_view text) {
    std::optional<Decoded> decoded = decode(text, kLong);
    if (!decoded) return std::nullopt;
    return Bech32Text{decoded->modified ? Bech32Kind::kBlech32m : Bech32Kind::kBlech32, std::move(decoded->prefix),
                      std::move(decoded->symbols)};
}

Bytes to_base32_symbols(ByteView bytes) {
    Bytes out;
    uint32_t held = 0;
    int bits = 0;
    for (const uint8_t byte : bytes) {
        held = (held << 8 | byte) & 0xfff;
        bits += 8;
        for (; bits >= 5; bits -= 5) out.push_back(static_cast<uint8_t>(held >> (bits - 5) & 31));
    }
    if (bits > 0) out.push_back(static_cast<uint8_t>(held << (5 - bits) & 31));
    return out;
}

std::optional<Bytes> from_base32_symbols(ByteView symbols) {
    Bytes out;
    uint32_t held = 0;
    int bits = 0;
    for (const uint8_t symbol : symbols) {
        if (symbol >= 32) return std::nullopt;
        held = (held << 5 | symbol) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<uint8_t>(held >> bits));
        }
    }
    if (bits >= 5 || (held & ((uint32_t{1} << bits) - 1)) != 0) return std::nullopt;
    return out;
}

}  // namespace sluice
