// HTTP messages as values. Header names compare without case. Plain data, no thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of `name`, or nullopt.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);
bool equal_no_case(std::string_view a, std::string_view b);

struct Request {
    std::string method;  // as sent: methods are case-sensitive
    std::string path;    // the target before '?', percent-encoding left as sent
    std::string query;   // after '?'
    Headers headers;
    std::string body;
    std::string peer;  // "127.0.0.1:54321", set by the server
};

struct Response {
    int status = 200;
    std::string content_type = "text/plain";
    std::string body;
    Headers headers;     // further ones; Content-Length, Content-Type, Date and Connection are the server's own
    bool close = false;  // end the connection after this reply
};

const char* reason_phrase(int status);
// A text reply; without a text it is the reason phrase.
Response plain_response(int status, std::string text = {});

// "Basic dXNlcjpwYXNz" -> {"user", "pass"}; nullopt for anything else. The password may contain ':'.
std::optional<std::pair<std::string, std::string>> parse_basic(std::string_view authorization);
std::string make_basic(std::string_view user, std::string_view password);
// %41 -> A. nullopt on a broken escape.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace sluice::http
