#include "rpc/json.h"

#include <cstdio>
#include <memory>
#include <vector>

namespace sluice::rpc {
namespace {

constexpr int kMaxDepth = 512;
constexpr uint64_t kNumberText = 1;  // subtype of a binary value that holds a number's text

void write_string(std::string_view text, std::string& out) {
    out.push_back('"');
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    char escaped[8];
                    std::snprintf(escaped, sizeof(escaped), "\\u%04x", static_cast<unsigned>(c));
                    out += escaped;
                } else {
                    out.push_back(c);
                }
        }
    }
    out.push_back('"');
}

// Written as the reference writes it, empty containers over two lines included.
void write_value(const Json& value, unsigned indent, unsigned level, std::string& out) {
    const auto line = [&](unsigned at) {
        if (indent > 0) out.append(1, '\n').append(static_cast<size_t>(indent) * at, ' ');
    };
    switch (value.type()) {
        case Json::value_t::object:
        case Json::value_t::array: {
            const bool object = value.is_object();
            out.push_back(object ? '{' : '[');
            bool first = true;
            for (const auto& item : value.items()) {
                if (!first) out.push_back(',');
                first = false;
                line(level + 1);
                if (object) {
                    write_string(item.key(), out);
                    out += indent > 0 ? ": " : ":";
                }
                write_value(item.value(), indent, level + 1, out);
            }
            line(level);
            out.push_back(object ? '}' : ']');
            break;
        }
        case Json::value_t::string: write_string(value.get_ref<const std::string&>(), out); break;
        case Json::value_t::boolean: out += value.get<bool>() ? "true" : "false"; break;
        case Json::value_t::number_integer: out += std::to_string(value.get<int64_t>()); break;
        case Json::value_t::number_unsigned: out += std::to_string(value.get<uint64_t>()); break;
        case Json::value_t::number_float: {
            char text[40];
            std::snprintf(text, sizeof(text), "%.16g", value.get<double>());
            out += text;
            break;
        }
        case Json::value_t::binary: {
            const auto& bytes = value.get_binary();
            out.append(bytes.begin(), bytes.end());
            break;
        }
        default: out += "null";
    }
}

// Builds a value from parser events. Numbers that are no 64-bit integers keep their text. Of repeated keys the first
// counts.
class Builder {
public:
    bool null() { return put(Json()); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(int64_t value) { return put(value); }
    bool number_unsigned(uint64_t value) { return put(value); }
    bool number_float(double, const std::string& text) { return put(number_text(text)); }
    bool string(std::string& text) { return put(std::move(text)); }
    bool binary(Json::binary_t&) { return false; }
    bool start_object(size_t) { return open(Json::object()); }
    bool start_array(size_t) { return open(Json::array()); }
    bool key(std::string& name) {
        key_ = std::move(name);
        return true;
    }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

    Json take() { return std::move(root_); }

private:
    bool put(Json value) { return place(std::move(value)) != nullptr; }
    bool open(Json container) {
        if (open_.size() >= static_cast<size_t>(kMaxDepth)) return false;
        open_.push_back(place(std::move(container)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    // Children of a container do not move while it is the innermost open one, so pointers to them stay good.
    Json* place(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& into = *open_.back();
        if (into.is_array()) {
            into.push_back(std::move(value));
            return &into.back();
        }
        if (into.contains(key_)) {
            ignored_.push_back(std::make_unique<Json>(std::move(value)));
            return ignored_.back().get();
        }
        return &(into[key_] = std::move(value));
    }

    Json root_;
    std::vector<Json*> open_;
    std::vector<std::unique_ptr<Json>> ignored_;
    std::string key_;
};

}  // namespace

Json number_text(std::string_view text) {
    return Json::binary(std::vector<uint8_t>(text.begin(), text.end()), kNumberText);
}

std::string amount_text(Amount amount) {
    const bool negative = amount.sat < 0;
    const uint64_t size = negative ? 0 - static_cast<uint64_t>(amount.sat) : static_cast<uint64_t>(amount.sat);
    char text[40];
    std::snprintf(text, sizeof(text), "%s%llu.%08llu", negative ? "-" : "",
                  static_cast<unsigned long long>(size / kCoin), static_cast<unsigned long long>(size % kCoin));
    return text;
}

Json amount_json(Amount amount) { return number_text(amount_text(amount)); }

Json real_json(double value) { return value; }

std::string write_json(const Json& value, unsigned indent) {
    std::string out;
    write_value(value, indent, 0, out);
    return out;
}

std::optional<Json> read_json(std::string_view text) {
    Builder builder;
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
    return builder.take();
}

std::optional<int64_t> parse_fixed_point(std::string_view text, int decimals) {
    size_t at = 0;
    const bool negative = at < text.size() && text[at] == '-';
    if (negative) ++at;
    const auto digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    if (!digit(at)) return std::nullopt;
    if (text[at] == '0' && digit(at + 1)) return std::nullopt;
    // All digits as one number with a decimal exponent; trailing zeros are moved into the exponent.
    __extension__ __int128 mantissa = 0;
    int64_t exponent = 0;
    int64_t zeros = 0;
    bool any = false;
    const auto take_digit = [&](char c, bool fraction) {
        if (fraction) --exponent;
        if (c == '0') {
            ++zeros;
            return true;
        }
        for (; zeros > 0; --zeros) {
            if (any) mantissa *= 10;
            if (mantissa > (static_cast<__int128>(1) << 100)) return false;
        }
        mantissa = mantissa * 10 + (c - '0');
        any = true;
        return mantissa < (static_cast<__int128>(1) << 100);
    };
    for (; digit(at); ++at) {
        if (!take_digit(text[at], false)) return std::nullopt;
    }
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (!digit(at)) return std::nullopt;
        for (; digit(at); ++at) {
            if (!take_digit(text[at], true)) return std::nullopt;
        }
    }
    exponent += zeros;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        bool down = false;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) down = text[at++] == '-';
        if (!digit(at)) return std::nullopt;
        int64_t given = 0;
        for (; digit(at); ++at) {
            if (given > 100'000) return std::nullopt;
            given = given * 10 + (text[at] - '0');
        }
        exponent += down ? -given : given;
    }
    if (at != text.size()) return std::nullopt;
    if (!any) return 0;
    exponent += decimals;
    if (exponent < 0 || exponent > 18) return std::nullopt;
    constexpr int64_t kBound = 1'000'000'000'000'000'000;  // 10^18, as the reference
    for (; exponent > 0; --exponent) {
        mantissa *= 10;
        if (mantissa >= kBound) return std::nullopt;
    }
    if (mantissa >= kBound) return std::nullopt;
    return negative ? -static_cast<int64_t>(mantissa) : static_cast<int64_t>(mantissa);
}

std::optional<std::string> number_or_string_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_unsigned()) return std::to_string(value.get<uint64_t>());
    if (value.is_number_integer()) return std::to_string(value.get<int64_t>());
    if (value.is_number_float() || value.is_binary()) return write_json(value);
    return std::nullopt;
}

std::string_view type_name(const Json& value) {
    if (value.is_object()) return "object";
    if (value.is_array()) return "array";
    if (value.is_string()) return "string";
    if (value.is_boolean()) return "bool";
    if (value.is_null()) return "null";
    return "number";
}

}  // namespace sluice::rpc
