// Frames, digests, certificates and evidence, with real signatures.
#include <boost/test/unit_test.hpp>

#include "crypto/ecdsa.h"
#include "federation/agreement/ecdsa_verifier.h"
#include "federation/agreement/messages.h"

using namespace sluice;
using namespace sluice::agreement;

namespace {

template <class Id>
Id filled(uint8_t byte) {
    Id out;
    out.bytes.fill(byte);
    return out;
}

struct Members {
    std::vector<SecretKey> keys;
    Committee committee;
    EcdsaVerifier verifier;

    explicit Members(uint32_t n = 4, uint32_t k = 3) {
        for (uint32_t i = 0; i < n; ++i) {
            Bytes secret(32, 0);
            secret[31] = static_cast<uint8_t>(i + 1);
            keys.push_back(*SecretKey::from_bytes(secret));
            committee.keys.push_back(to_bytes(keys.back().pubkey().view()));
        }
        committee.threshold = k;
        committee.genesis = filled<BlockHash>(1);
        committee.params_root = filled<Hash256>(2);
    }
    [[nodiscard]] Signature sign(MemberIndex member, const Hash256& digest) const {
        return Signature::from_view(sign_ecdsa_compact(keys[member], digest));
    }
    [[nodiscard]] Vote vote(MemberIndex member, Height h, View v, VoteType type, uint8_t block) const {
        Vote out{h, v, type, block == 0 ? BlockHash{} : filled<BlockHash>(block), member, {}};
        out.signature = sign(member, vote_digest(committee, h, v, type, out.hash));
        return out;
    }
    [[nodiscard]] Cert cert(Height h, View v, VoteType type, uint8_t block, std::vector<MemberIndex> who) const {
        Cert out{h, v, type, filled<BlockHash>(block), 0, {}};
        for (const MemberIndex member : who) {
            out.members |= member_bit(member);
            out.signatures.push_back(vote(member, h, v, type, block).signature);
        }
        return out;
    }
    [[nodiscard]] Proposal proposal(MemberIndex member, Height h, View v, uint8_t block, View valid = kNoView) const {
        Proposal out{h, v, filled<BlockHash>(block), valid, member, {}, std::nullopt, {}};
        out.signature = sign(member, proposal_digest(committee, h, v, out.hash, valid));
        return out;
    }
};

std::vector<Message> one_of_each(const Members& members) {
    Hello hello;
    hello.genesis = members.committee.genesis;
    hello.member = 2;
    hello.instance = filled<InstanceId>(7);
    hello.boot = 5;
    hello.nonce = 77;
    hello.your_vote = members.vote(1, 9, 3, VoteType::kPrecommit, 4);
    hello.your_proposal = members.proposal(1, 9, 0, 4);
    hello.signature = members.sign(2, hello_digest(hello));
    State state;
    state.height = 12;
    state.view = 2;
    state.step = Step::kPrecommit;
    state.payouts = {{filled<Hash256>(8), 5}};
    Proposal proposal = members.proposal(0, 4, 4, 3, 1);
    proposal.polka = members.cert(4, 1, VoteType::kPrevote, 3, {0, 1, 2});
    proposal.block = Bytes(1000, 9);
    Report report{77, 12, filled<BlockHash>(3), 1, {}};
    report.signature = members.sign(1, report_digest(members.committee.genesis, report));
    return {hello,
            state,
            proposal,
            members.vote(3, 4, 0, VoteType::kPrevote, 0),
            members.cert(4, 1, VoteType::kPrecommit, 3, {1, 2, 3}),
            BlockSig{4, filled<BlockHash>(3), 1, sign_ecdsa(members.keys[1], filled<Hash256>(3))},
            GetBody{4, filled<BlockHash>(3)},
            Body{filled<BlockHash>(3), Bytes(500, 1)},
            PayoutSig{filled<Hash256>(6), 1, {Bytes(72, 1), {}}},
            PayoutRefuse{filled<Hash256>(6), 1, to_bytes(as_bytes("no"))},
            Query{77},
            report,
            make_evidence(members.vote(1, 4, 0, VoteType::kPrevote, 3), members.vote(1, 4, 0, VoteType::kPrevote, 4))};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_message_round_trips_and_no_prefix_decodes) {
    const Members members;
    const Envelope envelope{members.committee.genesis, 1, 2, filled<InstanceId>(3), 4};
    for (const Message& message : one_of_each(members)) {
        const Bytes bytes = encode_frame({envelope, message});
        const auto frame = decode_frame(bytes);
        BOOST_REQUIRE_MESSAGE(frame, message_name(message));
        BOOST_CHECK_MESSAGE(frame->message == message, message_name(message));
        BOOST_CHECK(frame->envelope == envelope);
        for (size_t size = 0; size < bytes.size(); ++size) {
            BOOST_REQUIRE_MESSAGE(!decode_frame(ByteView(bytes).first(size)), message_name(message)
                                                                                  << " cut to " << size);
        }
        Bytes longer = bytes;
        longer.push_back(0);
        BOOST_CHECK(!decode_frame(longer));
    }
}

BOOST_AUTO_TEST_CASE(size_classes_stop_small_messages_that_are_large) {
    const Members members;
    const Envelope envelope{members.committee.genesis, 1, 2, {}, 4};
    State state;
    state.payouts.resize(1000);
    const auto answer = decode_frame(encode_frame({envelope, state}));
    BOOST_REQUIRE(!answer);
    BOOST_CHECK(answer.error() == DecodeError::kOversize);
    BOOST_CHECK(!decode_frame(Bytes{200, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(votes_are_bound_to_everything_that_they_say) {
    const Members members;
    const Vote vote = members.vote(1, 7, 2, VoteType::kPrevote, 5);
    BOOST_CHECK(verify_vote(members.committee, members.verifier, vote));
    const auto refused = [&](auto change) {
        Vote changed = vote;
        change(changed);
        return !verify_vote(members.committee, members.verifier, changed);
    };
    BOOST_CHECK(refused([](Vote& v) { v.height = 8; }));
    BOOST_CHECK(refused([](Vote& v) { v.view = 3; }));
    BOOST_CHECK(refused([](Vote& v) { v.view = -1; }));
    BOOST_CHECK(refused([](Vote& v) { v.type = VoteType::kPrecommit; }));
    BOOST_CHECK(refused([](Vote& v) { v.hash = {}; }));
    BOOST_CHECK(refused([](Vote& v) { v.member = 2; }));
    BOOST_CHECK(refused([](Vote& v) { v.member = 19; }));
    Members other;
    other.committee.genesis = filled<BlockHash>(9);
    BOOST_CHECK(!verify_vote(other.committee, members.verifier, vote));
    other = Members();
    other.committee.params_root = filled<Hash256>(9);
    BOOST_CHECK(!verify_vote(other.committee, members.verifier, vote));
    // A proposal's signature is no vote's.
    const Proposal proposal = members.proposal(1, 7, 2, 5);
    BOOST_CHECK(verify_proposal(members.committee, members.verifier, proposal));
    BOOST_CHECK(refused([&](Vote& v) { v.signature = proposal.signature; }));
}

BOOST_AUTO_TEST_CASE(certificates_need_a_quorum_of_distinct_good_votes) {
    const Members members;
    const auto good = [&](const Cert& cert) { return verify_cert(members.committee, members.verifier, cert); };
    const Cert cert = members.cert(3, 1, VoteType::kPrecommit, 5, {0, 2, 3});
    BOOST_CHECK(good(cert));
    BOOST_CHECK(!good(members.cert(3, 1, VoteType::kPrecommit, 5, {0, 2})));
    Cert changed = cert;
    changed.signatures[1] = changed.signatures[0];
    BOOST_CHECK(!good(changed));
    changed = cert;
    changed.members = member_bit(0) | member_bit(2) | member_bit(25);
    BOOST_CHECK(!good(changed));
    changed = cert;
    changed.signatures.pop_back();
    BOOST_CHECK(!good(changed));
    changed = cert;
    changed.type = VoteType::kPrevote;
    BOOST_CHECK(!good(changed));
    changed = cert;
    changed.hash = {};
    BOOST_CHECK(!good(changed));
}

BOOST_AUTO_TEST_CASE(block_signatures_are_strict_and_low) {
    const Members members;
    const BlockHash hash = filled<BlockHash>(3);
    BlockSig sig{1, hash, 2, sign_ecdsa(members.keys[2], Hash256::from(hash))};
    BOOST_CHECK(verify_block_sig(members.committee, members.verifier, sig));
    sig.member = 1;
    BOOST_CHECK(!verify_block_sig(members.committee, members.verifier, sig));
    sig.member = 2;
    sig.der.push_back(1);
    BOOST_CHECK(!verify_block_sig(members.committee, members.verifier, sig));
}

BOOST_AUTO_TEST_CASE(evidence_names_only_who_signed_both) {
    const Members members;
    const auto good = [&](const Evidence& evidence) {
        return verify_evidence(members.committee, members.verifier, evidence);
    };
    const Vote a = members.vote(1, 4, 0, VoteType::kPrevote, 3);
    const Vote b = members.vote(1, 4, 0, VoteType::kPrevote, 0);
    BOOST_CHECK(good(make_evidence(a, b)));
    BOOST_CHECK(accused(make_evidence(a, b)) == MemberIndex{1});
    BOOST_CHECK(!good(make_evidence(a, a)));
    BOOST_CHECK(!good(make_evidence(a, members.vote(2, 4, 0, VoteType::kPrevote, 5))));
    BOOST_CHECK(!good(make_evidence(a, members.vote(1, 4, 1, VoteType::kPrevote, 5))));
    Vote forged = b;
    forged.signature = a.signature;
    BOOST_CHECK(!good(make_evidence(a, forged)));
    BOOST_CHECK(good(make_evidence(members.proposal(1, 4, 1, 3), members.proposal(1, 4, 1, 5))));
    BOOST_CHECK(!good(make_evidence(members.proposal(1, 4, 1, 3), members.proposal(1, 4, 1, 3))));
    const auto sign = [&](uint8_t block) {
        return BlockSig{4, filled<BlockHash>(block), 1, sign_ecdsa(members.keys[1], filled<Hash256>(block))};
    };
    BOOST_CHECK(good(make_evidence(sign(3), sign(4))));
    BOOST_CHECK(!good(make_evidence(sign(3), sign(3))));
}

BOOST_AUTO_TEST_CASE(proposers_take_turns_and_timeouts_grow_to_a_cap) {
    const Members members;
    BOOST_CHECK(members.committee.proposer(0, 0) == 0);
    BOOST_CHECK(members.committee.proposer(5, 2) == 3);
    BOOST_CHECK(members.committee.proposer(0xffffffff, kMaxView) == (0xffffffffULL + kMaxView) % 4);
    BOOST_CHECK(members.committee.is_sound());
    Committee half = members.committee;
    half.threshold = 2;
    BOOST_CHECK(!half.is_sound());
    const Timing timing;
    BOOST_CHECK(timeout(timing, timing.propose, 0) == Milliseconds(1500));
    BOOST_CHECK(timeout(timing, timing.propose, 1) == Milliseconds(2250));
    BOOST_CHECK(timeout(timing, timing.propose, kMaxView) == timing.cap);
}
