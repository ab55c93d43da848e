// A peg-out script with its proof, byte for byte as another implementation makes it from the same keys.
#include "wallet/pak.h"
#include "codec/hex.h"
#include "consensus/script/script.h"
#include "support/vectors.h"

using namespace sluice;
using nlohmann::json;

BOOST_AUTO_TEST_CASE(authorized_pegouts) {
    const char* const kFile = "liquid/pegs.json";
    const auto file = test::load_vectors(kFile);
    if (!file) return;
    const auto text = [](const json& c, const char* name) { return from_hex(c[name].get<std::string>()).value(); };
    size_t run = 0;
    for (const json& c : (*file)["cases"]) {
        if (c.value("kind", "") != "pegout script" || !c.contains("offline_xpub")) continue;
        const std::string xpub = c["offline_xpub"];
        const VersionBytes version =
            xpub.starts_with("tpub") ? VersionBytes{0x04, 0x35, 0x87, 0xcf} : VersionBytes{0x04, 0x88, 0xb2, 0x1e};
        // The case does not name its descriptor: the script shows the form; the path is the default or none.
        const Bytes expected = text(c, "pegout_script");
        const PubKey offline = PubKey::parse(text(c, "offline_key")).value();
        const SecretKey online = SecretKey::from_bytes(text(c, "online_seckey")).value();
        BOOST_TEST(to_hex(online.pubkey().view()) == c["online_key"].get<std::string>());
        const std::vector<ports::PakEntry> list{{offline, online.pubkey()}};
        const auto genesis = from_display<ParentGenesis>(c["parent_genesis"].get<std::string>()).value();
        bool found = false;
        for (const std::string& body :
             {"pkh(" + xpub + "/0/*)", "pkh(" + xpub + "/*)", "wpkh(" + xpub + "/0/*)", "sh(wpkh(" + xpub + "/0/*))"}) {
            const auto descriptor = wallet::PakDescriptor::parse(body, version);
            BOOST_REQUIRE(descriptor.has_value());
            BOOST_TEST((descriptor->offline_key() == offline));
            const auto to = descriptor->destination(c["counter"].get<uint32_t>());
            const auto made = wallet::make_authorized_pegout(list, *descriptor, *to, online, genesis);
            BOOST_REQUIRE(made.has_value());
            if (!equal(made->view(), expected)) continue;
            found = true;
            BOOST_TEST((equal(script::parse_pegout(made->view())->further[1], text(c, "whitelist_proof"))));
        }
        BOOST_TEST(found);
        ++run;
    }
    test::report_cases(kFile, run);
}
