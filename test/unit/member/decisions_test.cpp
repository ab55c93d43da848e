// What the operator decided is on disk before the answer: a power cut right after it takes nothing back.
#include <boost/test/unit_test.hpp>

#include "federation/member/decisions.h"
#include "storage/memory_disk.h"

using namespace sluice;
using namespace sluice::member;

namespace {

parent::ParentTxid batch(uint8_t seed) {
    parent::ParentTxid out;
    out.bytes.fill(seed);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(decisions_hold_after_a_power_cut) {
    storage::MemoryDisk disk;
    // Runs one change, cuts the power, and reads back.
    const auto after = [&](auto change) {
        {
            auto db = disk.open_db("operator", {});
            BOOST_REQUIRE(db);
            Decisions decisions(**db);
            BOOST_REQUIRE(decisions.load());
            change(decisions);
        }
        disk.restart(0);
        auto db = disk.open_db("operator", {});
        BOOST_REQUIRE(db);
        Decisions decisions(**db);
        BOOST_REQUIRE(decisions.load());
        return std::pair(decisions.frozen(), decisions.cancels());
    };
    const auto fresh = after([](Decisions&) {});
    BOOST_TEST(!fresh.first.has_value());
    BOOST_TEST(fresh.second.empty());
    const auto frozen = after([](Decisions& d) { BOOST_TEST(d.freeze("why").has_value()); });
    BOOST_TEST(frozen.first.value_or("") == "why");
    const auto approved = after([](Decisions& d) {
        BOOST_TEST(d.approve_cancel(batch(1)).has_value());
        BOOST_TEST(d.approve_cancel(batch(2)).has_value());
    });
    BOOST_TEST(approved.first.has_value());
    BOOST_CHECK((approved.second == std::set{batch(1), batch(2)}));
    const auto cleared = after([](Decisions& d) { BOOST_TEST(d.clear_freeze().has_value()); });
    BOOST_TEST(!cleared.first.has_value());
    BOOST_TEST(cleared.second.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_decision_that_cannot_be_written_is_refused_and_a_freeze_holds_all_the_same) {
    storage::MemoryDisk disk;
    auto db = disk.open_db("operator", {});
    BOOST_REQUIRE(db);
    Decisions decisions(**db);
    BOOST_REQUIRE(decisions.freeze("why"));
    disk.fail_after(1);
    BOOST_TEST(!decisions.clear_freeze().has_value());
    BOOST_TEST(decisions.frozen().has_value());
    BOOST_TEST(!decisions.approve_cancel(batch(1)).has_value());
    BOOST_TEST(decisions.cancels().empty());
    BOOST_TEST(!decisions.freeze("worse").has_value());
    BOOST_TEST(decisions.frozen().value_or("") == "worse");
}

BOOST_AUTO_TEST_CASE(what_is_no_decision_is_damage) {
    storage::MemoryDisk disk;
    auto db = disk.open_db("operator", {});
    BOOST_REQUIRE(db);
    storage::Batch junk;
    junk.put(Bytes{'C', 1, 2}, {});
    BOOST_REQUIRE((*db)->write(junk, storage::Sync::kSynced));
    Decisions decisions(**db);
    BOOST_TEST(!decisions.load().has_value());
}
