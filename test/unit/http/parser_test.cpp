#include "http/parser.h"

#include <boost/test/unit_test.hpp>

using namespace sluice::http;
using State = Parser::State;

namespace {
Parser parse(std::string_view text, Limits limits = {}, Parser::Kind kind = Parser::Kind::kRequest) {
    Parser parser(kind, limits);
    size_t at = 0;
    while (at < text.size() || parser.state() == State::kHeadDone) {
        const size_t used = parser.feed(text.substr(at));
        at += used;
        if (parser.state() == State::kDone || parser.state() == State::kError) break;
    }
    return parser;
}
int error_of(std::string_view text, Limits limits = {}) {
    const Parser parser = parse(text, limits);
    return parser.state() == State::kError ? parser.error_status() : 0;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(parser)

BOOST_AUTO_TEST_CASE(a_request_is_read) {
    const Parser parser = parse("POST /wallet/w%20x?a=b HTTP/1.1\r\nHost: h\r\nContent-length:  4 \r\n\r\nbody");
    BOOST_TEST((parser.state() == State::kDone));
    BOOST_TEST(parser.message().method == "POST");
    BOOST_TEST(parser.message().path == "/wallet/w%20x");
    BOOST_TEST(parser.message().query == "a=b");
    BOOST_TEST(parser.message().body == "body");
    BOOST_TEST(find_header(parser.message().headers, "HOST").value() == "h");
    BOOST_TEST(parser.keep_alive());
    BOOST_TEST(percent_decode(parser.message().path).value() == "/wallet/w x");
}

BOOST_AUTO_TEST_CASE(connection_persistence_follows_version_and_header) {
    BOOST_TEST(!parse("GET / HTTP/1.0\r\n\r\n").keep_alive());
    BOOST_TEST(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive());
    BOOST_TEST(!parse("GET / HTTP/1.1\r\nConnection: foo, close\r\n\r\n").keep_alive());
}

BOOST_AUTO_TEST_CASE(chunked_bodies_are_joined) {
    const Parser parser = parse(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x\r\n0123456789\r\n0\r\nT: 1\r\n\r\n");
    BOOST_TEST((parser.state() == State::kDone));
    BOOST_TEST(parser.message().body == "abc0123456789");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_has_its_status) {
    BOOST_TEST(error_of("\x16\x03\x01 garbage\r\n") == 400);
    BOOST_TEST(error_of("GET /\r\n") == 400);
    BOOST_TEST(error_of("GET / HTTP/2.0\r\n") == 505);
    BOOST_TEST(error_of("GET / HTTP/1.1\r\nno colon\r\n") == 400);
    BOOST_TEST(error_of("GET / HTTP/1.1\r\n folded: x\r\n") == 400);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n") == 400);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nContent-Length: -4\r\n\r\n") == 400);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n") == 501);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nContent-Length: 33554433\r\n\r\n") == 413);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n") == 413);
    BOOST_TEST(error_of("POST / HTTP/1.1\r\nExpect: magic\r\n\r\n") == 417);
    BOOST_TEST(error_of("GET / HTTP/1.1\r\nA: " + std::string(20000, 'x')) == 431);
    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 101; ++i) many += "A: b\r\n";
    BOOST_TEST(error_of(many) == 431);
}

BOOST_AUTO_TEST_CASE(responses_may_end_with_the_connection) {
    Parser parser(Parser::Kind::kResponse, {});
    const std::string_view text = "HTTP/1.0 401 Unauthorized\r\nX: y\r\n\r\nsome text";
    size_t at = parser.feed(text);
    at += parser.feed(text.substr(at));
    BOOST_TEST(at == text.size());
    BOOST_TEST((parser.state() == State::kBody));
    parser.end_of_input();
    BOOST_TEST((parser.state() == State::kDone));
    BOOST_TEST(parser.status() == 401);
    BOOST_TEST(parser.message().body == "some text");
}

BOOST_AUTO_TEST_CASE(basic_credentials) {
    BOOST_TEST(make_basic("u", "p:q") == "Basic dTpwOnE=");
    const auto pair = parse_basic("basic dTpwOnE=");
    BOOST_REQUIRE(pair.has_value());
    BOOST_TEST(pair->first == "u");
    BOOST_TEST(pair->second == "p:q");
    for (const char* bad : {"", "Basic", "Bearer dTpw", "Basic dTpw=", "Basic !!!!", "Basic dXA="})
        BOOST_TEST(!parse_basic(bad));
}

BOOST_AUTO_TEST_SUITE_END()
