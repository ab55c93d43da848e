// Verdict, range and header against libsecp256k1-zkp itself, on valid and damaged proofs. Runs where SLUICE_ZKP_LIBRARY
// names the library; SLUICE_ZKP_CASES is how many cases (default 300).
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "support/zkp_peer.h"

using namespace sluice;
using namespace sluice::test;

namespace {

size_t case_count() {
    const char* text = std::getenv("SLUICE_ZKP_CASES");
    return text == nullptr ? 300 : std::strtoul(text, nullptr, 10);
}

const ZkpPeer* peer_or_skip() {
    const ZkpPeer* peer = ZkpPeer::get();
    if (peer == nullptr) BOOST_TEST_MESSAGE("SKIPPED: no libsecp256k1-zkp (SLUICE_ZKP_LIBRARY)");
    return peer;
}

// One of: nothing, a bit flipped, a byte set to 0 or 255, a 32-byte number replaced by an extreme one, cut, extended.
void damage(Scalars& random, Bytes& proof) {
    const size_t at = random.number() % proof.size();
    switch (random.number() % 9) {
        case 0:
        case 1: break;
        case 2: proof[at] ^= static_cast<uint8_t>(1 << random.number() % 8); break;
        case 3: proof[at] = 0xff; break;
        case 4: proof[at] = 0; break;
        case 5:
            proof[random.number() % std::min<size_t>(proof.size(), 12)] ^= static_cast<uint8_t>(random.number());
            break;
        case 6: {
            const size_t slot = (at / 32) * 32 + proof.size() % 32;
            for (size_t i = slot; i < slot + 32 && i < proof.size(); ++i) {
                proof[i] = random.number() % 4 == 0 ? proof[i] : (random.number() % 2 == 0 ? 0xff : 0xfe);
            }
            break;
        }
        case 7: proof.resize(at); break;
        default: proof.push_back(static_cast<uint8_t>(random.number())); break;
    }
}

// Cases go in rounds, each of a few good proofs and many kinds of damage to them: to make a proof takes as long as to
// verify ten.
constexpr size_t kRound = 256;
constexpr size_t kGood = 24;

MadeRangeProof any_range_proof(Scalars& random) {
    RangeWish wish;
    wish.mantissa = static_cast<int>(1 + random.number() % 24);
    wish.exponent = static_cast<int>(random.number() % 12) - 1;
    wish.min = random.number() % 3 == 0 ? 0 : random.number() >> (1 + random.number() % 60);
    if (random.number() % 8 == 0) {
        wish.mantissa = static_cast<int>(25 + random.number() % 40);
        wish.exponent = 0;
        wish.min = wish.mantissa == 64 ? 0 : wish.min & 0xffff;
    }
    wish.digits = wish.exponent < 0 ? 0 : random.number() & (~uint64_t{0} >> (64 - wish.mantissa));
    wish.extra = Bytes(random.number() % 40, static_cast<uint8_t>(random.number()));
    if (random.number() % 4 == 0) wish.decoy = scalar_small(1 + random.number() % 3);
    // A generator whose logarithm is small makes the ladder meet exceptions.
    const bool small = random.number() % 3 == 0;
    return make_range_proof(random, base_times(small ? scalar_small(1 + random.number() % 5) : random.next()), wish);
}

MadeSurjectionProof any_surjection_proof(Scalars& random) {
    const size_t total = 1 + random.number() % 20;
    std::vector<size_t> used;
    for (size_t input = 0; input < total; ++input) {
        if (random.number() % 3 != 0 || (used.empty() && input + 1 == total)) used.push_back(input);
    }
    return make_surjection_proof(random, total, used, random.number() % used.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(range_proofs) {
    const ZkpPeer* peer = peer_or_skip();
    if (peer == nullptr) return;
    Scalars random(0x7a6b);
    size_t accepted = 0;
    for (size_t start = 0; start < case_count(); start += kRound) {
        std::vector<MadeRangeProof> good;
        for (size_t i = 0; i < kGood; ++i) good.push_back(any_range_proof(random));
        std::vector<MadeRangeProof> cases;
        while (cases.size() < std::min(kRound, case_count() - start)) {
            cases.push_back(good[cases.size() % kGood]);
            MadeRangeProof& made = cases.back();
            damage(random, made.proof);
            if (random.number() % 16 == 0) made.extra.push_back(1);
            if (random.number() % 16 == 0) made.generator = good.front().generator;
            if (random.number() % 16 == 0) made.commitment = good.front().commitment;
        }
        std::vector<RangeProofCheck> checks;
        for (const MadeRangeProof& made : cases) checks.push_back(made.check());
        const auto together = verify_range_proofs(checks);
        for (size_t i = 0; i < cases.size(); ++i) {
            const MadeRangeProof& made = cases[i];
            const auto expected = peer->range_verify(peer->commitment(made.commitment), peer->generator(made.generator),
                                                     made.proof, made.extra);
            BOOST_TEST((together[i] == expected), "case " << start + i);
            const auto info = range_info(made.proof);
            const auto said = peer->range_info(made.proof);
            BOOST_REQUIRE_MESSAGE(info.has_value() == said.has_value(), "case " << start + i);
            if (info) {
                BOOST_TEST((info->exponent == said->exponent && info->mantissa == said->mantissa &&
                            info->min == said->min && info->max == said->max),
                           "case " << start + i);
            }
            accepted += expected.has_value() ? 1 : 0;
        }
    }
    BOOST_TEST_MESSAGE("reference range proofs: " << case_count() << " cases, " << accepted << " accepted");
    BOOST_TEST((accepted > case_count() / 10 || case_count() < 50));
}

BOOST_AUTO_TEST_CASE(surjection_proofs) {
    const ZkpPeer* peer = peer_or_skip();
    if (peer == nullptr) return;
    Scalars random(0x7a6c);
    size_t accepted = 0;
    for (size_t start = 0; start < case_count(); start += kRound) {
        std::vector<MadeSurjectionProof> good;
        for (size_t i = 0; i < kGood; ++i) good.push_back(any_surjection_proof(random));
        std::vector<MadeSurjectionProof> cases;
        while (cases.size() < std::min(kRound, case_count() - start)) {
            cases.push_back(good[cases.size() % kGood]);
            MadeSurjectionProof& made = cases.back();
            damage(random, made.proof);
            if (random.number() % 16 == 0) made.output = made.targets[random.number() % made.targets.size()];
            if (random.number() % 16 == 0) std::swap(made.targets.front(), made.targets.back());
        }
        std::vector<SurjectionCheck> checks;
        for (const MadeSurjectionProof& made : cases) checks.push_back(made.check());
        const auto together = verify_surjection_proofs(checks);
        for (size_t i = 0; i < cases.size(); ++i) {
            std::vector<ZkpPeer::Opaque> targets;
            for (const Generator& target : cases[i].targets) targets.push_back(peer->generator(target));
            const bool expected = peer->surjection_verify(cases[i].proof, targets, peer->generator(cases[i].output));
            BOOST_TEST(together[i] == expected, "case " << start + i);
            accepted += expected ? 1 : 0;
        }
    }
    BOOST_TEST_MESSAGE("reference surjection proofs: " << case_count() << " cases, " << accepted << " accepted");
    BOOST_TEST((accepted > case_count() / 10 || case_count() < 50));
}

BOOST_AUTO_TEST_SUITE_END()
