// Blinding by one and by several: the transaction balances, everybody can check, nobody can be lied to.
#include <boost/test/unit_test.hpp>

#include "confidential/commitment.h"
#include "confidential/range_proof.h"
#include "confidential/surjection_proof.h"
#include "pset/blind.h"
#include "pset/combine.h"
#include "pset/proofs.h"
#include "pset_samples.h"

using namespace sluice;
using confidential::AssetTag;
using confidential::BlindingFactor;

namespace {

const AssetId kAsset = test::test_asset(1);

BlindingFactor factor(uint8_t n) {
    Bytes bytes(32, 0x22);
    bytes[31] = n;
    return *BlindingFactor::from_bytes(bytes);
}

pset::OwnInput hidden(uint64_t value, uint8_t n) {
    return {kAsset, {value, factor(n), factor(static_cast<uint8_t>(n + 100))}};
}

TxOut output_of(const pset::OwnInput& own) {
    TxOut out;
    out.script = Script{{0x51}};
    const auto generator = *confidential::blinded_generator(AssetTag::from(own.asset), own.opening.asset_blind);
    out.asset = AssetCommitment::from(generator);
    out.value =
        ValueCommitment::from(*confidential::commit_value(own.opening.value, own.opening.value_blind, generator));
    return out;
}

pset::Output to_blind(int64_t sat, uint32_t blinder, uint8_t key) {
    pset::Output out;
    out.script = Script{{0x51}};
    out.asset = kAsset;
    out.amount = Amount{sat};
    out.blinding_key = test::test_key(key).pubkey();
    out.blinder_index = blinder;
    return out;
}

// Inputs of 1000 each, hidden; two outputs of the first's owner, one of the second's, and a fee of 100.
pset::Pset two_owners() {
    pset::Pset out = test::pset_spending({output_of(hidden(1000, 1)), output_of(hidden(1000, 2))}, kAsset);
    const pset::Output fee = [] {
        pset::Output o;
        o.asset = kAsset;
        o.amount = Amount{100};
        return o;
    }();
    out.outputs = {to_blind(600, 0, 5), to_blind(400, 1, 6), to_blind(900, 0, 7), fee};
    return out;
}

std::map<uint32_t, pset::OwnInput> owner(uint32_t input) {
    std::map<uint32_t, pset::OwnInput> out;
    out.emplace(input, hidden(1000, static_cast<uint8_t>(input + 1)));
    return out;
}

Status blind(pset::Pset& pset, const std::map<uint32_t, pset::OwnInput>& ours) {
    return pset::blind(pset, ours, test::pset_params(), {0, 32});
}

// Values balance, and every proof holds.
void check(const pset::Pset& pset) {
    BOOST_TEST(pset.is_fully_blinded());
    BOOST_TEST(pset.scalars.empty());
    std::vector<confidential::Commitment> in;
    std::vector<confidential::Commitment> out;
    std::vector<confidential::Generator> targets;
    for (const pset::Input& each : pset.inputs) {
        const TxOut spent = *pset::spent_output(each, kAsset);
        if (spent.value.is_explicit()) {
            targets.push_back(*confidential::asset_generator(kAsset.view()));
            in.push_back(*confidential::commit_explicit(static_cast<uint64_t>(spent.value.explicit_value().sat),
                                                        targets.back()));
            continue;
        }
        in.push_back(*confidential::Commitment::parse(spent.value.commitment().view()));
        targets.push_back(*confidential::Generator::parse(spent.asset.commitment().view()));
    }
    for (const pset::Output& each : pset.outputs) {
        if (!each.wants_blinding()) {
            out.push_back(*confidential::commit_explicit(static_cast<uint64_t>(each.amount->sat),
                                                         *confidential::asset_generator(each.asset->view())));
            continue;
        }
        BOOST_TEST((pset::check_proofs(each) == pset::ProofState::kGood));
        const auto value = *confidential::Commitment::parse(each.value_commitment->view());
        const auto asset = *confidential::Generator::parse(each.asset_commitment->view());
        out.push_back(value);
        BOOST_TEST(
            confidential::verify_range_proof({value, asset, each.value_rangeproof, each.script.view()}).has_value());
        BOOST_TEST(confidential::verify_surjection_proof({targets, asset, each.surjection_proof}));
    }
    BOOST_TEST(confidential::balances(in, out));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pset_blind)

BOOST_AUTO_TEST_CASE(two_owners_one_after_the_other) {
    for (const bool second_first : {false, true}) {
        pset::Pset pset = two_owners();
        BOOST_TEST(blind(pset, owner(second_first ? 1 : 0)).has_value());
        BOOST_TEST(!pset.is_fully_blinded());
        BOOST_TEST(pset.scalars.size() == 1U);
        // Through the wire, and again for the same: nothing changes.
        pset = pset::decode(pset::encode(pset)).value();
        const Bytes before = pset::encode(pset);
        BOOST_TEST(blind(pset, owner(second_first ? 1 : 0)).has_value());
        BOOST_TEST((pset::encode(pset) == before));
        BOOST_TEST(blind(pset, owner(second_first ? 0 : 1)).has_value());
        check(pset);
    }
}

BOOST_AUTO_TEST_CASE(one_owner_of_both) {
    pset::Pset pset = two_owners();
    std::map<uint32_t, pset::OwnInput> both = owner(0);
    both.emplace(1, hidden(1000, 2));
    BOOST_TEST(blind(pset, both).has_value());
    check(pset);
}

BOOST_AUTO_TEST_CASE(the_receiver_opens_it) {
    pset::Pset pset = two_owners();
    BOOST_TEST(blind(pset, owner(0)).has_value());
    const pset::Output& out = pset.outputs[0];
    confidential::SealedOutput sealed;
    sealed.generator = confidential::GeneratorBytes::from(*out.asset_commitment);
    sealed.commitment = confidential::CommitmentBytes::from(*out.value_commitment);
    sealed.nonce = out.ecdh_key;
    sealed.range_proof = out.value_rangeproof;
    sealed.script = out.script.view();
    const auto opened = confidential::open_output(sealed, test::test_key(5));
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->opening.value == 600U);
}

BOOST_AUTO_TEST_CASE(parts_that_were_balanced_apart_do_not_combine) {
    const pset::Pset made = two_owners();
    pset::Pset first = made;
    pset::Pset second = made;
    BOOST_TEST(blind(first, owner(0)).has_value());
    BOOST_TEST(blind(second, owner(1)).has_value());
    const auto both = pset::combine({first, second});
    BOOST_REQUIRE(!both.has_value());
    BOOST_TEST(both.error().message.starts_with("Cannot combine PSETs"));
    // With the whole one they do.
    pset::Pset whole = first;
    BOOST_TEST(blind(whole, owner(1)).has_value());
    const auto combined = pset::combine({first, whole});
    BOOST_REQUIRE(combined.has_value());
    check(*combined);
    BOOST_TEST((pset::unique_id(made).value() == pset::unique_id(whole).value()));
}

BOOST_AUTO_TEST_CASE(what_is_refused_leaves_all_as_it_was) {
    const pset::Pset made = two_owners();
    const auto refused = [&](auto change, std::map<uint32_t, pset::OwnInput> ours) {
        pset::Pset pset = made;
        change(pset);
        const Bytes before = pset::encode(pset);
        const Status done = blind(pset, ours);
        BOOST_TEST((pset::encode(pset) == before));
        return done ? "" : done.error().message;
    };
    const auto nothing = [](pset::Pset&) {};
    BOOST_TEST(refused([](pset::Pset& p) { p.inputs[1].non_witness_utxo = nullptr; }, owner(0)) ==
               "Inputs are missing UTXOs (or peg-in data for peg-in inputs)");
    BOOST_TEST(refused([](pset::Pset& p) { p.outputs[1].blinder_index = 0; }, owner(1)) ==
               "Transaction has blind inputs belonging to this blinder but does not have outputs to blind");
    BOOST_TEST(refused([](pset::Pset& p) { p.outputs[0].asset = test::test_asset(9); }, owner(0)) ==
               "Unable to create an asset surjection proof");
    std::map<uint32_t, pset::OwnInput> wrong;
    wrong.emplace(0, hidden(1001, 1));
    BOOST_TEST(refused(nothing, std::move(wrong)) == "an input does not hold what its owner takes it to hold");
}

BOOST_AUTO_TEST_CASE(one_output_alone_hides_nothing) {
    pset::Pset pset = test::pset_spending({test::open_output(Script{{0x51}}, 1000, kAsset)}, kAsset);
    pset.outputs[0].blinding_key = test::test_key(5).pubkey();
    pset.outputs[0].blinder_index = 0;
    std::map<uint32_t, pset::OwnInput> ours;
    ours.emplace(0, pset::OwnInput{kAsset, {1000, {}, {}}});
    BOOST_TEST(!blind(pset, ours));
    BOOST_TEST(!pset.is_fully_blinded());
}

BOOST_AUTO_TEST_CASE(a_lie_about_an_amount_is_seen) {
    pset::Pset pset = two_owners();
    BOOST_TEST(blind(pset, owner(0)).has_value());
    pset::Output out = pset.outputs[0];
    out.amount = Amount{601};
    BOOST_TEST((pset::check_proofs(out) == pset::ProofState::kValueProofWrong));
    out = pset.outputs[0];
    out.asset = test::test_asset(2);
    BOOST_TEST((pset::check_proofs(out) == pset::ProofState::kAssetProofWrong));
    out = pset.outputs[0];
    out.value_proof.clear();
    BOOST_TEST((pset::check_proofs(out) == pset::ProofState::kValueProofMissing));
    // A proof of a range is no proof of its least number.
    out = pset.outputs[0];
    out.amount = Amount{1};
    out.value_proof = out.value_rangeproof;
    out.script = {};
    BOOST_TEST((pset::check_proofs(out) == pset::ProofState::kValueProofWrong));
    BOOST_TEST((pset::check_proofs(pset.outputs[1]) == pset::ProofState::kNotBlinded));
}

BOOST_AUTO_TEST_SUITE_END()
