#include "p2p/wire/frame.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"

using namespace sluice;
using namespace sluice::wire;

namespace {
constexpr Magic kMagic = {0xfa, 0xbf, 0xb5, 0xda};
Bytes with(Bytes bytes, size_t at, uint8_t value) {
    bytes.at(at) = value;
    return bytes;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(verack_is_the_well_known_bytes) {
    BOOST_CHECK_EQUAL(to_hex(frame(kMagic, "verack", {})),
                      "fabfb5da"
                      "76657261636b000000000000"
                      "00000000"
                      "5df6e0e2");
}

BOOST_AUTO_TEST_CASE(messages_come_out_however_the_bytes_arrive) {
    Bytes stream = frame(kMagic, "ping", Bytes(8, 1));
    append(stream, frame(kMagic, "verack", {}));
    append(stream, frame(kMagic, "inv", Bytes(300, 2)));
    for (const size_t step : {size_t{1}, size_t{7}, size_t{24}, size_t{31}, stream.size()}) {
        FrameParser parser(kMagic);
        std::vector<Frame> got;
        for (size_t at = 0; at < stream.size(); at += step) {
            auto frames = parser.push(ByteView(stream).subspan(at, std::min(step, stream.size() - at)));
            BOOST_REQUIRE(frames.has_value());
            for (Frame& f : *frames) got.push_back(std::move(f));
        }
        BOOST_REQUIRE_EQUAL(got.size(), 3u);
        BOOST_CHECK_EQUAL(got[0].command, "ping");
        BOOST_CHECK(got[0].payload == Bytes(8, 1));
        BOOST_CHECK_EQUAL(got[1].command, "verack");
        BOOST_CHECK(got[2].payload == Bytes(300, 2));
        BOOST_CHECK_EQUAL(parser.buffered(), 0u);
    }
}

BOOST_AUTO_TEST_CASE(another_network_is_noticed_at_its_first_byte) {
    FrameParser parser(kMagic);
    BOOST_CHECK(parser.push(as_bytes("G")).error() == FrameError::kMagic);
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_drops_the_message_only) {
    FrameParser parser(kMagic);
    Bytes stream = with(frame(kMagic, "ping", Bytes(8, 1)), 20, 0);
    append(stream, frame(kMagic, "pong", Bytes(8, 1)));
    const auto frames = parser.push(stream);
    BOOST_REQUIRE_EQUAL(frames->size(), 1u);
    BOOST_CHECK_EQUAL(frames->at(0).command, "pong");
    BOOST_CHECK_EQUAL(parser.bad_checksums(), 1u);
}

BOOST_AUTO_TEST_CASE(unknown_commands_are_skipped_without_being_stored) {
    FrameParser parser(kMagic);
    const Bytes stranger = frame(kMagic, "elephant", Bytes(100'000, 9));
    BOOST_REQUIRE(parser.push(ByteView(stranger).first(90'000))->empty());
    BOOST_CHECK_LT(parser.buffered(), 100u);
    BOOST_CHECK(parser.push(ByteView(stranger).subspan(90'000))->empty());
    BOOST_CHECK_EQUAL(parser.skipped_commands(), 1u);
    BOOST_CHECK_EQUAL(parser.push(frame(kMagic, "verack", {}))->size(), 1u);
}

BOOST_AUTO_TEST_CASE(a_length_above_the_limit_ends_the_connection) {
    const auto announce = [](const char* command, uint32_t length) {
        Bytes header = frame(kMagic, command, {});
        for (size_t i = 0; i < 4; ++i) header[16 + i] = static_cast<uint8_t>(length >> (8 * i));
        FrameParser parser(kMagic);
        return parser.push(header).has_value();
    };
    BOOST_CHECK(announce("block", 16'000'000));
    BOOST_CHECK(!announce("block", 16'000'001));
    BOOST_CHECK(announce("ping", 8));
    BOOST_CHECK(!announce("ping", 100'000));
    BOOST_CHECK(announce("elephant", 16'000'000));
    BOOST_CHECK(!announce("elephant", 0xffffffff));
}

BOOST_AUTO_TEST_CASE(commands_must_be_printable_and_zero_padded) {
    for (const auto& [at, byte] : {std::pair<size_t, uint8_t>{10, 'x'}, {5, 0x07}}) {
        FrameParser parser(kMagic);
        BOOST_CHECK(parser.push(with(frame(kMagic, "ping", {}), at, byte))->empty());
        const std::vector<std::string> complaints = parser.take_complaints();
        BOOST_REQUIRE_EQUAL(complaints.size(), 1u);
        BOOST_CHECK(complaints[0].starts_with("Header error: Invalid message type (p"));
        BOOST_CHECK_EQUAL(parser.push(frame(kMagic, "verack", {}))->size(), 1u);
        BOOST_CHECK(parser.take_complaints().empty());
    }
}

BOOST_AUTO_TEST_CASE(the_log_hears_what_was_wrong) {
    FrameParser parser(kMagic);
    const Bytes payload{1, 'd'};
    BOOST_CHECK(parser.push(with(frame(kMagic, "badmsg", payload), 20, 0xff))->empty());
    BOOST_CHECK(
        parser.take_complaints().at(0).starts_with("Header error: Wrong checksum (badmsg, 2 bytes), expected "));
    BOOST_CHECK(parser.push(frame(kMagic, "badmsg", payload))->empty());
    BOOST_CHECK_EQUAL(parser.take_complaints().at(0), "Unknown message type \"badmsg\"");
    BOOST_CHECK(!parser.push(with(frame(kMagic, "ping", {}), 0, 0x00)));
    BOOST_CHECK(parser.take_complaints().at(0).starts_with("Header error: Wrong MessageStart 00"));
}

BOOST_AUTO_TEST_SUITE_END()
