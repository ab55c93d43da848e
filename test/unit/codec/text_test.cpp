#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "codec/base58.h"
#include "codec/bech32.h"
#include "codec/hex.h"

using namespace sluice;

BOOST_AUTO_TEST_SUITE(texts)

BOOST_AUTO_TEST_CASE(base58_round_trip) {
    BOOST_TEST(
        rc::check([](const Bytes& bytes) { RC_ASSERT(base58_decode(base58_encode(bytes), bytes.size()) == bytes); }));
}

BOOST_AUTO_TEST_CASE(base58_refuses) {
    BOOST_TEST(!base58_decode("3SEo3LWLoPnt0", 100).has_value());  // 0 is no digit
    BOOST_TEST(!base58_decode("2g 2g", 100).has_value());
    BOOST_TEST(!base58_decode("a3gV", 2).has_value());
    BOOST_TEST(!base58_decode("1111", 3).has_value());
    BOOST_TEST(to_hex(base58_decode(" \t2g\n", 1).value()) == "61");
}

BOOST_AUTO_TEST_CASE(bech32_valid_texts_of_bip173_and_bip350) {
    for (const char* text :
         {"A12UEL5L", "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
          "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
          "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl"}) {
        const auto decoded = bech32_decode(text);
        BOOST_REQUIRE_MESSAGE(decoded.has_value(), text);
        BOOST_TEST((decoded->kind == Bech32Kind::kBech32));
    }
    for (const char* text : {"A1LQFN3A", "a1lqfn3a", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
                             "split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "?1v759aa"}) {
        const auto decoded = bech32_decode(text);
        BOOST_REQUIRE_MESSAGE(decoded.has_value(), text);
        BOOST_TEST((decoded->kind == Bech32Kind::kBech32m));
        BOOST_TEST(bech32_encode(decoded->kind, decoded->prefix, decoded->symbols).size() ==
                   std::string_view(text).size());
    }
}

BOOST_AUTO_TEST_CASE(bech32_refuses) {
    for (const char* text :
         {"", "1", "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "1qzzfhee",
          "a12UEL5L", "A12uEL5L",
          "\x7f"
          "1axkwrx",
          "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx"}) {
        BOOST_TEST(!bech32_decode(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(every_kind_round_trips_and_notices_one_wrong_character) {
    BOOST_TEST(rc::check([]() {
        const auto kind =
            *rc::gen::element(Bech32Kind::kBech32, Bech32Kind::kBech32m, Bech32Kind::kBlech32, Bech32Kind::kBlech32m);
        const bool is_long = kind == Bech32Kind::kBlech32 || kind == Bech32Kind::kBlech32m;
        const Bytes bytes = *rc::gen::resize(is_long ? 300 : 40, rc::gen::arbitrary<Bytes>());
        const Bytes symbols = to_base32_symbols(bytes);
        RC_PRE(symbols.size() < (is_long ? 900u : 70u));
        RC_ASSERT(from_base32_symbols(symbols) == bytes);
        std::string text = bech32_encode(kind, "ex", symbols);
        const auto decode = is_long ? blech32_decode : bech32_decode;
        const auto decoded = decode(text);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(decoded->kind == kind);
        RC_ASSERT(decoded->prefix == "ex");
        RC_ASSERT(decoded->symbols == symbols);
        char& c = text[3 + *rc::gen::inRange<size_t>(0, text.size() - 3)];
        c = c == 'q' ? 'p' : 'q';
        RC_ASSERT(!decode(text).has_value());
    }));
}

BOOST_AUTO_TEST_CASE(leftover_bits_are_refused) {
    BOOST_TEST(from_base32_symbols(Bytes{0, 0}).has_value());
    BOOST_TEST(!from_base32_symbols(Bytes{0}).has_value());
    BOOST_TEST(!from_base32_symbols(Bytes{0, 1}).has_value());
    BOOST_TEST(!from_base32_symbols(Bytes{32, 0}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
