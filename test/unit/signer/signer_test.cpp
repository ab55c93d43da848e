// Key files and the journal on disk, with real signatures.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "crypto/ecdsa.h"
#include "federation/signer/member_signer.h"
#include "util/random.h"

using namespace sluice;
using namespace sluice::signer;
namespace ag = sluice::agreement;

namespace {

struct Folder {
    std::string path;
    Folder() {
        path = (std::filesystem::temp_directory_path() / ("sluice-signer-" + std::to_string(random_u64()))).string();
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

MemberKeys make_keys() {
    MemberKeys keys{"alice", {}, SecretKey::generate(), SecretKey::generate(), {}};
    random_bytes(keys.journal.mutable_view());
    random_bytes(keys.transport.mutable_view());
    return keys;
}
MemberKeys copy(const MemberKeys& keys) {
    return {keys.name, keys.journal, keys.block.clone(), keys.payout.clone(), keys.transport.clone()};
}

BlockHash hash_of(uint8_t seed) {
    BlockHash out;
    out.bytes.fill(seed);
    return out;
}

// A federation of one, so that a signer needs nobody else.
struct Solo {
    Folder folder;
    MemberKeys keys = make_keys();
    ag::Committee committee;
    std::string journal = folder.path + "/journal";

    Solo() {
        committee.genesis = hash_of(1);
        committee.params_root.bytes.fill(9);
        committee.threshold = 1;
        committee.keys = {to_bytes(keys.block.pubkey().view())};
    }
    std::unique_ptr<MemberSigner> open() {
        auto signer = MemberSigner::open(copy(keys), journal);
        BOOST_REQUIRE(signer);
        (*signer)->core().set_committee(committee, 0);
        return std::move(*signer);
    }
    [[nodiscard]] ag::HeaderFacts header(uint8_t seed) const {
        return {hash_of(seed), hash_of(1), 1, committee.params_root};
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(key_file_round_trip_plain_and_sealed) {
    Folder folder;
    const MemberKeys keys = make_keys();
    for (const std::string passphrase : {"", "correct horse"}) {
        const std::string path = folder.path + "/keys" + std::to_string(passphrase.size());
        BOOST_REQUIRE(write_key_file(path, keys, passphrase));
        const auto read = read_key_file(path, passphrase);
        BOOST_REQUIRE(read);
        BOOST_TEST(read->name == "alice");
        BOOST_CHECK(read->journal == keys.journal);
        BOOST_CHECK(equal(read->block.view(), keys.block.view()));
        BOOST_CHECK(equal(read->payout.view(), keys.payout.view()));
        BOOST_CHECK(equal(read->transport.view(), keys.transport.view()));
        BOOST_TEST(!write_key_file(path, keys, passphrase));  // never replaced
        const auto mode = std::filesystem::status(path).permissions();
        BOOST_CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
                    std::filesystem::perms::none);
    }
    BOOST_TEST(!read_key_file(folder.path + "/keys13", "wrong"));
    BOOST_TEST(!read_key_file(folder.path + "/absent", ""));
}

BOOST_AUTO_TEST_CASE(what_was_signed_is_remembered_across_restarts) {
    Solo solo;
    BOOST_REQUIRE(MemberSigner::create_journal(solo.journal, solo.keys.journal));
    BOOST_TEST(!MemberSigner::create_journal(solo.journal, solo.keys.journal));
    ag::EcdsaVerifier verifier;
    ag::Vote prevote;
    {
        auto signer = solo.open();
        BOOST_TEST(!signer->core().status().observing);
        BOOST_REQUIRE(signer->core().advance({hash_of(1), {}, 0, solo.committee.params_root}));
        const auto answer = signer->core().sign_vote({1, 0, ag::VoteType::kPrevote, hash_of(2), {}}, solo.header(2));
        BOOST_REQUIRE(answer);
        prevote = *answer;
        BOOST_TEST(ag::verify_vote(solo.committee, verifier, prevote));
    }
    auto signer = solo.open();
    BOOST_TEST(signer->core().status().boot == 2u);
    // The same again: the stored signature. Another block in the slot: refused.
    const auto again = signer->core().sign_vote({1, 0, ag::VoteType::kPrevote, hash_of(2), {}}, solo.header(2));
    BOOST_REQUIRE(again);
    BOOST_CHECK(again->signature == prevote.signature);
    const auto other = signer->core().sign_vote({1, 0, ag::VoteType::kPrevote, hash_of(3), {}}, solo.header(3));
    BOOST_REQUIRE(!other);
    BOOST_CHECK(other.error() == ag::Refusal::kSlotUsed);

    // A precommit needs its polka, a block signature its decision.
    const auto bare = signer->core().sign_vote({1, 0, ag::VoteType::kPrecommit, hash_of(2), {}}, solo.header(2));
    BOOST_REQUIRE(!bare);
    BOOST_CHECK(bare.error() == ag::Refusal::kNoPolka);
    const ag::Cert polka{1, 0, ag::VoteType::kPrevote, hash_of(2), 1, {prevote.signature}};
    const auto precommit =
        signer->core().sign_vote({1, 0, ag::VoteType::kPrecommit, hash_of(2), polka}, solo.header(2));
    BOOST_REQUIRE(precommit);
    const auto locked = signer->core().sign_vote({1, 1, ag::VoteType::kPrevote, hash_of(3), {}}, solo.header(3));
    BOOST_REQUIRE(!locked);
    BOOST_CHECK(locked.error() == ag::Refusal::kLocked);
    const auto no_decision = signer->core().sign_block({1, hash_of(2), polka}, solo.header(2));
    BOOST_REQUIRE(!no_decision);
    BOOST_CHECK(no_decision.error() == ag::Refusal::kNoDecision);
    const ag::Cert decision{1, 0, ag::VoteType::kPrecommit, hash_of(2), 1, {precommit->signature}};
    const auto block = signer->core().sign_block({1, hash_of(2), decision}, solo.header(2));
    BOOST_REQUIRE(block);
    BOOST_TEST(ag::verify_block_sig(solo.committee, verifier, *block));
    // No more votes at a height whose block is signed.
    const auto late = signer->core().sign_vote({1, 1, ag::VoteType::kPrevote, {}, {}}, std::nullopt);
    BOOST_REQUIRE(!late);
    BOOST_CHECK(late.error() == ag::Refusal::kAlreadyReleased);
    // And none that skips a height.
    const auto ahead = signer->core().sign_vote({2, 0, ag::VoteType::kPrevote, {}, {}}, std::nullopt);
    BOOST_REQUIRE(!ahead);
    BOOST_CHECK(ahead.error() == ag::Refusal::kWrongHeight);
}

BOOST_AUTO_TEST_CASE(keys_without_their_journal_observe) {
    Solo solo;
    auto signer = solo.open();  // no create_journal
    BOOST_TEST(signer->core().status().observing);
    BOOST_REQUIRE(signer->core().advance({hash_of(1), {}, 0, solo.committee.params_root}));
    const auto vote = signer->core().sign_vote({1, 0, ag::VoteType::kPrevote, {}, {}}, std::nullopt);
    BOOST_REQUIRE(!vote);
    BOOST_CHECK(vote.error() == ag::Refusal::kObserving);
    BOOST_REQUIRE(signer->core().resume_now());
    BOOST_TEST(signer->core().sign_vote({1, 0, ag::VoteType::kPrevote, {}, {}}, std::nullopt).has_value());
}
