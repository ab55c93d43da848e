// Base64: there and back, and what is refused.
#include <boost/test/unit_test.hpp>

#include "codec/base64.h"

using namespace sluice;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(vectors_of_rfc4648) {
    BOOST_TEST(base64_encode(as_bytes("")).empty());
    BOOST_TEST(base64_encode(as_bytes("f")) == "Zg==");
    BOOST_TEST(base64_encode(as_bytes("fo")) == "Zm8=");
    BOOST_TEST(base64_encode(as_bytes("foobar")) == "Zm9vYmFy");
}

BOOST_AUTO_TEST_CASE(what_was_encoded_is_decoded) {
    for (size_t n = 0; n < 20; ++n) {
        const Bytes bytes(n, static_cast<uint8_t>(0xf0 + n));
        BOOST_TEST((base64_decode(base64_encode(bytes)) == bytes));
    }
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused) {
    for (const char* bad : {"Zg", "Zg=", "Zg===", "Zh==", "Z===", "Zm 8", "Zm8=\n", ";;;;"}) {
        BOOST_TEST(!base64_decode(bad), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
