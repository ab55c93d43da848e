// Signing and finalizing each template; what is not signed; combining; who is next.
#include <boost/test/unit_test.hpp>

#include "consensus/script/tx_checker.h"
#include "pset/analyze.h"
#include "pset/combine.h"
#include "pset_samples.h"

using namespace sluice;

namespace {

const AssetId kAsset = test::test_asset(1);

struct Way {
    const char* name;
    Script script;
    std::vector<Script> inner;
    std::vector<uint8_t> keys;  // that sign
};

std::vector<Way> ways() {
    const PubKey key = test::test_key(1).pubkey();
    std::vector<Bytes> three;
    for (uint8_t n = 1; n <= 3; ++n) three.push_back(to_bytes(test::test_key(n).pubkey().view()));
    const Script multi = script::make_multisig(2, three);
    const Script wpkh = script::make_p2wpkh(key.hash160());
    const Script wsh = script::p2wsh_of(multi);
    return {
        {"pk", script::make_p2pk(key.view()), {}, {1}},
        {"pkh", script::make_p2pkh(key.hash160()), {}, {1}},
        {"wpkh", wpkh, {}, {1}},
        {"sh(wpkh)", script::p2sh_of(wpkh), {wpkh}, {1}},
        {"multi", multi, {}, {3, 1}},
        {"sh(multi)", script::p2sh_of(multi), {multi}, {2, 3}},
        {"wsh(multi)", wsh, {multi}, {1, 3}},
        {"sh(wsh(multi))", script::p2sh_of(wsh), {wsh, multi}, {1, 2}},
        {"op_true", Script{{0x51}}, {}, {}},
    };
}

signing::KeyRing keyring_of(const Way& way, uint8_t key) {
    signing::KeyRing out;
    for (const Script& each : way.inner) out.add_script(each);
    out.add_key(test::test_key(key).pubkey(), signing::KeyPath{{}, {1, key}});
    out.add_secret(test::test_key(key));
    return out;
}

pset::Pset signed_by(pset::Pset pset, const Way& way, uint8_t key, uint8_t type = script::kSighashAll) {
    const ChainParams params = test::pset_params();
    const signing::KeyRing keys = keyring_of(way, key);
    const pset::Signing signing = pset::signing_of(pset, params).value();
    pset::update_input(pset.inputs[0], signing.spent[0], keys, params);
    (void)pset::sign_input(pset.inputs[0], signing, 0, keys, {type, {}});
    return pset;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pset_sign)

BOOST_AUTO_TEST_CASE(signers_apart_make_one_transaction) {
    const ChainParams params = test::pset_params();
    for (const Way& way : ways()) {
        const TxOut coin = test::open_output(way.script, 1000, kAsset);
        const pset::Pset made = test::pset_spending({coin}, kAsset);
        std::vector<pset::Pset> parts = {made};
        for (const uint8_t key : way.keys) parts.push_back(signed_by(made, way, key));
        auto whole = pset::combine(parts);
        BOOST_REQUIRE(whole.has_value());
        // On the wire in between.
        auto pset = pset::decode(pset::encode(*whole)).value();
        BOOST_TEST(pset::finalize(pset, params).value(), way.name);
        const Transaction tx = pset::extract(pset).value();
        const auto verdict = script::verify_input(tx, 0, coin, script::kStandardFlags, script::compute_tx_hashes(tx));
        BOOST_TEST(verdict.has_value(), way.name);
        BOOST_TEST(pset.inputs[0].partial_sigs.empty());
        BOOST_TEST(pset::is_signed(pset.inputs[0], pset::signing_of(pset, params).value(), 0), way.name);
        BOOST_TEST(pset::finalize(pset, params).value(), way.name);
        // One signature less is not enough.
        if (way.keys.empty()) continue;
        parts.pop_back();
        auto less = pset::combine(parts).value();
        BOOST_TEST(!pset::finalize(less, params).value(), way.name);
    }
}

BOOST_AUTO_TEST_CASE(every_hash_type_signs) {
    const ChainParams params = test::pset_params();
    for (const uint8_t type : {0x01, 0x02, 0x03, 0x81, 0x82, 0x83, 0x41, 0xc3}) {
        const Way way = ways()[2];
        pset::Pset pset = test::pset_spending({test::open_output(way.script, 1000, kAsset)}, kAsset);
        pset = signed_by(pset, way, 1, type);
        BOOST_TEST(pset::finalize(pset, params).value(), int(type));
        BOOST_TEST(int(pset.inputs[0].final_script_witness[0].back()) == int(type));
    }
}

BOOST_AUTO_TEST_CASE(a_legacy_output_is_not_signed_on_somebodys_word) {
    for (const Way& way : ways()) {
        if (way.keys.empty()) continue;
        const TxOut coin = test::open_output(way.script, 1000, kAsset);
        pset::Pset pset = test::pset_spending({coin}, kAsset);
        pset.inputs[0].non_witness_utxo = nullptr;
        pset.inputs[0].witness_utxo = coin;
        pset = signed_by(pset, way, way.keys[0]);
        const bool segwit = std::string_view(way.name).find('w') != std::string_view::npos;
        BOOST_TEST(pset.inputs[0].partial_sigs.empty() == !segwit, way.name);
    }
}

BOOST_AUTO_TEST_CASE(signatures_of_another_transaction_count_nothing) {
    const ChainParams params = test::pset_params();
    const Way way = ways()[2];
    pset::Pset pset = test::pset_spending({test::open_output(way.script, 1000, kAsset)}, kAsset);
    pset = signed_by(pset, way, 1);
    pset.outputs[0].amount = Amount{899};
    BOOST_TEST(!pset::finalize(pset, params).value());
    BOOST_TEST(!pset.inputs[0].is_final());
    pset.outputs[0].amount = Amount{900};
    BOOST_TEST(pset::finalize(pset, params).value());
    pset.outputs[0].amount = Amount{899};
    BOOST_TEST(!pset::finalize(pset, params).value());
}

BOOST_AUTO_TEST_CASE(different_transactions_do_not_combine) {
    const pset::Pset one = test::pset_spending({test::open_output(Script{{0x51}}, 1000, kAsset)}, kAsset);
    pset::Pset other = one;
    other.outputs[0].amount = Amount{1};
    BOOST_TEST(!pset::combine({one, other}));
    other = one;
    other.inputs[0].sequence = 1;
    other.fallback_lock_time = 9;
    BOOST_TEST(pset::combine({one, other}).has_value());
    other.outputs.pop_back();
    BOOST_TEST(!pset::combine({one, other}));
}

BOOST_AUTO_TEST_CASE(lock_times_of_inputs) {
    pset::Pset pset = test::pset_spending(
        {test::open_output(Script{{0x51}}, 1000, kAsset), test::open_output(Script{{0x51}}, 1000, kAsset)}, kAsset);
    pset.fallback_lock_time = 7;
    BOOST_TEST(pset::unsigned_tx(pset)->lock_time == 7U);
    pset.inputs[0].height_lock = 10;
    pset.inputs[0].time_lock = 600'000'000;
    BOOST_TEST(pset::unsigned_tx(pset)->lock_time == 10U);
    pset.inputs[1].time_lock = 500'000'009;
    BOOST_TEST(pset::unsigned_tx(pset)->lock_time == 600'000'000U);
    pset.inputs[0].time_lock.reset();
    BOOST_TEST(!pset::unsigned_tx(pset));
}

BOOST_AUTO_TEST_CASE(flags_in_an_index_are_not_the_index) {
    pset::Pset pset = test::pset_spending({test::open_output(Script{{0x51}}, 1000, kAsset)}, kAsset);
    pset.inputs[0].previous_index = 0 | kOutPointIssuanceFlag;
    BOOST_TEST(pset::unsigned_tx(pset)->inputs[0].prevout.index == 0U);
    BOOST_TEST(pset::spent_output(pset.inputs[0], kAsset).has_value());
    pset.inputs[0].previous_index = 5;
    BOOST_TEST(!pset::spent_output(pset.inputs[0], kAsset).has_value());
}

BOOST_AUTO_TEST_CASE(whose_turn_it_is) {
    const ChainParams params = test::pset_params();
    const Way way = ways()[6];
    pset::Pset pset = test::pset_spending({test::open_output(way.script, 1000, kAsset)}, kAsset);
    auto found = pset::analyze(pset, params);
    BOOST_TEST((found.next == pset::Role::kUpdater));
    BOOST_TEST((found.inputs[0].missing_witness_script.size() == 32));
    BOOST_TEST(!found.virtual_size);
    pset = signed_by(pset, way, 1);
    found = pset::analyze(pset, params);
    BOOST_TEST((found.next == pset::Role::kSigner));
    BOOST_TEST(found.inputs[0].missing_signatures.size() == 2U);
    BOOST_TEST((found.fee == Amount{100}));
    BOOST_REQUIRE(found.virtual_size.has_value());
    pset = signed_by(pset, way, 3);
    BOOST_TEST((pset::analyze(pset, params).next == pset::Role::kFinalizer));
    BOOST_TEST(pset::finalize(pset, params).value());
    BOOST_TEST((pset::analyze(pset, params).next == pset::Role::kExtractor));
    const size_t real = make_tx(pset::extract(pset).value())->weight() / 4;
    BOOST_TEST(*found.virtual_size >= real);
    BOOST_TEST(*found.virtual_size <= real + 2);
    pset.outputs.pop_back();
    BOOST_TEST(pset::analyze(pset, params).error == "PSBT missing required fee output");
}

BOOST_AUTO_TEST_SUITE_END()
