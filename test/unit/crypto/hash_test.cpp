#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "crypto/chacha20.h"
#include "crypto/hash.h"
#include "crypto/hash_writer.h"
#include "crypto/muhash.h"

using namespace sluice;

BOOST_AUTO_TEST_SUITE(hashes)

BOOST_AUTO_TEST_CASE(published_answers_for_abc) {
    const ByteView abc = as_bytes("abc");
    BOOST_TEST(to_hex(sha256(abc).view()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(to_hex(sha256d(abc).view()) == "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358");
    BOOST_TEST(to_hex(sha1(abc).view()) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    BOOST_TEST(to_hex(ripemd160(abc).view()) == "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    BOOST_TEST(to_hex(sha512(abc).view()) ==
               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    BOOST_TEST(to_hex(sha256({}).view()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(one_compression_is_sha256_without_padding) {
    // The padding block of a 64-byte message, compressed after the midstate, gives SHA-256; here: all-zero block, known
    // state.
    BOOST_TEST(to_hex(Sha256::midstate64(Bytes(64)).view()) ==
               "da5698be17b9b46962335799779fbeca8ce5d491c0d26243bafef9ea1837a9d8");
}

BOOST_AUTO_TEST_CASE(hmac_rfc4231) {
    BOOST_TEST(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There")).view()) ==
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(to_hex(hmac_sha512(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).view()) ==
               "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
               "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
    BOOST_TEST(to_hex(hmac_sha256(Bytes(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))
                          .view()) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(siphash_of_its_paper) {
    Bytes message(15);
    for (size_t i = 0; i < 15; ++i) message[i] = static_cast<uint8_t>(i);
    BOOST_TEST(siphash24(0x0706050403020100, 0x0f0e0d0c0b0a0908, message) == 0xa129ca6149be45e5);
    BOOST_TEST(siphash24(0x0706050403020100, 0x0f0e0d0c0b0a0908, {}) == 0x726fdb47dd0e0e31);
}

BOOST_AUTO_TEST_CASE(chacha20_zero_key) {
    Bytes out(70);
    chacha20_stream(Bytes(32), 0, out);
    BOOST_TEST(to_hex(ByteView(out).first(64)) ==
               "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
               "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
    BOOST_TEST(to_hex(ByteView(out).last(6)) == "9f07e7be5551");
}

BOOST_AUTO_TEST_CASE(writing_in_pieces_equals_writing_at_once) {
    BOOST_TEST(rc::check([](const std::vector<Bytes>& pieces) {
        Bytes all;
        HashWriter writer;
        for (const Bytes& piece : pieces) {
            append(all, piece);
            writer.raw(piece);
        }
        RC_ASSERT(writer.sha256d() == sha256d(all));
    }));
}

BOOST_AUTO_TEST_CASE(tagged_hash_is_bip340s) {
    const Hash256 tag = sha256(as_bytes("BIP0340/challenge"));
    Bytes bytes = to_bytes(tag.view());
    append(bytes, tag.view());
    append(bytes, as_bytes("x"));
    BOOST_TEST((tagged_hash("BIP0340/challenge", as_bytes("x")) == sha256(bytes)));
}

BOOST_AUTO_TEST_CASE(muhash_known_set) {
    // The answer of Bitcoin Core's own test: insert 0, insert 1, remove 2 (each 32 bytes, first byte set).
    const auto element = [](uint8_t i) {
        Bytes out(32);
        out[0] = i;
        return out;
    };
    MuHash3072 set;
    set.insert(element(0)).insert(element(1)).remove(element(2));
    BOOST_TEST(to_display(set.finalize()) == "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863");
}

BOOST_AUTO_TEST_CASE(muhash_forgets_order_and_undoes) {
    BOOST_TEST(rc::check([](const Bytes& a, const Bytes& b, const Bytes& c) {
        MuHash3072 left;
        left.insert(a).insert(b).remove(c);
        MuHash3072 right;
        right.remove(c).insert(b).insert(a);
        RC_ASSERT(left.finalize() == right.finalize());
        MuHash3072 both = left;
        both.combine(right).subtract(right);
        RC_ASSERT(both.finalize() == left.finalize());
        left.remove(a).remove(b).insert(c);
        RC_ASSERT(left.finalize() == MuHash3072().finalize());
    }));
}

BOOST_AUTO_TEST_SUITE_END()
