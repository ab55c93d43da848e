#include "http/parser.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sluice::http {
namespace {

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != kMarks.npos;
    });
}

bool is_text(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<uint64_t> number(std::string_view text, int base) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// True if the comma-separated list holds `word`.
bool lists(std::string_view list, std::string_view word) {
    while (true) {
        const size_t comma = list.find(',');
        if (equal_no_case(trim(list.substr(0, comma)), word)) return true;
        if (comma == list.npos) return false;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace

void Parser::fail(int status) {
    state_ = State::kError;
    error_status_ = status;
    keep_alive_ = false;
}

size_t Parser::feed(std::string_view piece) {
    const size_t before = piece.size();
    if (state_ == State::kHeadDone) state_ = step_ == Step::kStartLine ? State::kDone : State::kBody;
    while (state_ == State::kHead || state_ == State::kBody) {
        if (step_ == Step::kLengthBody || step_ == Step::kChunkData || step_ == Step::kUntilClose) {
            append_body(piece);
            if (piece.empty() && (state_ != State::kBody || body_left_ > 0)) break;
            continue;
        }
        std::string line;
        if (!take_line(piece, line)) break;
        line_done(line);
        if (state_ == State::kHeadDone) break;
    }
    return before - piece.size();
}

// Collects up to the next LF; true with the line (without CR LF) once it is whole.
bool Parser::take_line(std::string_view& piece, std::string& line) {
    if (piece.empty()) return false;
    started_ = true;
    const size_t end = piece.find('\n');
    const size_t used = end == piece.npos ? piece.size() : end + 1;
    head_bytes_ += used;
    if (head_bytes_ > limits_.head) {
        // A path without end is a bad request, as the reference has it.
        const int refused = step_ == Step::kStartLine ? 400 : 431;
        fail(kind_ == Kind::kRequest ? refused : 500);
        return false;
    }
    line_.append(piece.substr(0, used));
    piece.remove_prefix(used);
    if (end == std::string_view::npos) return false;
    line_.pop_back();
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    line.swap(line_);
    line_.clear();
    return true;
}

void Parser::line_done(const std::string& line) {
    switch (step_) {
        case Step::kStartLine:
            if (line.empty() && kind_ == Kind::kRequest)
                return;  // RFC 9112 2.2: empty lines before a request are skipped
            return start_line(line);
        case Step::kHeaders: return line.empty() ? head_done() : header_line(line);
        case Step::kChunkSize: return chunk_size_line(line);
        case Step::kChunkEnd:
            if (!line.empty()) return fail(400);
            step_ = Step::kChunkSize;
            return;
        case Step::kTrailers:
            if (line.empty()) state_ = State::kDone;
            return;
        default: return fail(400);
    }
}

void Parser::start_line(std::string_view line) {
    if (!is_text(line)) return fail(400);
    if (kind_ == Kind::kRequest) {
        request_line(line);
    } else {
        status_line(line);
    }
    if (state_ == State::kHead) step_ = Step::kHeaders;
}

void Parser::request_line(std::string_view line) {
    const size_t first = line.find(' ');
    const size_t last = line.rfind(' ');
    if (first == line.npos || first == last) return fail(400);
    const std::string_view method = line.substr(0, first);
    std::string_view target = line.substr(first + 1, last - first - 1);
    if (!is_token(method) || target.empty() || target.find(' ') != target.npos) return fail(400);
    if (!set_version(line.substr(last + 1))) return;
    // Absolute form ("http://host/path"), which proxies send: the path is what we serve.
    if (const size_t scheme = target.find("://"); target.front() != '/' && scheme != target.npos) {
        const size_t slash = target.find('/', scheme + 3);
        target = slash == target.npos ? std::string_view("/") : target.substr(slash);
    }
    const size_t question = target.find('?');
    message_.method = method;
    message_.path = target.substr(0, question);
    if (question != target.npos) message_.query = target.substr(question + 1);
}

void Parser::status_line(std::string_view line) {
    const size_t space = line.find(' ');
    if (space == line.npos || !set_version(line.substr(0, space))) return fail(500);
    const std::optional<uint64_t> code = number(line.substr(space + 1, 3), 10);
    if (!code || *code < 100 || *code > 599) return fail(500);
    status_ = static_cast<int>(*code);
}

bool Parser::set_version(std::string_view version) {
    const bool known = version == "HTTP/1.1" || version == "HTTP/1.0";
    keep_alive_ = version == "HTTP/1.1";
    if (!known) fail(version.starts_with("HTTP/") ? 505 : 400);
    return known;
}

void Parser::header_line(std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)) || !is_text(line)) return fail(400);
    if (message_.headers.size() >= limits_.headers) return fail(kind_ == Kind::kRequest ? 431 : 500);
    message_.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
}

void Parser::head_done() {
    std::optional<uint64_t> length;
    bool chunked = false;
    for (const auto& [name, value] : message_.headers) {
        if (equal_no_case(name, "Content-Length")) {
            const std::optional<uint64_t> given = number(value, 10);
            if (!given || (length && *length != *given)) return fail(400);
            length = given;
        } else if (equal_no_case(name, "Transfer-Encoding")) {
            if (!equal_no_case(value, "chunked") || chunked) return fail(501);
            chunked = true;
        } else if (equal_no_case(name, "Connection")) {
            if (lists(value, "close")) keep_alive_ = false;
            if (lists(value, "keep-alive")) keep_alive_ = true;
        } else if (equal_no_case(name, "Expect")) {
            if (!equal_no_case(value, "100-continue")) return fail(417);
            expects_continue_ = true;
        }
    }
    // Two lengths are how one request is smuggled inside another (RFC 9112 6.3).
    if (chunked && length) return fail(400);
    if (length && *length > limits_.body) return fail(kind_ == Kind::kRequest ? 413 : 500);
    const bool bodiless = kind_ == Kind::kResponse && (status_ / 100 == 1 || status_ == 204 || status_ == 304);
    if (bodiless) {
        step_ = Step::kStartLine;
    } else if (chunked) {
        step_ = Step::kChunkSize;
        head_bytes_ = 0;
    } else if (length && *length > 0) {
        step_ = Step::kLengthBody;
        body_left_ = *length;
    } else if (!length && kind_ == Kind::kResponse) {
        step_ = Step::kUntilClose;
        keep_alive_ = false;
        body_left_ = limits_.body + 1;
    } else {
        step_ = Step::kStartLine;  // no body
    }
    state_ = State::kHeadDone;
}

void Parser::chunk_size_line(std::string_view line) {
    const std::optional<uint64_t> size = number(trim(line.substr(0, line.find(';'))), 16);
    if (!size) return fail(400);
    if (*size > limits_.body || message_.body.size() + *size > limits_.body)
        return fail(kind_ == Kind::kRequest ? 413 : 500);
    head_bytes_ = 0;
    body_left_ = *size;
    step_ = *size == 0 ? Step::kTrailers : Step::kChunkData;
}

void Parser::append_body(std::string_view& piece) {
    const size_t used = static_cast<size_t>(std::min<uint64_t>(piece.size(), body_left_));
    message_.body.append(piece.substr(0, used));
    piece.remove_prefix(used);
    body_left_ -= used;
    if (body_left_ > 0) return;
    if (step_ == Step::kLengthBody) {
        state_ = State::kDone;
    } else if (step_ == Step::kChunkData) {
        step_ = Step::kChunkEnd;
    } else {
        fail(500);  // a body until close that is larger than the limit
    }
}

void Parser::end_of_input() {
    if (state_ == State::kHeadDone) feed({});
    if (state_ == State::kBody && step_ == Step::kUntilClose) {
        state_ = State::kDone;
    } else if (state_ != State::kDone && state_ != State::kError) {
        fail(kind_ == Kind::kRequest ? 400 : 500);
    }
}

}  // namespace sluice::http
