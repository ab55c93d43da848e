// OptionReader: typed reading of chain options with one sticky error, so that a chain's table of overrides reads as a
// table. Each call gives `otherwise` when the option is absent or wrong; the first wrong one is kept for error().
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "util/bytes.h"
#include "util/fixed_bytes.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::detail {

class OptionReader {
public:
    explicit OptionReader(const Options& options) : options_(options) {}

    [[nodiscard]] bool is_set(std::string_view name) const { return options_.is_set(name); }
    bool flag(std::string_view name, bool otherwise) { return options_.get_bool(name, otherwise); }
    std::string text(std::string_view name, std::string_view otherwise) { return options_.get_or(name, otherwise); }
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const { return options_.get_all(name); }

    // A whole number within T.
    template <class T>
    T number(std::string_view name, T otherwise) {
        static_assert(std::is_integral_v<T>);
        const int64_t least = std::is_signed_v<T> ? static_cast<int64_t>(std::numeric_limits<T>::min()) : 0;
        const int64_t most =
            sizeof(T) < 8 ? static_cast<int64_t>(std::numeric_limits<T>::max()) : std::numeric_limits<int64_t>::max();
        return static_cast<T>(bounded(name, static_cast<int64_t>(otherwise), least, most));
    }
    // Hexadecimal bytes; the empty text gives no bytes.
    Bytes hex(std::string_view name, Bytes otherwise);
    // Hexadecimal bytes; the empty text gives `otherwise`, as Elements does for scripts of the federation.
    Bytes script(std::string_view name, Bytes otherwise);
    std::array<uint8_t, 4> four_bytes(std::string_view name, const std::array<uint8_t, 4>& otherwise);
    // A 256-bit number in display order, "0x" and leading zeros optional.
    template <class Id>
    Id id(std::string_view name, const Id& otherwise) {
        const auto bytes = number256(name);
        return bytes ? Id(*bytes) : otherwise;
    }
    // A decimal amount of coins with at most eight places, in satoshi.
    int64_t money(std::string_view name, int64_t otherwise);

    void fail(std::string message);
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    int64_t bounded(std::string_view name, int64_t otherwise, int64_t least, int64_t most);
    std::optional<std::array<uint8_t, 32>> number256(std::string_view name);

    const Options& options_;
    std::optional<Error> error_;
};

// A 256-bit number in display order as little-endian bytes; nullopt if the text is no such number.
std::optional<std::array<uint8_t, 32>> parse_number256(std::string_view text);
// "1.5" -> 150000000; nullopt unless 0 .. 21 million with at most eight places.
std::optional<int64_t> parse_money(std::string_view text);

}  // namespace sluice::detail
