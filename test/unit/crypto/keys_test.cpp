#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "crypto/base58check.h"
#include "crypto/bip32.h"
#include "crypto/ecdsa.h"
#include "crypto/schnorr.h"
#include "crypto/seal.h"
#include "util/random.h"

using namespace sluice;

namespace {
SecretKey key_of(std::string_view hex) { return std::move(*SecretKey::from_bytes(*from_hex(hex))); }
const char* const kOne = "0000000000000000000000000000000000000000000000000000000000000001";
}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(the_generator) {
    const PubKey g = key_of(kOne).pubkey();
    BOOST_TEST(to_hex(g.view()) == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    const auto long_form =
        PubKey::parse(*from_hex("0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                                "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));
    BOOST_REQUIRE(long_form.has_value());
    BOOST_TEST(!long_form->is_compressed());
    BOOST_TEST((long_form->compressed() == g));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_key_are_refused) {
    BOOST_TEST(!SecretKey::from_bytes(Bytes(32)).has_value());
    BOOST_TEST(!SecretKey::from_bytes(Bytes(32, 0xff)).has_value());
    BOOST_TEST(!SecretKey::from_bytes(Bytes(31, 1)).has_value());
    BOOST_TEST(!PubKey::parse({}).has_value());
    BOOST_TEST(!PubKey::parse(Bytes(34, 2)).has_value());
    Bytes off_curve(33, 0);
    off_curve[0] = 2;
    off_curve[32] = 5;
    BOOST_TEST(!PubKey::parse(off_curve).has_value());
}

BOOST_AUTO_TEST_CASE(tweaks_of_both_halves_agree) {
    BOOST_TEST(rc::check([]() {
        const SecretKey key = SecretKey::generate();
        Bytes tweak(32);
        random_bytes(tweak);
        tweak[0] &= 0x7f;
        RC_ASSERT(key.add_tweak(tweak)->pubkey() == *key.pubkey().add_tweak(tweak));
        const XOnlyPubKey x = XOnlyPubKey::from(key.pubkey());
        const auto tweaked = x.add_tweak(tweak);
        RC_ASSERT(x.check_tweak(tweaked->key.view(), tweaked->is_odd, tweak));
        RC_ASSERT(!x.check_tweak(tweaked->key.view(), !tweaked->is_odd, tweak));
    }));
    // P + (-1)P is no point.
    const auto minus_one = from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140");
    BOOST_TEST(!key_of(kOne).pubkey().add_tweak(*minus_one).has_value());
    BOOST_TEST(!key_of(kOne).add_tweak(*minus_one).has_value());
}

BOOST_AUTO_TEST_CASE(ecdh_agrees) {
    const SecretKey a = SecretKey::generate();
    const SecretKey b = SecretKey::generate();
    BOOST_TEST(equal(ecdh(a, b.pubkey()).view(), ecdh(b, a.pubkey()).view()));
}

BOOST_AUTO_TEST_CASE(rfc6979_signature) {
    // Widely published: key 1, message "Satoshi Nakamoto", one SHA-256.
    const Hash256 digest = sha256(as_bytes("Satoshi Nakamoto"));
    const SecretKey key = key_of(kOne);
    BOOST_TEST(to_hex(sign_ecdsa_compact(key, digest)) ==
               "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
               "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
    const Bytes der = sign_ecdsa(key, digest);
    BOOST_TEST(verify_ecdsa(key.pubkey().view(), der, digest));
    BOOST_TEST(is_low_s(der));
    BOOST_TEST(!verify_ecdsa(key.pubkey().view(), der, sha256(as_bytes("other"))));
    BOOST_TEST(verify_ecdsa_compact(key.pubkey(), sign_ecdsa_compact(key, digest), digest));
}

// Bitcoin's own vectors for deterministic signatures with a low R.
BOOST_AUTO_TEST_CASE(signatures_have_a_low_r) {
    const Hash256 digest = sha256d(as_bytes("Very deterministic message"));
    BOOST_TEST(to_hex(sign_ecdsa(key_of("12b004fff7f4b69ef8650e767f18f11ede158148b425660723b9f9a66e61f747"), digest)) ==
               "304402205dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d"
               "022014ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6");
    BOOST_TEST(to_hex(sign_ecdsa(key_of("b524c28b61c9b2c49b2c7dd4c2d75887abb78768c054bd7c01af4029f6c0d117"), digest)) ==
               "3044022052d8a32079c11e79db95af63bb9600c5b04f21a9ca33dc129c2bfa8ac9dc1cd5"
               "022061d8ae5e0f6c1a16bde3719c64c2fd70e404b6428ab9a69566962e8771b5944d");
    for (uint8_t i = 0; i < 32; ++i) BOOST_TEST(sign_ecdsa(key_of(kOne), sha256(Bytes{i})).size() <= 70U);
}

BOOST_AUTO_TEST_CASE(lax_der_and_high_s_verify_as_consensus_demands) {
    const Hash256 digest = sha256(as_bytes("Satoshi Nakamoto"));
    const PubKey key = key_of(kOne).pubkey();
    const std::string r = "00934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8";
    const std::string s = "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5";
    const std::string high_s = "00dbbd3162d46e9f9bef7feb87c16dc13b4f6568a87f4e83f728e2443ba586675c";
    const auto verify = [&](const std::string& hex) { return verify_ecdsa(key.view(), *from_hex(hex), digest); };
    BOOST_TEST(
        verify("3045"
               "0221" +
               r + "0220" + s));
    BOOST_TEST(
        verify("3046"
               "0221" +
               r + "0221" + high_s));
    BOOST_TEST(!is_low_s(*from_hex("30460221" + r + "0221" + high_s)));
    BOOST_TEST(
        verify("3000"
               "0221" +
               r + "0220" + s));  // a wrong length of the whole
    BOOST_TEST(
        verify("30820045"
               "0221" +
               r + "0220" + s + "deadbeef"));  // long form; rubbish after the end
    BOOST_TEST(
        verify("3045"
               "028121" +
               r + "0283000020" + s));  // long lengths with zeros in front
    BOOST_TEST(
        verify("3045"
               "0223"
               "0000" +
               r + "0220" + s));  // needless zeros
    BOOST_TEST(
        !verify("3045"
                "0221" +
                r + "0221" + s));  // cut short
    BOOST_TEST(!verify(""));
    BOOST_TEST(!verify("30"));
    BOOST_TEST(!verify("3006020100020100"));
    BOOST_TEST(!verify_ecdsa({}, *from_hex("30450221" + r + "0220" + s), digest));
}

BOOST_AUTO_TEST_CASE(strict_der) {
    const std::string r = "00934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8";
    const std::string s = "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5";
    const auto strict = [](const std::string& hex) { return is_strict_der(*from_hex(hex)); };
    BOOST_TEST(strict("30450221" + r + "0220" + s + "01"));
    BOOST_TEST(!strict("30450221" + r + "0220" + s));
    BOOST_TEST(!strict("30460221" + r + "0220" + s + "01"));
    BOOST_TEST(!strict("30440220" + r.substr(2) + "0220" + s + "01"));  // negative R
    BOOST_TEST(!strict("30460221" + r + "022100" + s + "01"));          // needless zero in S
    BOOST_TEST(strict("300602010102010101"));
    BOOST_TEST(!strict("3005020002010101"));
    BOOST_TEST(!strict("300602010102010001ff"));
}

BOOST_AUTO_TEST_CASE(strict_der_never_reads_past_the_end) {
    rc::check([](const Bytes& bytes) {
        (void)is_strict_der(bytes);
        (void)is_low_s(bytes);
        (void)verify_ecdsa(*from_hex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"), bytes, {});
    });
}

BOOST_AUTO_TEST_CASE(schnorr_bip340_vectors) {
    const SecretKey three = key_of("0000000000000000000000000000000000000000000000000000000000000003");
    const Bytes signature = sign_schnorr(three, Bytes(32), Bytes(32));
    BOOST_TEST(to_hex(signature) ==
               "e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215"
               "25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0");
    BOOST_TEST(verify_schnorr(XOnlyPubKey::from(three.pubkey()).view(), Bytes(32), signature));
    BOOST_TEST(!verify_schnorr(XOnlyPubKey::from(three.pubkey()).view(), Bytes(31), signature));
    // Vector 15: the empty message.
    BOOST_TEST(verify_schnorr(*from_hex("778caa53b4393ac467774d09497a87224bf9fab6f6e68b23086497324d6fd117"), {},
                              *from_hex("71535db165ecd9fbbc046e5ffaea61186bb6ad436732fccc25291a55895464cf"
                                        "6069ce26bf03466228f19a3a62db8a649f2d560fac652827d1af0574e427ab63")));
}

BOOST_AUTO_TEST_CASE(bip32_vector_1) {
    const VersionBytes xpub{0x04, 0x88, 0xb2, 0x1e};
    const VersionBytes xprv{0x04, 0x88, 0xad, 0xe4};
    const auto master = ExtSecretKey::from_seed(*from_hex("000102030405060708090a0b0c0d0e0f"));
    BOOST_REQUIRE(master.has_value());
    BOOST_TEST(master->encode(xprv) ==
               "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yu"
               "GBxrMPHi");
    const auto deep = master->derive({kHardened, 1, kHardened | 2, 2, 1000000000});
    BOOST_REQUIRE(deep.has_value());
    const std::string text =
        "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTH"
        "y";
    BOOST_TEST(deep->neuter().encode(xpub) == text);
    BOOST_TEST(deep->encode(xprv) ==
               "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNd"
               "E3BBDu76");
    const auto parsed = ExtPubKey::decode(text, xpub);
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->encode(xpub) == text);
    BOOST_TEST(!ExtPubKey::decode(text, xprv).has_value());
    // Public derivation meets private derivation.
    BOOST_TEST((parsed->derive(7)->key() == deep->derive(7)->key().pubkey()));
    BOOST_TEST(!parsed->derive(kHardened).has_value());
    BOOST_TEST(ExtSecretKey::decode(deep->encode(xprv), xprv)->neuter().encode(xpub) == text);
}

BOOST_AUTO_TEST_CASE(base58check_addresses) {
    BOOST_TEST(base58check_encode(*from_hex("00f54a5851e9372b87810a8e60cdd2e7cfd80b6e31")) ==
               "1PMycacnJaSqwwJqjawXBErnLsZ7RkXUAs");
    BOOST_TEST(to_hex(base58check_decode("1PMycacnJaSqwwJqjawXBErnLsZ7RkXUAs", 21).value()) ==
               "00f54a5851e9372b87810a8e60cdd2e7cfd80b6e31");
    BOOST_TEST(!base58check_decode("1PMycacnJaSqwwJqjawXBErnLsZ7RkXUAt", 21).has_value());
    BOOST_TEST(!base58check_decode("1PMycacnJaSqwwJqjawXBErnLsZ7RkXUAs", 20).has_value());
}

BOOST_AUTO_TEST_CASE(sealed_boxes) {
    const Bytes secret = to_bytes(as_bytes("a wallet seed"));
    Bytes box = seal(secret, "correct horse");
    BOOST_TEST((open_sealed(box, "correct horse").value() == secret));
    BOOST_TEST(!open_sealed(box, "wrong").has_value());
    for (const size_t at : {size_t{10}, size_t{40}, box.size() - 1}) {
        box[at] ^= 1;
        BOOST_TEST(!open_sealed(box, "correct horse").has_value());
        box[at] ^= 1;
    }
    box[5] = 63;  // a cost that would take all memory
    BOOST_TEST(!open_sealed(box, "correct horse").has_value());
    BOOST_TEST(!open_sealed(ByteView(box).first(20), "correct horse").has_value());
    BOOST_TEST(seal({}, "x").size() > 16);
}

BOOST_AUTO_TEST_SUITE_END()
