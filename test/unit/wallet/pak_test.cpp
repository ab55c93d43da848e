// Peg-out authorization: descriptors, the destinations they give, proofs that the verifier takes, and the stored
// record.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "confidential/whitelist_proof.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "wallet/pak.h"
#include "wallet/records.h"

using namespace sluice;
using namespace sluice::wallet;

namespace {

constexpr VersionBytes kVersion = {0x04, 0x88, 0xb2, 0x1e};

// An offline wallet: its account key's secret stays out of everything that is tested.
struct Offline {
    ExtSecretKey account = ExtSecretKey::from_seed(Bytes(32, 7)).value();
    std::string xpub = account.neuter().encode(kVersion);

    [[nodiscard]] PakDescriptor descriptor(const std::string& before, const std::string& after) const {
        return PakDescriptor::parse(before + xpub + after, kVersion).value();
    }
};

SecretKey online_key(uint8_t which) { return SecretKey::from_bytes(Bytes(32, which)).value(); }

}  // namespace

BOOST_FIXTURE_TEST_CASE(destinations_are_those_of_the_offline_wallet, Offline) {
    const PubKey key = account.derive({0, 1, 5}).value().key().pubkey();
    const Script program = script::make_p2wpkh(key.hash160());
    BOOST_TEST((descriptor("pkh(", "/0/1/*)").destination(5)->script == script::make_p2pkh(key.hash160())));
    BOOST_TEST((descriptor("wpkh([00112233/84h/0']", "/0/1/*)").destination(5)->script == program));
    BOOST_TEST((descriptor("sh(wpkh(", "/0/1/*))").destination(5)->script == script::p2sh_of(program)));
    const PakDescriptor plain = descriptor("", "");
    BOOST_TEST(plain.text() == "pkh(" + xpub + "/0/*)");
    BOOST_TEST((plain.destination(2)->key == account.derive({0, 2}).value().key().pubkey()));
}

BOOST_FIXTURE_TEST_CASE(other_descriptors_are_refused, Offline) {
    for (const std::string& text :
         {"pk(" + xpub + "/0/*)", "pkh(" + xpub + ")", "pkh(" + xpub + "/0)", "pkh(" + xpub + "/0h/*)",
          "pkh(" + xpub + "/*h)", "pkh(" + xpub + "/2147483648/*)", "pkh(" + xpub + "//*)", "sh(wpkh(" + xpub + "/0/*)",
          "pkh([00112233" + xpub + "/0/*)", std::string("pkh("), std::string("pkh()"), std::string(),
          std::string("pkh(*)"), xpub + "/0/*"}) {
        BOOST_TEST(!PakDescriptor::parse(text, kVersion).has_value(), text);
    }
    BOOST_TEST(!PakDescriptor::parse("pkh(" + xpub + "/0/*)", VersionBytes{4, 0x35, 0x87, 0xcf}).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_listed_wallet_proves_without_the_offline_secret, Offline) {
    const PakDescriptor mine = descriptor("wpkh(", "/3/*)");
    const PubKey stranger = online_key(9).pubkey();
    const std::vector<ports::PakEntry> list{{stranger, online_key(2).pubkey()},
                                            {mine.offline_key(), online_key(1).pubkey()}};
    ParentGenesis genesis;
    const auto to = mine.destination(11);
    const auto script = make_authorized_pegout(list, mine, *to, online_key(1), genesis);
    BOOST_REQUIRE(script.has_value());
    const auto shape = script::parse_pegout(script->view());
    BOOST_REQUIRE(shape.has_value());
    BOOST_REQUIRE(shape->further.size() == 2u);
    BOOST_TEST((equal(shape->destination, to->script.view())));
    BOOST_TEST((equal(shape->further[0], to->key.view())));
    const std::vector<PubKey> online{list[0].online, list[1].online};
    const std::vector<PubKey> offline{list[0].offline, list[1].offline};
    BOOST_TEST(confidential::verify_whitelist_proof(online, offline, to->key, shape->further[1]));
    BOOST_TEST(!confidential::verify_whitelist_proof(online, offline, mine.destination(12)->key, shape->further[1]));

    BOOST_TEST(make_authorized_pegout(list, mine, *to, online_key(3), genesis)
                   .error()
                   .message.starts_with("Given online key"));
    BOOST_TEST(make_authorized_pegout(list, mine, *to, online_key(2), genesis)
                   .error()
                   .message.starts_with("Given bitcoin_descriptor"));
}

BOOST_AUTO_TEST_CASE(the_record_is_as_documented) {
    const PakRecord record{"abc", 3, Script{{0x51}}};
    const Bytes stored = encode_pak_record(record);
    BOOST_TEST(to_hex(stored) ==
               "03616263"
               "03000000"
               "0151");
    const auto back = decode_pak_record(stored);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->descriptor == record.descriptor);
    BOOST_TEST(back->counter == record.counter);
    BOOST_TEST((back->online == record.online));
    Bytes longer = stored;
    longer.push_back(0);
    BOOST_TEST(!decode_pak_record(longer).has_value());
    BOOST_TEST(!decode_pak_record(ByteView(stored).first(stored.size() - 1)).has_value());
}
