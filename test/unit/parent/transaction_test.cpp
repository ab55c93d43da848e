#include "peg/parent/transaction.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "peg/parent/block.h"
#include "peg/parent/script.h"

using namespace sluice;
using namespace sluice::parent;

namespace {
// The P2SH-P2WPKH example of BIP143, signed.
const char* const kBip143Signed =
    "01000000000101db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a5477010000001716001479091972186c449eb1de"
    "d22b78e4"
    "0d009bdf0089feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914"
    "fd270b1e"
    "e6abcaea97fea7ad0402e8bd8ad6d77c88ac02473044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f02"
    "20217f36"
    "a485cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb012103ad1d8e89212f0b92c74d23bb710c00662ad1470198ac48c43f"
    "7d6f93a2"
    "a2687392040000";

ParentTransaction arbitrary_tx() {
    const auto script = [] { return Script{*rc::gen::arbitrary<Bytes>()}; };
    ParentTransaction tx;
    tx.version = *rc::gen::arbitrary<int32_t>();
    tx.lock_time = *rc::gen::arbitrary<uint32_t>();
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
        ParentTxIn in;
        in.prevout.index = *rc::gen::arbitrary<uint32_t>();
        in.sequence = *rc::gen::arbitrary<uint32_t>();
        in.script_sig = script();
        in.witness = *rc::gen::arbitrary<std::vector<Bytes>>();
        tx.inputs.push_back(in);
    }
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        tx.outputs.push_back({{*rc::gen::arbitrary<int64_t>()}, script()});
    return tx;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(parent_transactions)

BOOST_AUTO_TEST_CASE(bip143_example) {
    const auto tx = decode_parent_tx(*from_hex(kBip143Signed));
    BOOST_REQUIRE(tx.has_value());
    BOOST_TEST(to_hex(encode_parent_tx(*tx)) == kBip143Signed);
    BOOST_TEST(to_display(compute_txid(*tx)) == "ef48d9d0f595052e0f8cdcf825f7a5e50b6a388a81f206f3f4846e5ecd7a0c23");
    const Script code{*from_hex("76a91479091972186c449eb1ded22b78e40d009bdf008988ac")};
    BOOST_TEST(to_hex(segwit_sighash_all(*tx, 0, code, Amount{10 * kCoin}).view()) ==
               "64f3b0f4dd2bb3aa1ce8566d220cc74dda9df97d8490cc81d89d735c92e59fb6");
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
    BOOST_TEST(rc::check([] {
        const ParentTransaction tx = arbitrary_tx();
        RC_ASSERT(decode_parent_tx(encode_parent_tx(tx)) == tx);
        ParentTransaction bare = tx;
        for (ParentTxIn& in : bare.inputs) in.witness.clear();
        RC_ASSERT(decode_parent_tx(encode_parent_tx(tx, ParentWitness::kWithout)) == bare);
        RC_ASSERT(compute_txid(tx) == compute_txid(bare));
        RC_ASSERT(ParentTxid::from(compute_wtxid(bare)) == compute_txid(bare));
        RC_ASSERT(weight(bare) == 4 * encode_parent_tx(bare).size());
    }));
}

BOOST_AUTO_TEST_CASE(any_cut_or_addition_is_refused) {
    const Bytes good = *from_hex(kBip143Signed);
    for (size_t size = 0; size < good.size(); ++size) {
        BOOST_TEST(!decode_parent_tx(ByteView(good).first(size)).has_value());
    }
    Bytes longer = good;
    longer.push_back(0);
    BOOST_TEST(!decode_parent_tx(longer).has_value());
}

BOOST_AUTO_TEST_CASE(flags_that_mean_nothing_are_refused) {
    Bytes unknown = *from_hex(kBip143Signed);
    unknown[5] = 3;
    BOOST_TEST(!decode_parent_tx(unknown).has_value());
    // A witness without a single item.
    ParentTransaction tx;
    tx.inputs.emplace_back();
    tx.outputs.emplace_back();
    Bytes superfluous = encode_parent_tx(tx);
    superfluous.insert(superfluous.begin() + 4, {0, 1});
    superfluous.insert(superfluous.end() - 4, 0);
    BOOST_TEST(!decode_parent_tx(superfluous).has_value());
    // No inputs, no outputs, no flags: the reference reads it.
    BOOST_TEST(decode_parent_tx(*from_hex("0100000000"
                                          "00"
                                          "00000000"))
                   .has_value());
}

BOOST_AUTO_TEST_CASE(a_node_that_could_be_a_transaction) {
    ParentTransaction tx;
    tx.inputs.emplace_back();
    tx.inputs[0].script_sig.bytes.resize(4);
    tx.outputs.emplace_back();
    const Bytes bytes = encode_parent_tx(tx);
    BOOST_REQUIRE(bytes.size() == 64);
    BOOST_TEST(parses_as_transaction(bytes));
    BOOST_TEST(!parses_as_transaction(Bytes(64, 0xab)));
}

BOOST_AUTO_TEST_CASE(block_170) {
    // Height 170 of mainnet: the coinbase and the first payment.
    const char* const hex =
        "0100000055bd840a78798ad0da853f68974f3d183e2bd1db6a842c1feecf222a00000000ff104ccb05421ab93e63f8c3ce5c2c2e9dbb37"
        "de2764b3a317"
        "5c8166562cac7d51b96a49ffff001d283e9e70020100000001000000000000000000000000000000000000000000000000000000000000"
        "0000ffffffff"
        "0704ffff001d0102ffffffff0100f2052a01000000434104d46c4968bde02899d2aa0963367c7a6ce34eec332b32e42e5f3407e052d64a"
        "c625da6f0718"
        "e7b302140434bd725706957c092db53805b821a85b23a7ac61725bac000000000100000001c997a5e56e104102fa209c6a852dd90660a2"
        "0b2d9c352423"
        "edce25857fcd3704000000004847304402204e45e16932b8af514961a1d3a1a25fdf3f4f7732e9d624c6c61548ab5fb8cd410220181522"
        "ec8eca07de48"
        "60a4acdd12909d831cc56cbbac4622082221a8768d1d0901ffffffff0200ca9a3b00000000434104ae1a62fe09c5f51b13905f07f06b99"
        "a2f7159b2225"
        "f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c72a704f7e6cd84cac00286bee00000000434104"
        "11db93e1dcdb"
        "8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656"
        "b412a3ac0000"
        "0000";
    const Bytes bytes = *from_hex(hex);
    const auto block = decode_parent_block(bytes);
    BOOST_REQUIRE(block.has_value());
    BOOST_TEST(to_display(compute_hash(block->header)) ==
               "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee");
    BOOST_TEST(to_display(block->txids[1]) == "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16");
    // The payment twice: the same Merkle root, another count.
    Bytes repeated = bytes;
    const Bytes payment = encode_parent_tx(block->transactions[1]);
    const Bytes coinbase = encode_parent_tx(block->transactions[0]);
    repeated[80] = 4;
    append(repeated, coinbase);
    append(repeated, payment);
    BOOST_TEST(!decode_parent_block(repeated).has_value());
    Bytes changed = bytes;
    changed.back() ^= 1;
    BOOST_TEST(!decode_parent_block(changed).has_value());
}

BOOST_AUTO_TEST_CASE(dust_limits_of_the_relay_policy) {
    const auto limit = [](const char* hex) { return dust_limit(Script{*from_hex(hex)}); };
    BOOST_TEST(limit("76a914000000000000000000000000000000000000000088ac") == 546);
    BOOST_TEST(limit("a914000000000000000000000000000000000000000087") == 540);
    BOOST_TEST(limit("00140000000000000000000000000000000000000000") == 294);
    BOOST_TEST(limit("00200000000000000000000000000000000000000000000000000000000000000000") == 330);
    BOOST_TEST(limit("51200000000000000000000000000000000000000000000000000000000000000000") == 330);
}

BOOST_AUTO_TEST_CASE(kinds_of_scripts) {
    const auto kind = [](const char* hex) { return classify(Script{*from_hex(hex)}); };
    BOOST_TEST((kind("76a914000000000000000000000000000000000000000088ac") == OutputKind::kP2pkh));
    BOOST_TEST((kind("a914000000000000000000000000000000000000000087") == OutputKind::kP2sh));
    BOOST_TEST((kind("00140000000000000000000000000000000000000000") == OutputKind::kP2wpkh));
    BOOST_TEST((kind("5102aabb") == OutputKind::kWitnessFuture));
    BOOST_TEST(!kind("0002aabb").has_value());
    BOOST_TEST(!kind("6a").has_value());
    BOOST_TEST(!kind("").has_value());
    BOOST_TEST(!kind("51").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
