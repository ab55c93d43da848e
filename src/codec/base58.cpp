#include "codec/base58.h"

namespace sluice {

namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \f\n\r\t\v";
    const size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// number = number * from + digit, where number is a list of base `to` digits, least significant first.
void push_digit(Bytes& number, uint32_t from, uint32_t to, uint32_t digit) {
    for (uint8_t& place : number) {
        digit += place * from;
        place = static_cast<uint8_t>(digit % to);
        digit /= to;
    }
    for (; digit != 0; digit /= to) number.push_back(static_cast<uint8_t>(digit % to));
}

}  // namespace

std::string base58_encode(ByteView bytes) {
    size_t zeros = 0;
    while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
    Bytes digits;
    for (const uint8_t byte : bytes.subspan(zeros)) push_digit(digits, 256, 58, byte);
    std::string out(zeros, kAlphabet[0]);
    for (size_t i = digits.size(); i-- > 0;) out.push_back(kAlphabet[digits[i]]);
    return out;
}

std::optional<Bytes> base58_decode(std::string_view text, size_t max_size) {
    text = trim(text);
    size_t zeros = 0;
    while (zeros < text.size() && text[zeros] == kAlphabet[0]) ++zeros;
    Bytes number;
    for (const char c : text.substr(zeros)) {
        const size_t digit = kAlphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        push_digit(number, 58, 256, static_cast<uint32_t>(digit));
        if (zeros + number.size() > max_size) return std::nullopt;
    }
    if (zeros + number.size() > max_size) return std::nullopt;
    Bytes out(zeros, 0);
    out.insert(out.end(), number.rbegin(), number.rend());
    return out;
}

}  // namespace sluice
