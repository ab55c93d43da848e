#include "consensus/params/detail/option_reader.h"

#include <charconv>

#include "codec/hex.h"

namespace sluice::detail {

namespace {
constexpr int64_t kCoin = 100'000'000;
constexpr int64_t kMostCoins = 21'000'000;

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

std::optional<std::array<uint8_t, 32>> parse_number256(std::string_view text) {
    if (text.starts_with("0x")) text.remove_prefix(2);
    if (text.empty()) return std::array<uint8_t, 32>{};
    if (text.size() > 64) return std::nullopt;
    const std::optional<Bytes> bytes = from_hex(std::string(64 - text.size(), '0').append(text));
    if (!bytes) return std::nullopt;
    std::array<uint8_t, 32> out{};
    std::ranges::reverse_copy(*bytes, out.begin());
    return out;
}

std::optional<int64_t> parse_money(std::string_view text) {
    const size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    std::string fraction(point < text.size() ? text.substr(point + 1) : "");
    if (text.empty() || whole.size() > 8 || fraction.size() > 8 || !is_digits(whole) || !is_digits(fraction))
        return std::nullopt;
    fraction.append(8 - fraction.size(), '0');
    int64_t coins = 0;
    int64_t parts = 0;
    std::from_chars(whole.data(), whole.data() + whole.size(), coins);
    std::from_chars(fraction.data(), fraction.data() + fraction.size(), parts);
    if (coins > kMostCoins || (coins == kMostCoins && parts > 0)) return std::nullopt;
    return coins * kCoin + parts;
}

void OptionReader::fail(std::string message) {
    if (!error_) error_ = Error{std::move(message)};
}

int64_t OptionReader::bounded(std::string_view name, int64_t otherwise, int64_t least, int64_t most) {
    const Result<int64_t> value = options_.get_int(name, otherwise);
    if (!value) {
        fail(value.error().message);
        return otherwise;
    }
    if (*value < least || *value > most) {
        fail("-" + std::string(name) + "=" + std::to_string(*value) + " is out of range");
        return otherwise;
    }
    return *value;
}

Bytes OptionReader::hex(std::string_view name, Bytes otherwise) {
    const std::optional<std::string> value = options_.get(name);
    if (!value) return otherwise;
    std::optional<Bytes> bytes = from_hex(*value);
    if (!bytes) {
        fail("-" + std::string(name) + " must be hexadecimal, not \"" + *value + "\"");
        return otherwise;
    }
    return std::move(*bytes);
}

Bytes OptionReader::script(std::string_view name, Bytes otherwise) {
    Bytes given = hex(name, otherwise);
    return given.empty() ? otherwise : given;
}

std::array<uint8_t, 4> OptionReader::four_bytes(std::string_view name, const std::array<uint8_t, 4>& otherwise) {
    const std::optional<std::string> value = options_.get(name);
    if (!value) return otherwise;
    const std::optional<Bytes> bytes = from_hex(*value);
    if (!bytes || bytes->size() != 4) {
        fail("-" + std::string(name) + " must be hex string of length 8");
        return otherwise;
    }
    std::array<uint8_t, 4> out{};
    std::ranges::copy(*bytes, out.begin());
    return out;
}

std::optional<std::array<uint8_t, 32>> OptionReader::number256(std::string_view name) {
    const std::optional<std::string> value = options_.get(name);
    if (!value) return std::nullopt;
    const auto bytes = parse_number256(*value);
    if (!bytes) fail("-" + std::string(name) + " must be at most 64 hexadecimal digits, not \"" + *value + "\"");
    return bytes;
}

int64_t OptionReader::money(std::string_view name, int64_t otherwise) {
    const std::optional<std::string> value = options_.get(name);
    if (!value) return otherwise;
    const std::optional<int64_t> amount = parse_money(*value);
    if (!amount) fail("Invalid -" + std::string(name));
    return amount.value_or(otherwise);
}

}  // namespace sluice::detail
