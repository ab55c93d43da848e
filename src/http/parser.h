// Parser: turns the bytes of one HTTP/1.x message into a value, piece by piece, within limits. Pure: the server, the
// client and the fuzz target feed it. What a stranger sends costs at most the limits; the first error ends it. Source:
// RFC 9112.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace sluice::http {

struct Limits {
    size_t head = 8 * 1024;          // bytes of start line and headers (and of trailers)
    size_t headers = 100;            // how many
    size_t body = 32 * 1024 * 1024;  // bytes after transfer decoding
};

class Parser {
public:
    enum class Kind { kRequest, kResponse };
    enum class State { kHead, kHeadDone, kBody, kDone, kError };

    Parser(Kind kind, Limits limits) : kind_(kind), limits_(limits) {}

    // Takes what it can use and returns how many bytes that was. Stops once when the head is complete (kHeadDone; the
    // next feed goes on with the body, even with an empty piece), and at kDone and kError for good.
    size_t feed(std::string_view piece);
    // The peer closed. Completes a response whose body ends there; anything else unfinished becomes an error.
    void end_of_input();

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] bool started() const { return started_; }
    // The HTTP status that tells the sender what was wrong; valid in kError.
    [[nodiscard]] int error_status() const { return error_status_; }
    [[nodiscard]] bool keep_alive() const { return keep_alive_; }
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }

    // The head from kHeadDone on, the body from kDone on. `request` for kRequest; for kResponse status() and the
    // headers and body of `request`.
    [[nodiscard]] const Request& message() const { return message_; }
    [[nodiscard]] Request take() { return std::move(message_); }
    [[nodiscard]] int status() const { return status_; }

private:
    enum class Step { kStartLine, kHeaders, kLengthBody, kUntilClose, kChunkSize, kChunkData, kChunkEnd, kTrailers };

    void fail(int status);
    bool take_line(std::string_view& piece, std::string& line);
    void line_done(const std::string& line);
    void start_line(std::string_view line);
    void request_line(std::string_view line);
    void status_line(std::string_view line);
    void header_line(std::string_view line);
    void head_done();
    void chunk_size_line(std::string_view line);
    void append_body(std::string_view& piece);
    bool set_version(std::string_view version);

    Kind kind_;
    Limits limits_;
    State state_ = State::kHead;
    Step step_ = Step::kStartLine;
    bool started_ = false;
    bool keep_alive_ = true;
    bool expects_continue_ = false;
    int error_status_ = 0;
    int status_ = 0;
    size_t head_bytes_ = 0;
    uint64_t body_left_ = 0;
    std::string line_;
    Request message_;
};

}  // namespace sluice::http
