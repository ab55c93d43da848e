// Every field there and back; what a stranger may not send.
#include <boost/test/unit_test.hpp>

#include "pset_samples.h"

using namespace sluice;

namespace {

template <class T>
T filled(uint8_t n) {
    T out;
    out.bytes.fill(n);
    return out;
}
ValueCommitment value_commitment(uint8_t n) {
    ValueCommitment out = filled<ValueCommitment>(n);
    out.bytes[0] = 8;
    return out;
}

pset::KeyPath path(uint8_t n) { return {filled<pset::Fingerprint>(n), {0x80000054, n}}; }
pset::TapDerivation tap_path() { return {{filled<Hash256>(1), filled<Hash256>(2)}, path(3)}; }

pset::ExtendedKey extended_key() {
    pset::ExtendedKey out;
    out.bytes.bytes.fill(4);
    const PubKey key = test::test_key(9).pubkey();
    std::ranges::copy(key.view(), out.bytes.bytes.begin() + 45);
    return out;
}

void fill_issuance(pset::Input& in) {
    in.issuance_value = Amount{5};
    in.issuance_value_commitment = value_commitment(1);
    in.issuance_value_rangeproof = {1};
    in.issuance_tokens_rangeproof = {2};
    in.issuance_tokens = Amount{6};
    in.issuance_tokens_commitment = value_commitment(2);
    in.issuance_blinding_nonce = filled<pset::Scalar>(7);
    in.issuance_entropy = filled<AssetEntropy>(8);
    in.issuance_value_proof = {3};
    in.issuance_tokens_proof = {4};
    in.blinded_issuance = false;
}

void fill_pegin(pset::Input& in) {
    in.pegin_tx = {1, 2};
    in.pegin_txout_proof = {3};
    in.pegin_genesis = filled<ParentGenesis>(9);
    in.pegin_claim_script = Script{{0x51}};
    in.pegin_value = Amount{-1};
    in.pegin_witness = {{1}, {}};
}

void fill_signing(pset::Input& in) {
    const PubKey key = test::test_key(1).pubkey();
    in.partial_sigs.emplace(key.hash160(), pset::PartialSignature{key, {0x30, 1}});
    in.sighash_type = 0x41;
    in.redeem_script = Script{{1, 2}};
    in.witness_script = Script{{3}};
    in.derivations.emplace(key, path(1));
    in.ripemd160_preimages[filled<Hash160>(1)] = {1};
    in.sha256_preimages[filled<Hash256>(2)] = {};
    in.hash160_preimages[filled<Hash160>(3)] = {3};
    in.hash256_preimages[filled<Hash256>(4)] = {4};
    in.tap_key_sig = Bytes(64, 1);
    in.tap_script_sigs[{filled<pset::XOnlyBytes>(1), filled<Hash256>(2)}] = Bytes(65, 2);
    in.tap_leaf_scripts[{{0x51}, 0xc4}] = {Bytes(33, 1), Bytes(65, 1)};
    in.tap_derivations[filled<pset::XOnlyBytes>(1)] = tap_path();
    in.tap_internal_key = filled<pset::XOnlyBytes>(5);
    in.tap_merkle_root = filled<Hash256>(6);
}

pset::Input full_input() {
    const TxOut coin = test::open_output(Script{{0x51}}, 7, test::test_asset(1));
    pset::Input in = test::pset_spending({coin}, test::test_asset(1)).inputs[0];
    in.witness_utxo = coin;
    in.sequence = 5;
    in.time_lock = 500'000'001;
    in.height_lock = 7;
    fill_signing(in);
    fill_issuance(in);
    fill_pegin(in);
    in.utxo_rangeproof = {9};
    in.explicit_value = Amount{11};
    in.value_proof = {1};
    in.explicit_asset = filled<AssetId>(3);
    in.asset_proof = {2};
    in.proprietary[{0xfc, 1, 'x', 0}] = {1};
    in.proprietary[{0xfc, 4, 'p', 's', 'e', 't', 0x7f}] = {};
    in.unknown[{0x77, 1}] = {2};
    return in;
}

pset::Output full_output() {
    pset::Output out;
    out.redeem_script = Script{{1}};
    out.witness_script = Script{{2}};
    out.derivations.emplace(test::test_key(2).pubkey(), path(2));
    out.amount = Amount{12};
    out.script = Script{{0x51}};
    out.value_commitment = value_commitment(3);
    out.asset = filled<AssetId>(4);
    out.asset_commitment = filled<AssetCommitment>(0x0a);
    out.value_rangeproof = {1};
    out.surjection_proof = {2};
    out.blinding_key = test::test_key(3).pubkey();
    out.ecdh_key = test::test_key(4).pubkey();
    out.blinder_index = 0;
    out.value_proof = {3};
    out.asset_proof = {4};
    out.proprietary[{0xfc, 0, 9}] = {1};
    out.tap_internal_key = filled<pset::XOnlyBytes>(6);
    out.tap_tree = {{2, 0xc4, {0x51}}, {2, 0xc4, {0x52}}, {1, 0xc0, {}}};
    out.tap_derivations[filled<pset::XOnlyBytes>(2)] = tap_path();
    out.unknown[{0x78}] = {};
    return out;
}

pset::Pset full_pset() {
    pset::Pset out;
    out.xpubs[path(1)] = {extended_key()};
    out.tx_version = 3;
    out.fallback_lock_time = 4;
    out.modifiable = 3;
    out.scalars = {filled<pset::Scalar>(1), filled<pset::Scalar>(2)};
    out.proprietary[{0xfc, 4, 'p', 's', 'e', 't', 1}] = {0};
    out.unknown[{0x79}] = {5};
    out.inputs = {full_input()};
    out.outputs = {full_output()};
    return out;
}

struct RawRecord {
    Bytes key;
    Bytes value;
};
using RawMap = std::vector<RawRecord>;

std::vector<RawMap> take_maps(ByteView bytes) {
    Reader reader(bytes.subspan(5));
    std::vector<RawMap> out(1);
    while (reader.remaining() > 0) {
        Bytes key = reader.var_bytes();
        if (key.empty()) {
            out.emplace_back();
        } else {
            out.back().push_back({std::move(key), reader.var_bytes()});
        }
    }
    out.pop_back();
    return out;
}

Bytes put_maps(const std::vector<RawMap>& maps) {
    ByteWriter out;
    out.raw(as_bytes("pset\xff"));
    for (const RawMap& map : maps) {
        for (const RawRecord& record : map) {
            out.var_bytes(record.key);
            out.var_bytes(record.value);
        }
        out.u8(0);
    }
    return out.release();
}

std::string error_of(ByteView bytes) {
    const auto decoded = pset::decode(bytes);
    return decoded ? "" : decoded.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pset_codec)

BOOST_AUTO_TEST_CASE(every_field_comes_back) {
    const Bytes written = pset::encode(full_pset());
    const auto read = pset::decode(written);
    BOOST_REQUIRE_MESSAGE(read.has_value(), error_of(written));
    BOOST_TEST((pset::encode(*read) == written));
    const std::vector<RawMap> maps = take_maps(written);
    BOOST_REQUIRE(maps.size() == 3U);
    BOOST_TEST(maps[0].size() == 11U);
    BOOST_TEST(maps[1].size() == 48U);
    BOOST_TEST(maps[2].size() == 20U);
    const pset::Input& in = read->inputs[0];
    BOOST_TEST(in.pegin_value->sat == -1);
    BOOST_TEST((in.tap_leaf_scripts.begin()->second.size() == 2));
    BOOST_TEST((in.derivations.begin()->second == path(1)));
    BOOST_TEST((read->outputs[0].tap_tree.size() == 3));
}

BOOST_AUTO_TEST_CASE(a_final_input_keeps_what_it_is_signed_with_only) {
    pset::Pset pset = full_pset();
    pset.inputs[0].final_script_sig = Script{{1}};
    pset.inputs[0].final_script_witness = {{2}};
    const auto read = pset::decode(pset::encode(pset));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->inputs[0].partial_sigs.empty());
    BOOST_TEST((read->inputs[0].final_script_witness == WitnessStack{{2}}));
    BOOST_TEST(read->inputs[0].utxo_rangeproof.size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_key_stands_twice) {
    const std::vector<RawMap> maps = take_maps(pset::encode(full_pset()));
    for (size_t m = 0; m < maps.size(); ++m) {
        for (size_t r = 0; r < maps[m].size(); ++r) {
            std::vector<RawMap> twice = maps;
            twice[m].push_back(maps[m][r]);
            BOOST_TEST(error_of(put_maps(twice)).starts_with("Duplicate Key, "), m << ":" << r);
        }
    }
}

BOOST_AUTO_TEST_CASE(values_of_a_wrong_size_are_refused) {
    const std::vector<RawMap> maps = take_maps(pset::encode(full_pset()));
    const auto with = [&](size_t map, const Bytes& key, Bytes value) {
        std::vector<RawMap> changed = maps;
        for (RawRecord& record : changed[map]) {
            if (record.key == key) record.value = value;
        }
        return error_of(put_maps(changed));
    };
    const std::string size = "Size of value was not the stated size";
    for (const uint8_t type : {0x02, 0x03, 0x04, 0x05, 0x06, 0xfb}) {
        BOOST_TEST(with(0, type == 0xfb ? Bytes{type} : Bytes{type}, Bytes(9, 0)) == size, int(type));
    }
    for (const uint8_t type : {0x00, 0x01, 0x03, 0x08, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x17, 0x18}) {
        const std::string error = with(1, {type}, Bytes(3, 0xff));
        BOOST_TEST((error == size || type == 0x08), int(type) << error);
    }
    for (const uint8_t subtype : {0x00, 0x01, 0x06, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x11, 0x13, 0x15}) {
        BOOST_TEST(with(1, {0xfc, 4, 'p', 's', 'e', 't', subtype}, Bytes(3, 0)) == size, int(subtype));
    }
    for (const uint8_t subtype : {0x01, 0x02, 0x03, 0x08}) {
        BOOST_TEST(with(2, {0xfc, 4, 'p', 's', 'e', 't', subtype}, Bytes(3, 0)) == size, int(subtype));
    }
    BOOST_TEST(with(2, {0x06}, {1, 0xc4, 0}) == size);              // half a tree
    BOOST_TEST(with(2, {0x06}, {0, 0xc4, 0, 0, 0xc4, 0}) == size);  // two roots
    BOOST_TEST(with(2, {0x06}, {1, 0xc5, 0, 1, 0xc4, 0}) == size);  // an odd leaf version
    BOOST_TEST(with(1, {0x13}, Bytes(63, 1)) == "Input Taproot key path signature is not 64 or 65 bytes");
}

BOOST_AUTO_TEST_CASE(what_must_be_there) {
    const auto without = [](auto change) {
        pset::Pset pset = full_pset();
        change(pset);
        return error_of(pset::encode(pset));
    };
    using pset::Pset;
    BOOST_TEST(without([](Pset& p) { p.inputs[0].previous_txid = {}; }) == "Previous TXID is required in PSBTv2");
    BOOST_TEST(without([](Pset& p) { p.inputs[0].previous_txid.bytes[0] ^= 1; }) ==
               "Non-witness UTXO does not match outpoint hash");
    BOOST_TEST(without([](Pset& p) { p.inputs[0].value_proof.clear(); }) ==
               "Input explicit value and value proof must be provided together");
    BOOST_TEST(without([](Pset& p) { p.inputs[0].explicit_asset.reset(); }) ==
               "Input explicit asset and asset proof must be provided together");
    BOOST_TEST(without([](Pset& p) { p.inputs[0].issuance_value_rangeproof.clear(); }) ==
               "Issuance value commitment provided without value rangeproof");
    BOOST_TEST(without([](Pset& p) { p.outputs[0].blinder_index.reset(); }) ==
               "Output is blinded but does not have a blinder index");
    BOOST_TEST(without([](Pset& p) { p.outputs[0].ecdh_key.reset(); }) ==
               "Blinded output contains some blinding data but not all, this is an invalid state");
    BOOST_TEST(without([](Pset& p) {
                   p.outputs[0] = {};
                   p.outputs[0].asset = test::test_asset(1);
               }) == "Output amount is required in PSBTv2");
    BOOST_TEST(without([](Pset& p) {
                   p.outputs[0] = {};
                   p.outputs[0].amount = Amount{1};
               }) == "Output asset is required in PSET");
}

BOOST_AUTO_TEST_CASE(cut_anywhere_it_is_refused) {
    const Bytes whole = pset::encode(full_pset());
    for (size_t n = 0; n < whole.size(); ++n) BOOST_TEST(!pset::decode(ByteView(whole).first(n)), n);
    Bytes longer = whole;
    longer.push_back(0);
    BOOST_TEST(error_of(longer) == "extra data after PSBT");
}

BOOST_AUTO_TEST_CASE(counts_that_nothing_backs_are_refused) {
    std::vector<RawMap> maps = take_maps(pset::encode(full_pset()));
    for (RawRecord& record : maps[0]) {
        if (record.key == Bytes{0x04}) record.value = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    }
    BOOST_TEST(!pset::decode(put_maps(maps)));
}

BOOST_AUTO_TEST_SUITE_END()
