#include "zmq/event_log.h"

#include <boost/test/unit_test.hpp>

#include "storage/memory_disk.h"

using namespace sluice;
using namespace sluice::zmq;

BOOST_AUTO_TEST_SUITE(event_log)

BOOST_AUTO_TEST_CASE(numbers_go_on_after_a_restart) {
    storage::MemoryDisk disk;
    {
        EventLog log = EventLog::open(disk.open_db("zmq", {}).value(), {}).value();
        for (uint64_t i = 0; i < 300; ++i)
            BOOST_TEST(log.append("a", as_bytes("body " + std::to_string(i))).value() == i);
        BOOST_TEST(log.append("ab", as_bytes("other")).value() == 0u);
        BOOST_TEST(log.set_note("tip", as_bytes("note")).has_value());
    }
    EventLog log = EventLog::open(disk.open_db("zmq", {}).value(), {}).value();
    BOOST_TEST(log.next_sequence("a") == 300u);
    BOOST_TEST(log.next_sequence("none") == 0u);
    BOOST_TEST(log.append("a", as_bytes("more")).value() == 300u);
    const auto events = log.read("a", 298, 10).value();
    BOOST_REQUIRE_EQUAL(events.size(), 3u);
    BOOST_TEST(events[0].sequence == 298u);
    BOOST_TEST(as_text(events[0].body) == "body 298");
    BOOST_TEST(as_text(events[2].body) == "more");
    BOOST_TEST(log.read("a", 0, 2).value().size() == 2u);
    BOOST_TEST(log.read("a", 301, 2).value().empty());
    BOOST_TEST(as_text(*log.note("tip").value()) == "note");
}

BOOST_AUTO_TEST_CASE(the_oldest_go_first) {
    storage::MemoryDisk disk;
    EventLog log = EventLog::open(disk.open_db("zmq", {}).value(), {3, 100}).value();
    for (int i = 0; i < 5; ++i) BOOST_TEST(log.append("a", Bytes(10, 1)).has_value());
    BOOST_TEST(log.read("a", 0, 100).value().front().sequence == 2u);
    BOOST_TEST(log.append("a", Bytes(85, 2)).has_value());  // only it and one of 10 bytes fit
    BOOST_TEST(log.read("a", 0, 100).value().size() == 2u);
    BOOST_TEST(log.append("a", Bytes(500, 3)).has_value());  // too large by itself, and still kept
    const auto events = log.read("a", 0, 100).value();
    BOOST_REQUIRE_EQUAL(events.size(), 1u);
    BOOST_TEST(events[0].sequence == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
