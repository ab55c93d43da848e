// Surjection and whitelist proofs, asset generators and balances at their edges.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "confidential/whitelist_proof.h"
#include "support/proof_maker.h"

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<size_t> first(size_t count) {
    std::vector<size_t> out;
    for (size_t i = 0; i < count; ++i) out.push_back(i);
    return out;
}

PubKey pubkey_of(const Affine& point) { return *PubKey::parse(compress(point)); }

struct WhitelistWorld {
    std::vector<Scalar> online_secrets, offline_secrets;
    std::vector<PubKey> online, offline;
    Affine destination = kBasePoint;

    // Ring keys as the page defines them; an offline key that cancels the destination leaves the online key alone.
    std::vector<Affine> ring_keys() const {
        std::vector<Affine> keys;
        for (size_t i = 0; i < online.size(); ++i) {
            const Affine on = base_times(online_secrets[i]);
            const auto sum = normalize(add(to_jacobian(base_times(offline_secrets[i])), destination));
            if (!sum) {
                keys.push_back(on);
                continue;
            }
            const Scalar tweak = *scalar_from_bytes(sha256(compress(*sum)).view());
            keys.push_back(affine(add(times(tweak, *sum), on)));
        }
        return keys;
    }

    Bytes prove(size_t index, const Scalar& secret) const {
        Sha256 message;
        message.write(compress(destination));
        for (size_t i = 0; i < online.size(); ++i) message.write(offline[i].view()).write(online[i].view());
        Scalars random(77);
        const MadeRing ring = make_rings(random, message.finish(), {online.size()}, ring_keys(), {index}, {secret});
        Bytes proof = {static_cast<uint8_t>(online.size())};
        append(proof, ring.e0.view());
        for (const Scalar& s : ring.s) append(proof, scalar_to_bytes(s));
        return proof;
    }

    bool accepts(ByteView proof) const {
        return verify_whitelist_proof(online, offline, pubkey_of(destination), proof);
    }
};

WhitelistWorld world(size_t entries, const Scalar& destination_secret) {
    WhitelistWorld out;
    Scalars random(55);
    for (size_t i = 0; i < entries; ++i) {
        out.online_secrets.push_back(random.next());
        out.offline_secrets.push_back(random.next());
        out.online.push_back(pubkey_of(base_times(out.online_secrets.back())));
        out.offline.push_back(pubkey_of(base_times(out.offline_secrets.back())));
    }
    out.destination = base_times(destination_secret);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ring_proofs)

BOOST_AUTO_TEST_CASE(surjection_with_every_one_of_256_inputs) {
    Scalars random(1);
    const auto full = make_surjection_proof(random, 256, first(256), 200);
    BOOST_TEST(verify_surjection_proof(full.check()));
    BOOST_TEST(surjection_info(full.proof)->used_inputs == 256U);
    auto wrong = full;
    wrong.proof.back() ^= 1;
    BOOST_TEST(!verify_surjection_proof(wrong.check()));
    // A 257th input cannot be proven over at all.
    wrong = full;
    wrong.targets.push_back(wrong.targets[0]);
    BOOST_TEST(!verify_surjection_proof(wrong.check()));
    wrong.proof[0] = 1;
    BOOST_TEST(!verify_surjection_proof(wrong.check()));
    BOOST_TEST(!surjection_info(wrong.proof).has_value());
}

BOOST_AUTO_TEST_CASE(surjection_encodings) {
    Scalars random(2);
    const auto right = make_surjection_proof(random, 9, {0, 4, 8}, 1);
    BOOST_TEST(verify_surjection_proof(right.check()));
    for (size_t size = 0; size < right.proof.size() + 40; ++size) {
        auto wrong = right;
        wrong.proof.resize(size);
        BOOST_TEST(verify_surjection_proof(wrong.check()) == (size == right.proof.size()));
    }
    for (size_t bit = 0; bit < right.proof.size() * 8; bit += 3) {
        auto wrong = right;
        wrong.proof[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
        BOOST_TEST(!verify_surjection_proof(wrong.check()));
    }
    for (const char* s : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
                          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
        for (size_t i = 0; i < 4; ++i) {  // e0 and each scalar
            auto wrong = right;
            const Bytes bytes = *from_hex(s);
            std::copy(bytes.begin(), bytes.end(), wrong.proof.begin() + static_cast<long>(4 + 32 * i));
            BOOST_TEST(!verify_surjection_proof(wrong.check()));
        }
    }
    // No inputs: the encoding is fine, but it proves nothing.
    Bytes none(34);
    BOOST_TEST(surjection_info(none).has_value());
    BOOST_TEST(!verify_surjection_proof({{}, right.output, none}));
    // Inputs, but none used: what a reference library would hash to an empty ring.
    Bytes unused = {8, 0, 0};
    unused.resize(35);
    BOOST_TEST(!verify_surjection_proof({std::span(right.targets).first(8), right.output, unused}));
}

BOOST_AUTO_TEST_CASE(an_output_equal_to_a_used_input_is_refused) {
    Scalars random(3);
    const auto right = make_surjection_proof(random, 4, {0, 2}, 0);
    BOOST_TEST(verify_surjection_proof(right.check()));
    auto equal = right;
    equal.output = equal.targets[2];
    BOOST_TEST(!verify_surjection_proof(equal.check()));
    // In company: the proofs around it keep their verdicts.
    const std::vector<SurjectionCheck> checks = {right.check(), equal.check(), right.check()};
    BOOST_TEST((verify_surjection_proofs(checks) == std::vector<bool>{true, false, true}));
}

BOOST_AUTO_TEST_CASE(whitelist_encodings) {
    const auto list = world(5, scalar_small(99));
    // The secret of a ring key: online + tweak * (offline + destination).
    const Scalar summed = add(list.offline_secrets[3], scalar_small(99));
    const Scalar tweak = *scalar_from_bytes(sha256(compress(base_times(summed))).view());
    const Bytes right = list.prove(3, add(list.online_secrets[3], mul(tweak, summed)));
    BOOST_TEST(list.accepts(right));
    for (size_t size = 0; size < right.size() + 40; ++size) {
        Bytes wrong = right;
        wrong.resize(size);
        BOOST_TEST(list.accepts(wrong) == (size == right.size()));
    }
    for (size_t bit = 0; bit < right.size() * 8; bit += 5) {
        Bytes wrong = right;
        wrong[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
        BOOST_TEST(!list.accepts(wrong));
    }
    BOOST_TEST(!verify_whitelist_proof(list.offline, list.online, pubkey_of(list.destination), right));
    BOOST_TEST(!verify_whitelist_proof(list.online, list.offline, list.online[0], right));
    BOOST_TEST(!verify_whitelist_proof(std::span(list.online).first(4), std::span(list.offline).first(4),
                                       pubkey_of(list.destination), right));
}

BOOST_AUTO_TEST_CASE(a_whitelist_of_as_many_keys_as_there_can_be) {
    const auto list = world(255, scalar_small(7));
    const Scalar summed = add(list.offline_secrets[254], scalar_small(7));
    const Scalar tweak = *scalar_from_bytes(sha256(compress(base_times(summed))).view());
    Bytes proof = list.prove(254, add(list.online_secrets[254], mul(tweak, summed)));
    BOOST_TEST((whitelist_proof_keys(proof) == 255U));
    BOOST_TEST(list.accepts(proof));
    proof[33] ^= 1;
    BOOST_TEST(!list.accepts(proof));
}

BOOST_AUTO_TEST_CASE(an_empty_whitelist_authorises_nobody) {
    // What an empty ring would accept: e0 is the hash of the message, which is the hash of the destination.
    const Hash256 message = sha256(compress(kBasePoint));
    Bytes proof = {0};
    append(proof, sha256(message.view()).view());
    BOOST_TEST(whitelist_proof_keys(proof).has_value());
    BOOST_TEST(!verify_whitelist_proof({}, {}, pubkey_of(kBasePoint), proof));
}

// As the reference has it: the ring key of such an entry is its online key.
BOOST_AUTO_TEST_CASE(a_destination_that_cancels_an_offline_key) {
    auto list = world(3, scalar_small(1));
    list.destination = base_times(negate(list.offline_secrets[1]));
    BOOST_TEST(list.accepts(list.prove(1, list.online_secrets[1])));
    const Scalar summed = add(list.offline_secrets[2], negate(list.offline_secrets[1]));
    const Scalar tweak = *scalar_from_bytes(sha256(compress(base_times(summed))).view());
    BOOST_TEST(list.accepts(list.prove(2, add(list.online_secrets[2], mul(tweak, summed)))));
    BOOST_TEST(!list.accepts(list.prove(0, list.online_secrets[0])));
}

BOOST_AUTO_TEST_CASE(a_ring_key_at_infinity_authorises_nobody) {
    auto list = world(2, scalar_small(7));
    const Scalar summed = add(list.offline_secrets[1], scalar_small(7));
    const Scalar tweak = *scalar_from_bytes(sha256(compress(base_times(summed))).view());
    const Bytes right = list.prove(1, add(list.online_secrets[1], mul(tweak, summed)));
    BOOST_TEST(list.accepts(right));
    // An online key that cancels its tweaked offline key.
    const Scalar other = add(list.offline_secrets[0], scalar_small(7));
    const Scalar other_tweak = *scalar_from_bytes(sha256(compress(base_times(other))).view());
    list.online[0] = pubkey_of(base_times(negate(mul(other_tweak, other))));
    BOOST_TEST(!list.accepts(right));
}

BOOST_AUTO_TEST_CASE(asset_generators_are_those_of_liquid) {
    const auto of = [](const char* display) {
        Bytes tag = *from_hex(display);
        std::ranges::reverse(tag);
        return to_hex(asset_generator(tag)->serialize());
    };
    BOOST_TEST(of("6f0279e9ed041c3d710a9f57d0c02928416460c4b722ae3457a11eec381c526d") ==
               "0a0a488de4899d0ae757f6cf8368663184d164106111ed9eaecf510e35282ddc6d");
    BOOST_TEST(of("144c654344aa716d6f3abcc1ca90e5641e4e2a7f633bc09fe3baf64585819a49") ==
               "0a72c2fb82f7af2832375b171f4c75db463bd249a7579354b282bc2193c054d893");
}

BOOST_AUTO_TEST_CASE(balances_at_their_edges) {
    const Generator a = *asset_generator(Bytes(32, 1));
    const Generator b = *asset_generator(Bytes(32, 2));
    const auto of = [](uint64_t amount, const Generator& asset) { return *commit_explicit(amount, asset); };
    BOOST_TEST(!commit_explicit(0, a).has_value());
    BOOST_TEST(balances({}, {}));
    BOOST_TEST(!balances(std::array{of(1, a)}, {}));
    BOOST_TEST(!balances({}, std::array{of(1, a)}));
    BOOST_TEST(balances(std::array{of(1, a), of(1, a), of(5, b)}, std::array{of(2, a), of(2, b), of(3, b)}));
    BOOST_TEST(!balances(std::array{of(1, a)}, std::array{of(1, b)}));
    BOOST_TEST(!balances(std::array{of(3, a), of(1, b)}, std::array{of(1, a), of(3, b)}));
    const uint64_t most = ~uint64_t{0};
    BOOST_TEST(balances(std::array{of(most, a), of(1, a)}, std::array{of(1, a), of(most, a)}));
    // The amounts do not wrap at 2^64: the sums differ.
    BOOST_TEST(!balances(std::array{of(most, a), of(2, a)}, std::array{of(1, a)}));
    // An opposite point on one side cancels like the same point on the other.
    Bytes minus_one = to_bytes(of(1, a).serialize());
    minus_one[0] ^= 1;
    BOOST_TEST(balances(std::array{of(1, a), *Commitment::parse(minus_one)}, {}));
}

BOOST_AUTO_TEST_CASE(encodings_of_points) {
    const Generator a = *asset_generator(Bytes(32, 1));
    const Bytes right = to_bytes(a.serialize());
    BOOST_TEST((Generator::parse(right) == a));
    BOOST_TEST(!Generator::parse({}).has_value());
    BOOST_TEST(!Generator::parse(ByteView(right).first(32)).has_value());
    for (int prefix = 0; prefix < 256; ++prefix) {
        Bytes bytes = right;
        bytes[0] = static_cast<uint8_t>(prefix);
        BOOST_TEST(Generator::parse(bytes).has_value() == (prefix == 0x0a || prefix == 0x0b));
        BOOST_TEST(Commitment::parse(bytes).has_value() == (prefix == 0x08 || prefix == 0x09));
    }
}

BOOST_AUTO_TEST_SUITE_END()
