// The journal's records: their bytes as doc/storage-format.md shows them, and what a state remembers and forgets.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "federation/agreement/journal.h"

using namespace sluice;
using namespace sluice::agreement;

namespace {

template <class Id>
Id filled(uint8_t byte) {
    Id out;
    out.bytes.fill(byte);
    return out;
}
std::string times(const char* byte, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += byte;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_slot_is_stored_as_documented) {
    const Record slot = SlotRecord{7, 1, SlotKind::kPrevote, filled<BlockHash>(0x33), kNoView, filled<Signature>(0x44)};
    BOOST_TEST(to_hex(record_key(slot)) == "02000000070000000101");
    const std::string value =
        "02"
        "07000000"
        "01000000"
        "01" +
        times("33", 32) + "ffffffff" + times("44", 64);
    BOOST_TEST(to_hex(encode_record(slot)) == value);
    BOOST_CHECK(decode_record(*from_hex(value)) == slot);
    const Record final_record = FinalRecord{300, filled<BlockHash>(0x55)};
    BOOST_TEST(to_hex(record_key(final_record)) == "050000012c");
    BOOST_TEST(to_hex(encode_record(final_record)) == "052c010000" + times("55", 32));
}

BOOST_AUTO_TEST_CASE(keys_sort_by_height_view_and_slot) {
    const auto key = [](Height height, View view, SlotKind kind) {
        return record_key(SlotRecord{height, view, kind, {}, kNoView, {}});
    };
    BOOST_CHECK(key(1, 0, SlotKind::kPrecommit) < key(1, 1, SlotKind::kProposal));
    BOOST_CHECK(key(1, 300, SlotKind::kPrecommit) < key(2, 0, SlotKind::kProposal));
    BOOST_CHECK(key(255, 0, SlotKind::kProposal) < key(256, 0, SlotKind::kProposal));
}

BOOST_AUTO_TEST_CASE(damaged_records_do_not_decode) {
    const Bytes good = encode_record(FinalRecord{300, filled<BlockHash>(0x55)});
    for (size_t size = 0; size < good.size(); ++size) BOOST_CHECK(!decode_record(ByteView(good).first(size)));
    Bytes longer = good;
    longer.push_back(0);
    BOOST_CHECK(!decode_record(longer));
    Bytes unknown = good;
    unknown[0] = 99;
    BOOST_CHECK(!decode_record(unknown));
}

BOOST_AUTO_TEST_CASE(slots_and_locks_are_forgotten_long_after_their_height) {
    JournalState state;
    for (Height height = 1; height <= 250; ++height) {
        apply(state, SlotRecord{height, 0, SlotKind::kPrevote, filled<BlockHash>(1), kNoView, {}});
        apply(state, LockRecord{Cert{height, 0, VoteType::kPrevote, filled<BlockHash>(1), 0, {}}});
        apply(state, FinalRecord{height, filled<BlockHash>(static_cast<uint8_t>(height))});
    }
    apply(state, RequestRecord{filled<OutPointId>(1), filled<OutPointId>(2), 0});
    forget_old(state);
    BOOST_TEST(oldest_kept(state) == 150u);
    BOOST_TEST(state.slots.size() == 101u);
    BOOST_TEST(state.locks.size() == 101u);
    BOOST_CHECK(state.last_slot(149) == nullptr);
    BOOST_CHECK(state.last_slot(150) != nullptr);
    BOOST_TEST(state.requests.size() == 1u);
    BOOST_CHECK(state.final_hash() == filled<BlockHash>(250));
}

BOOST_AUTO_TEST_CASE(a_restarted_member_goes_on_from_its_last_view) {
    JournalState state;
    apply(state, SlotRecord{9, 0, SlotKind::kPrevote, filled<BlockHash>(1), kNoView, filled<Signature>(1)});
    apply(state, SlotRecord{9, 0, SlotKind::kPrecommit, filled<BlockHash>(1), kNoView, filled<Signature>(2)});
    apply(state, SlotRecord{9, 2, SlotKind::kProposal, filled<BlockHash>(1), 0, filled<Signature>(3)});
    apply(state, SlotRecord{9, 2, SlotKind::kPrevote, filled<BlockHash>(1), kNoView, filled<Signature>(4)});
    apply(state, LockRecord{Cert{9, 0, VoteType::kPrevote, filled<BlockHash>(1), 7, {}}});
    const HeightJournal journal = height_journal(state, 9, 3);
    BOOST_TEST(journal.view == 2);
    BOOST_REQUIRE(journal.proposal);
    BOOST_TEST(journal.proposal->valid_view == 0);
    BOOST_REQUIRE(journal.prevote);
    BOOST_CHECK(journal.prevote->signature == filled<Signature>(4));
    BOOST_TEST(!journal.precommit.has_value());
    BOOST_REQUIRE(journal.lock);
    BOOST_TEST(journal.lock->view == 0);
    BOOST_TEST(height_journal(state, 10, 3).view == kNoView);
}
