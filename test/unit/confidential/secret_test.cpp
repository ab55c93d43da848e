// The two halves together: what the secret half makes the verifying half takes, and what was touched it does not;
// limits of the signers. Vectors compare the bytes; here it is about every parameter in between.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "confidential/range_proof.h"
#include "confidential/secret/blinding_keys.h"
#include "confidential/secret/output.h"
#include "confidential/secret/range_sign.h"
#include "confidential/secret/surjection_sign.h"
#include "confidential/secret/whitelist_sign.h"
#include "confidential/surjection_proof.h"
#include "confidential/whitelist_proof.h"

using namespace sluice;
using namespace sluice::confidential;

namespace {

BlindingFactor blind(uint8_t fill) { return BlindingFactor::from_bytes(Bytes(32, fill)).value(); }
SecretKey secret_key(uint8_t fill) { return SecretKey::from_bytes(Bytes(32, fill)).value(); }
AssetTag asset(uint8_t fill) { return AssetTag::from_view(Bytes(32, fill)); }
std::vector<Generator> parsed(const std::vector<GeneratorBytes>& all) {
    std::vector<Generator> out;
    for (const GeneratorBytes& one : all) out.push_back(*Generator::parse(one.view()));
    return out;
}

struct Committed {
    GeneratorBytes generator = *blinded_generator(asset(1), blind(2));
    BlindingFactor value_blind = blind(3);

    [[nodiscard]] CommitmentBytes commit(uint64_t value) const { return *commit_value(value, value_blind, generator); }
    [[nodiscard]] auto sign(uint64_t value, const RangeParams& params, ByteView message = {},
                            ByteView extra = {}) const {
        return sign_range_proof({commit(value), generator, extra}, params, value, value_blind, Bytes(32, 4), message);
    }
    [[nodiscard]] std::optional<ValueRange> verify(uint64_t value, ByteView proof, ByteView extra = {}) const {
        return verify_range_proof(
            {*Commitment::parse(commit(value).view()), *Generator::parse(generator.view()), proof, extra});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(proofs_verify_and_open_for_all_parameters, Committed) {
    rc::check("sign, verify, rewind", [this] {
        const int bits = *rc::gen::inRange(0, 64);
        const uint64_t value = *rc::gen::arbitrary<uint64_t>() >> *rc::gen::inRange(1, 64);
        const RangeParams params{*rc::gen::element(uint64_t{0}, uint64_t{1}, value / 2, value),
                                 *rc::gen::inRange(-1, 19), bits};
        const Bytes extra(static_cast<size_t>(*rc::gen::inRange(0, 40)), 7);
        const auto proof = sign(value, params, {}, extra);
        if (!proof) {
            RC_ASSERT(proof.error() == SecretError::kBadParameters);
            RC_ASSERT(params.min_value > value || params.min_value >= uint64_t{INT64_MAX});
            return;
        }
        const auto range = verify(value, *proof, extra);
        RC_ASSERT(range.has_value());
        RC_ASSERT(range->min <= value);
        RC_ASSERT(value <= range->max);
        RC_ASSERT(range->min >= params.min_value || params.exponent < 0);
        const auto opened = rewind_range_proof({commit(value), generator, extra}, *proof, Bytes(32, 4));
        RC_ASSERT(opened.has_value());
        RC_ASSERT(opened->value == value);
        RC_ASSERT(equal(opened->blind.view(), value_blind.view()));
        Bytes touched = *proof;
        touched[static_cast<size_t>(*rc::gen::inRange<int>(0, static_cast<int>(touched.size())))] ^=
            1 << *rc::gen::inRange(0, 8);
        RC_ASSERT(!verify(value, touched, extra).has_value());
        RC_ASSERT(!rewind_range_proof({commit(value), generator, extra}, touched, Bytes(32, 4)).has_value());
    });
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_proven_is_refused, Committed) {
    const auto refused = [this](uint64_t value, const RangeParams& params, ByteView message = {}) {
        const auto proof = sign(value, params, message);
        return !proof && proof.error() == SecretError::kBadParameters;
    };
    BOOST_TEST(refused(5, {6, 0, 0}));
    BOOST_TEST(refused(5, {0, 19, 0}));
    BOOST_TEST(refused(5, {0, -2, 0}));
    BOOST_TEST(refused(5, {0, 0, 65}));
    BOOST_TEST(refused(5, {0, 0, -1}));
    BOOST_TEST(refused(UINT64_MAX, {1, 0, 0}));
    BOOST_TEST(refused(5, {0, 0, 4}, Bytes(129)));
    BOOST_TEST(!refused(5, {0, 0, 4}, Bytes(128)));
    BOOST_TEST(refused(5, {5, -1, 0}, Bytes(1)));
    BOOST_TEST(verify(UINT64_MAX, *sign(UINT64_MAX, {0, 0, 64}))->max == UINT64_MAX);
    BOOST_TEST(verify(UINT64_MAX, *sign(UINT64_MAX, {UINT64_MAX, 0, 64}))->min == UINT64_MAX);

    GeneratorBytes no_point = generator;
    no_point.bytes[0] = 0x02;
    const auto bad = sign_range_proof({commit(5), no_point, {}}, {}, 5, value_blind, Bytes(32, 4), {});
    BOOST_REQUIRE(!bad.has_value());
    BOOST_TEST((bad.error() == SecretError::kBadPoint));
    BOOST_TEST(!commit_value(5, value_blind, no_point).has_value());
}

BOOST_AUTO_TEST_CASE(factors_are_below_the_group_order) {
    const Bytes order = *from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    Bytes most = order;
    --most[31];
    BOOST_TEST(!BlindingFactor::from_bytes(order).has_value());
    BOOST_TEST(!BlindingFactor::from_bytes(Bytes(32, 0xff)).has_value());
    BOOST_TEST(!BlindingFactor::from_bytes(Bytes(31)).has_value());
    BOOST_TEST(BlindingFactor::from_bytes(Bytes(32))->is_zero());
    // -1 + 1, 0 + x, x - x.
    std::vector<BlindingFactor> minus_one;
    minus_one.push_back(*BlindingFactor::from_bytes(most));
    Bytes one(32);
    one[31] = 1;
    std::vector<BlindingFactor> plus_one;
    plus_one.push_back(*BlindingFactor::from_bytes(one));
    BOOST_TEST(sum_blinds({}, {}).is_zero());
    BOOST_TEST(sum_blinds(plus_one, plus_one).is_zero());
    BOOST_TEST((equal(sum_blinds({}, plus_one).view(), most)));
    BOOST_TEST((equal(sum_blinds({}, minus_one).view(), one)));
    std::vector<BlindingFactor> both;
    both.push_back(minus_one[0].clone());
    both.push_back(plus_one[0].clone());
    BOOST_TEST(sum_blinds(both, {}).is_zero());
    BOOST_TEST(!commit_value(0, BlindingFactor(), *blinded_generator(asset(1), BlindingFactor())).has_value());
}

BOOST_AUTO_TEST_CASE(surjection_limits) {
    const auto output = *blinded_generator(asset(1), blind(99));
    for (const size_t count : {size_t{1}, size_t{3}, size_t{256}}) {
        std::vector<AssetTag> tags(count, asset(2));
        tags.back() = asset(1);
        std::vector<GeneratorBytes> targets(count, *blinded_generator(asset(2), blind(5)));
        targets.back() = *blinded_generator(asset(1), blind(6));
        const auto choice = choose_surjection_inputs(tags, std::min<size_t>(3, count), asset(1), 10000, Bytes(32, 1));
        BOOST_REQUIRE(choice.has_value());
        BOOST_TEST(choice->index == count - 1);
        const auto proof = sign_surjection_proof(*choice, targets, output, blind(6), blind(99));
        BOOST_REQUIRE(proof.has_value());
        const std::vector<Generator> points = parsed(targets);
        BOOST_TEST(verify_surjection_proof({points, *Generator::parse(output.view()), *proof}));
        // Signed with another secret it is no proof.
        const auto wrong = sign_surjection_proof(*choice, targets, output, blind(7), blind(99));
        BOOST_TEST((!wrong || !verify_surjection_proof({points, *Generator::parse(output.view()), *wrong})));
    }
    const std::vector<AssetTag> many(257, asset(1));
    BOOST_TEST((choose_surjection_inputs(many, 3, asset(1), 1, Bytes(32)).error() == SecretError::kBadParameters));
    BOOST_TEST((choose_surjection_inputs({}, 0, asset(1), 1, Bytes(32)).error() == SecretError::kBadParameters));
    BOOST_TEST((choose_surjection_inputs(std::span(many).first(5), 3, asset(2), 50, Bytes(32)).error() ==
                SecretError::kNotProvable));
    // An output that looks like a target, though it is not in the ring.
    const std::vector<GeneratorBytes> targets{*blinded_generator(asset(1), blind(6)), output};
    BOOST_TEST((sign_surjection_proof({{1, 0}, 0}, targets, output, blind(6), blind(99)).error() ==
                SecretError::kNotProvable));
}

BOOST_AUTO_TEST_CASE(explicit_proofs) {
    const Opening opening{1234, blind(2), blind(3)};
    const auto generator = *blinded_generator(asset(1), opening.asset_blind);
    const auto commitment = *commit_value(opening.value, opening.value_blind, generator);
    for (const uint64_t value : {uint64_t{1234}, uint64_t{0}}) {
        const Opening claimed{value, blind(2), blind(3)};
        const auto proof = prove_value(commitment, generator, claimed, Bytes(32, 8));
        BOOST_REQUIRE(proof.has_value());
        BOOST_TEST(proof->size() == (value == 0 ? 65u : 73u));
        const auto range = verify_range_proof(
            {*Commitment::parse(commitment.view()), *Generator::parse(generator.view()), *proof, {}});
        BOOST_TEST(range.has_value() == (value == 1234));
        if (range) BOOST_TEST((*range == ValueRange{1234, 1234}));
    }
    const auto proof = prove_asset(asset(1), generator, opening.asset_blind);
    BOOST_REQUIRE(proof.has_value());
    BOOST_TEST(proof->size() == 67u);
    for (const uint8_t claimed : {1, 2}) {
        const std::vector<Generator> target{*asset_generator(asset(claimed).view())};
        BOOST_TEST(verify_surjection_proof({target, *Generator::parse(generator.view()), *proof}) == (claimed == 1));
    }
}

BOOST_AUTO_TEST_CASE(outputs_open_for_their_receiver_only) {
    const OpenedOutput what{asset(1), {5000, blind(2), blind(3)}};
    const SecretKey receiver = secret_key(4);
    const SecretKey ephemeral = secret_key(5);
    const Bytes script(22, 6);
    const auto made = blind_output(what, script, true, receiver.pubkey(), ephemeral, {});
    BOOST_REQUIRE(made.has_value());
    SealedOutput sealed{made->generator, std::nullopt, made->commitment, ephemeral.pubkey(), made->range_proof, script};
    const auto opened = open_output(sealed, receiver);
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->opening.value == 5000u);
    BOOST_TEST((opened->asset == asset(1)));
    BOOST_TEST((open_output(sealed, secret_key(7)).error() == SecretError::kNotForThisKey));
    const Bytes other_script(22, 7);
    sealed.script = other_script;
    BOOST_TEST((open_output(sealed, receiver).error() == SecretError::kBadProof));

    // Who lies about the asset in the message is not believed: the generator is another's.
    sealed.script = script;
    Bytes message = to_bytes(asset(9).view());
    append(message, blind(2).view());
    const auto nonce = output_nonce(ephemeral, receiver.pubkey());
    const Bytes lying =
        sign_range_proof({made->commitment, made->generator, script}, {1, 0, 52}, 5000, blind(3), nonce.view(), message)
            .value();
    sealed.range_proof = lying;
    BOOST_TEST((open_output(sealed, receiver).error() == SecretError::kNotForThisKey));

    BOOST_TEST(
        !blind_output({asset(1), {0, blind(2), blind(3)}}, script, true, receiver.pubkey(), ephemeral, {}).has_value());
    BOOST_TEST(
        blind_output({asset(1), {0, blind(2), blind(3)}}, script, false, receiver.pubkey(), ephemeral, {}).has_value());
}

BOOST_AUTO_TEST_CASE(issuances_open_with_their_key) {
    const OpenedOutput what{asset(1), {77, BlindingFactor(), blind(3)}};
    const SecretKey key = secret_key(4);
    const auto made = blind_issuance(what, key, {});
    BOOST_REQUIRE(made.has_value());
    const SealedOutput sealed{std::nullopt, asset(1), made->commitment, std::nullopt, made->range_proof, {}};
    BOOST_TEST(open_output(sealed, key)->opening.value == 77u);
    BOOST_TEST(!open_output(sealed, secret_key(5)).has_value());
    BOOST_TEST(!blind_issuance({asset(1), {77, blind(2), blind(3)}}, key, {}).has_value());

    const Bytes txid(32, 0xab);
    const std::string start = "6a20" + to_hex(txid);
    BOOST_TEST(to_hex(issuance_blinding_script(txid, 0)) == start + "00");
    BOOST_TEST(to_hex(issuance_blinding_script(txid, 16)) == start + "60");
    BOOST_TEST(to_hex(issuance_blinding_script(txid, 17)) == start + "0111");
    BOOST_TEST(to_hex(issuance_blinding_script(txid, 128)) == start + "028000");
    BOOST_TEST(to_hex(issuance_blinding_script(txid, 0xffffffff)) == start + "05ffffffff00");
}

BOOST_AUTO_TEST_CASE(whitelist_secrets_must_be_those_of_the_entry) {
    std::vector<PubKey> online;
    std::vector<PubKey> offline;
    for (uint8_t i = 1; i < 6; ++i) {
        online.push_back(secret_key(i).pubkey());
        offline.push_back(secret_key(static_cast<uint8_t>(i + 10)).pubkey());
    }
    const SecretKey to = secret_key(50);
    const SecretKey summed = secret_key(13).add_tweak(to.view()).value();
    const auto proof = sign_whitelist_proof(online, offline, to.pubkey(), secret_key(3), summed, 2);
    BOOST_REQUIRE(proof.has_value());
    BOOST_TEST(verify_whitelist_proof(online, offline, to.pubkey(), *proof));
    BOOST_TEST(!verify_whitelist_proof(online, offline, secret_key(51).pubkey(), *proof));
    BOOST_TEST((sign_whitelist_proof(online, offline, to.pubkey(), secret_key(3), summed, 1).error() ==
                SecretError::kBadSecret));
    BOOST_TEST((sign_whitelist_proof(online, offline, to.pubkey(), secret_key(2), summed, 2).error() ==
                SecretError::kBadSecret));
    BOOST_TEST((sign_whitelist_proof(online, offline, to.pubkey(), secret_key(3), summed, 5).error() ==
                SecretError::kBadParameters));
    BOOST_TEST(
        (sign_whitelist_proof({}, {}, to.pubkey(), secret_key(3), summed, 0).error() == SecretError::kBadParameters));
}
