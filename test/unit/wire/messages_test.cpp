#include "p2p/wire/messages.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "support/wire_samples.h"

using namespace sluice;
using namespace sluice::wire;

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(every_message_survives_a_round_trip) {
    for (uint64_t seed = 0; seed < 100; ++seed) {
        for (size_t kind = 0; kind < std::variant_size_v<Message>; ++kind) {
            test::Samples samples(seed * 1000 + kind);
            const Message message = samples.message(kind);
            BOOST_REQUIRE_EQUAL(message.index(), kind);
            const Bytes bytes = encode_message(message);
            const auto again = decode_message(command_of(message), bytes);
            BOOST_REQUIRE_MESSAGE(again.has_value(), command_of(message));
            BOOST_CHECK_EQUAL(again->index(), kind);
            BOOST_CHECK(encode_message(*again) == bytes);
        }
    }
}

BOOST_AUTO_TEST_CASE(truncated_messages_never_decode_to_the_same_message) {
    for (size_t kind = 0; kind < std::variant_size_v<Message>; ++kind) {
        test::Samples samples(kind);
        const Message message = samples.message(kind);
        const Bytes bytes = encode_message(message);
        for (size_t size = 0; size < bytes.size(); ++size) {
            const auto cut = decode_message(command_of(message), ByteView(bytes).first(size));
            // An old peer's version may end early; nothing else may.
            BOOST_CHECK(!cut.has_value() || kind == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(trailing_bytes_are_refused) {
    Bytes bytes = encode_message(Ping{7});
    bytes.push_back(0);
    BOOST_CHECK(decode_message("ping", bytes).error() == MessageError::kMalformed);
}

BOOST_AUTO_TEST_CASE(version_is_laid_out_as_bitcoin_does) {
    Version v;
    v.services = 9;
    v.time = 0x0102030405;
    v.receiver = *parse_ip("10.0.0.1", 8333);
    v.nonce = 0x1122334455667788;
    v.user_agent = "/S:1/";
    v.start_height = 5;
    v.relay = true;
    BOOST_CHECK_EQUAL(to_hex(encode_message(v)),
                      "80110100"
                      "0900000000000000"
                      "0504030201000000"
                      "0000000000000000"
                      "00000000000000000000ffff0a000001208d"
                      "0900000000000000"
                      "000000000000000000000000000000000000"
                      "8877665544332211"
                      "052f533a312f"
                      "05000000"
                      "01");
    const auto back = decode_message("version", encode_message(v));
    const auto& got = std::get<Version>(*back);
    BOOST_CHECK_EQUAL(got.user_agent, "/S:1/");
    BOOST_CHECK_EQUAL(got.nonce, v.nonce);
    BOOST_CHECK_EQUAL(got.receiver.to_string(), "10.0.0.1:8333");
}

BOOST_AUTO_TEST_CASE(a_version_without_relay_byte_means_relay) {
    Bytes bytes = encode_message(Version{});
    bytes.pop_back();
    BOOST_CHECK(std::get<Version>(*decode_message("version", bytes)).relay);
}

BOOST_AUTO_TEST_CASE(a_long_user_agent_is_refused) {
    Version v;
    v.user_agent = std::string(257, 'x');
    BOOST_CHECK(!decode_message("version", encode_message(v)).has_value());
}

BOOST_AUTO_TEST_CASE(counts_above_the_limits_are_told_from_malformed_ones) {
    ByteWriter headers;
    headers.compact_size(2001);
    BOOST_CHECK(decode_message("headers", headers.bytes()).error() == MessageError::kTooMany);
    ByteWriter inv;
    inv.compact_size(50'001);
    BOOST_CHECK(decode_message("inv", inv.bytes()).error() == MessageError::kTooMany);
    GetHeaders locator;
    locator.locator.have.resize(102);
    BOOST_CHECK(decode_message("getheaders", encode_message(locator)).error() == MessageError::kTooMany);
    locator.locator.have.resize(101);
    BOOST_CHECK(decode_message("getheaders", encode_message(locator)).has_value());
    Addr addr;
    addr.addresses.resize(1001);
    BOOST_CHECK(decode_message("addr", encode_message(addr)).error() == MessageError::kTooMany);
}

BOOST_AUTO_TEST_CASE(unknown_commands_are_named_as_such) {
    BOOST_CHECK(decode_message("hello", {}).error() == MessageError::kUnknown);
}

BOOST_AUTO_TEST_CASE(headers_carry_an_ignored_transaction_count) {
    test::Samples samples(3);
    ByteWriter writer;
    writer.compact_size(1);
    const BlockHeader header = samples.header();
    writer.raw(encode_header(header));
    writer.compact_size(77);
    const auto message = decode_message("headers", writer.bytes());
    BOOST_REQUIRE(message.has_value());
    BOOST_CHECK(std::get<Headers>(*message).headers.at(0) == header);
}

BOOST_AUTO_TEST_CASE(block_transaction_indexes_are_differential_and_bounded) {
    GetBlockTxn request;
    request.indexes = {0, 1, 5, 65535};
    const Bytes bytes = encode_message(request);
    BOOST_CHECK_EQUAL(to_hex(ByteView(bytes).subspan(32)),
                      "04"
                      "00"
                      "00"
                      "03"
                      "fdf9ff");
    ByteWriter beyond;
    beyond.raw(BlockHash{}.view());
    beyond.compact_size(2);
    beyond.compact_size(65535);
    beyond.compact_size(0);
    BOOST_CHECK(!decode_message("getblocktxn", beyond.bytes()).has_value());
}

BOOST_AUTO_TEST_CASE(addrv2_keeps_what_it_knows_and_drops_the_rest) {
    const auto one = [](uint8_t network, const Bytes& address) {
        ByteWriter w;
        w.compact_size(1);
        w.u32(1);
        w.compact_size(1033);
        w.u8(network);
        w.var_bytes(address);
        w.u16_be(7042);
        return decode_message("addrv2", w.bytes());
    };
    const auto v4 = one(1, {1, 2, 3, 4});
    BOOST_CHECK_EQUAL(std::get<AddrV2>(*v4).addresses.at(0).address.to_string(), "1.2.3.4:7042");
    BOOST_CHECK_EQUAL(std::get<AddrV2>(*v4).addresses.at(0).services, 1033u);
    BOOST_CHECK(!one(1, {1, 2, 3}).has_value());
    BOOST_CHECK(std::get<AddrV2>(*one(3, Bytes(10, 1))).addresses.at(0).address.network == Network::kNone);
    BOOST_CHECK(std::get<AddrV2>(*one(99, Bytes(512, 1))).addresses.at(0).address.network == Network::kNone);
    BOOST_CHECK(!one(99, Bytes(513, 1)).has_value());
    const Bytes mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4};
    BOOST_CHECK(std::get<AddrV2>(*one(2, mapped)).addresses.at(0).address.network == Network::kNone);
}

BOOST_AUTO_TEST_SUITE_END()
