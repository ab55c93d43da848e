#include "p2p/wire/address.h"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::wire;

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(text_round_trips) {
    for (const char* text : {"1.2.3.4", "255.255.255.255", "::1", "::", "2001:470:1f0b::1", "fe80::1:2:3:4",
                             "1:2:3:4:5:6:7:8", "2001:470:0:1::", "1::4:5:0:0:8"}) {
        const auto address = parse_ip(text, 7042);
        BOOST_REQUIRE_MESSAGE(address, text);
        BOOST_CHECK_EQUAL(address->host(), text);
    }
    BOOST_CHECK_EQUAL(parse_ip("::ffff:1.2.3.4", 1)->to_string(), "1.2.3.4:1");
    BOOST_CHECK_EQUAL(parse_ip("[2001:470::1]", 9)->to_string(), "[2001:470::1]:9");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused) {
    for (const char* text :
         {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "a.b.c.d", "localhost", ":", ":::", "1::2::3",
          "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", "+1.2.3.4"}) {
        BOOST_CHECK_MESSAGE(!parse_ip(text, 1), text);
    }
}

BOOST_AUTO_TEST_CASE(host_and_port_are_split) {
    BOOST_CHECK_EQUAL(split_host_port("example.org", 7042)->port, 7042);
    BOOST_CHECK_EQUAL(split_host_port("example.org:1234", 7042)->port, 1234);
    BOOST_CHECK_EQUAL(split_host_port("example.org:1234", 7042)->host, "example.org");
    BOOST_CHECK_EQUAL(split_host_port("[::1]:1234", 7042)->host, "::1");
    BOOST_CHECK_EQUAL(split_host_port("[::1]:1234", 7042)->port, 1234);
    BOOST_CHECK_EQUAL(split_host_port("::1", 7042)->host, "::1");
    BOOST_CHECK_EQUAL(split_host_port("::1", 7042)->port, 7042);
    for (const char* text : {"", ":1", "h:0", "h:65536", "h:x", "h:", "[::1"})
        BOOST_CHECK_MESSAGE(!split_host_port(text, 1), text);
}

BOOST_AUTO_TEST_CASE(private_and_special_ranges_do_not_travel) {
    for (const char* text : {"10.0.0.1", "127.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.1.1", "224.0.0.1",
                             "0.0.0.0", "100.64.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1"}) {
        BOOST_CHECK_MESSAGE(!parse_ip(text, 1)->is_routable(), text);
    }
    for (const char* text : {"8.8.8.8", "172.32.0.1", "2001:470::1"})
        BOOST_CHECK_MESSAGE(parse_ip(text, 1)->is_routable(), text);
    BOOST_CHECK(!parse_ip("8.8.8.8", 0)->is_routable());
}

BOOST_AUTO_TEST_CASE(neighbours_share_a_group) {
    BOOST_CHECK(parse_ip("8.8.1.1", 1)->group() == parse_ip("8.8.200.7", 2)->group());
    BOOST_CHECK(parse_ip("8.8.1.1", 1)->group() != parse_ip("8.9.1.1", 1)->group());
    BOOST_CHECK(parse_ip("2001:470:1::1", 1)->group() == parse_ip("2001:470:2::1", 1)->group());
}

BOOST_AUTO_TEST_SUITE_END()
