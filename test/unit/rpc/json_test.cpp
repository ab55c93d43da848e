#include "rpc/json.h"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::rpc;

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(amounts_have_eight_decimals) {
    BOOST_TEST(write_json(amount_json(Amount{1})) == "0.00000001");
    BOOST_TEST(write_json(amount_json(Amount{0})) == "0.00000000");
    BOOST_TEST(write_json(amount_json(Amount{-150'000'000})) == "-1.50000000");
    BOOST_TEST(write_json(amount_json(kMaxMoney)) == "21000000.00000000");
    BOOST_TEST(write_json(amount_json(Amount{INT64_MIN})) == "-92233720368.54775808");
}

BOOST_AUTO_TEST_CASE(values_are_written_like_the_reference) {
    const Json value = {{"a", {1, "x\n\"\x01\x7f", nullptr, true}}, {"b", Json::object()}, {"c", 0.1}, {"d", 1e-7}};
    BOOST_TEST(write_json(value) == "{\"a\":[1,\"x\\n\\\"\\u0001\\u007f\",null,true],\"b\":{},\"c\":0.1,\"d\":1e-07}");
    BOOST_TEST(write_json(Json{{"a", Json::array()}, {"b", {1}}}, 2) ==
               "{\n  \"a\": [\n  ],\n  \"b\": [\n    1\n  ]\n}");
    BOOST_TEST(write_json(Json("\xff bad utf-8")) == "\"\xff bad utf-8\"");
}

BOOST_AUTO_TEST_CASE(fixed_point_numbers_are_exact) {
    const auto sat = [](std::string_view text) { return parse_fixed_point(text, 8); };
    BOOST_TEST(sat("0.00000001").value() == 1);
    BOOST_TEST(sat("1e-8").value() == 1);
    BOOST_TEST(sat("-1.5").value() == -150'000'000);
    BOOST_TEST(sat("20999999.99999999").value() == 2'099'999'999'999'999);
    BOOST_TEST(sat("0.1000000000000000").value() == 10'000'000);
    BOOST_TEST(sat("1E+2").value() == 10'000'000'000);
    BOOST_TEST(sat("9999999999.99999999").value() == 999'999'999'999'999'999);
    BOOST_TEST(sat("0e99999").value() == 0);
    for (const char* bad :
         {"", "-", ".1", "1.", "1e", "01", "0.000000001", "1e-9", "10000000000", "1e11", "1x", " 1", "+1", "0x1",
          "999999999999999999999999999999999999999999999999999999", "1e9999999999999999"}) {
        BOOST_TEST(!sat(bad).has_value(), bad);
    }
    // What a client sends as a JSON number goes through a double and comes back as written.
    for (const char* text : {"0.1", "20999999.99999999", "0.00000001", "12345678.12345678", "1"}) {
        BOOST_TEST(
            parse_fixed_point(number_or_string_text(read_json(text).value()).value(), 8).value() == sat(text).value(),
            text);
    }
}

BOOST_AUTO_TEST_CASE(reading_is_bounded) {
    BOOST_TEST(read_json("[[1]]").has_value());
    BOOST_TEST(!read_json("[1").has_value());
    BOOST_TEST(!read_json("1 2").has_value());
    BOOST_TEST(!read_json(std::string(100'000, '[')).has_value());
    BOOST_TEST(!read_json(std::string(513, '[') + std::string(513, ']')).has_value());
    BOOST_TEST(read_json("[\"" + std::string(1000, '[') + "\"]").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
