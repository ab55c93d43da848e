#include "util/secret.h"

#include <boost/test/unit_test.hpp>

#include "util/options.h"

namespace sluice {
namespace {

BOOST_AUTO_TEST_CASE(a_secret_moves_and_clones) {
    Secret<32> secret;
    secret.mutable_view()[5] = 42;
    Secret<32> moved = std::move(secret);
    BOOST_TEST(moved.view()[5] == 42);
    const Secret<32> copy = moved.clone();
    BOOST_TEST(equal_constant_time(copy.view(), moved.view()));
    moved.mutable_view()[0] = 1;
    BOOST_TEST(!equal_constant_time(copy.view(), moved.view()));
}

BOOST_AUTO_TEST_CASE(options_read_numbers_and_booleans_as_core_does) {
    Options options;
    options.add("port", "18444");
    options.add("port", "1");
    options.add("listen", "");
    options.add("server", "0");
    options.add("bad", "12x");
    BOOST_TEST(options.get_int("port", 0).value() == 18444);
    BOOST_TEST(options.get_all("port").size() == 2U);
    BOOST_TEST(options.get_bool("listen", false));
    BOOST_TEST(!options.get_bool("server", true));
    BOOST_TEST(options.get_bool("absent", true));
    BOOST_TEST(options.get_int("bad", 0).error().message.find("-bad") != std::string::npos);
}

}  // namespace
}  // namespace sluice
