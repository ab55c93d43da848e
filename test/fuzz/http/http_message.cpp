// Input: first byte chooses request or response and how the rest is cut into pieces. Cutting must never change the
// outcome.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/parser.h"
#include "util/check.h"

using sluice::http::Limits;
using sluice::http::Parser;

namespace {
size_t feed_all(Parser& parser, std::string_view bytes, size_t step) {
    size_t at = 0;
    while (parser.state() != Parser::State::kDone && parser.state() != Parser::State::kError) {
        const std::string_view piece = bytes.substr(at, step);
        const bool head_done = parser.state() == Parser::State::kHeadDone;
        const size_t used = parser.feed(piece);
        at += used;
        if (used == 0 && piece.empty() && !head_done && parser.state() != Parser::State::kHeadDone) break;
    }
    return at;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Parser::Kind kind = data[0] & 1 ? Parser::Kind::kRequest : Parser::Kind::kResponse;
    const Limits limits{512, 10, 4096};
    Parser whole(kind, limits);
    Parser pieces(kind, limits);
    const size_t whole_end = feed_all(whole, rest, rest.size() + 1);
    const size_t pieces_end = feed_all(pieces, rest, 1 + (data[0] >> 1) % 7);
    whole.end_of_input();
    pieces.end_of_input();
    CHECK(whole.state() == pieces.state());
    CHECK(whole.error_status() == pieces.error_status());
    if (whole.state() == Parser::State::kDone) {
        CHECK(whole_end == pieces_end);
        CHECK(whole.message().body == pieces.message().body);
        CHECK(whole.message().headers == pieces.message().headers);
        CHECK(whole.message().body.size() <= limits.body);
        if (const auto auth = sluice::http::find_header(whole.message().headers, "authorization"))
            (void)sluice::http::parse_basic(*auth);
        (void)sluice::http::percent_decode(whole.message().path);
    }
    return 0;
}
