#include "http/message.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "codec/base64.h"

namespace sluice::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
    return -1;
}

}  // namespace

bool equal_no_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (equal_no_case(key, name)) return value;
    }
    return std::nullopt;
}

const char* reason_phrase(int status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 204: return "No Content";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 413: return "Content Too Large";
        case 417: return "Expectation Failed";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Status";
    }
}

Response plain_response(int status, std::string text) {
    Response out;
    out.status = status;
    out.body = text.empty() ? reason_phrase(status) : std::move(text);
    return out;
}

std::optional<std::pair<std::string, std::string>> parse_basic(std::string_view authorization) {
    constexpr std::string_view kScheme = "Basic ";
    if (!equal_no_case(authorization.substr(0, kScheme.size()), kScheme)) return std::nullopt;
    authorization.remove_prefix(kScheme.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    const std::optional<Bytes> bytes = base64_decode(authorization);
    if (!bytes) return std::nullopt;
    const std::string_view plain = as_text(*bytes);
    const size_t colon = plain.find(':');
    if (colon == std::string::npos) return std::nullopt;
    return std::pair{std::string(plain.substr(0, colon)), std::string(plain.substr(colon + 1))};
}

std::string make_basic(std::string_view user, std::string_view password) {
    std::string plain(user);
    plain += ':';
    plain += password;
    return "Basic " + base64_encode(as_bytes(plain));
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

}  // namespace sluice::http
