// Which scripts and addresses descriptors stand for, and how they are refused.
#include "signing/descriptor.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "signing/checksum.h"
#include "unit/signing/bip_descriptors.h"

using namespace sluice;
using signing::Descriptor;

namespace {

const std::string kXprv =
    "tprv8ZgxMBicQKsPd7Uf69XL1XwhmjHopUGep8GuEiJDZmbQz6o58LninorQAfcKZWARbtRtfnLcJ5MQ2AtHcQJCCRUcMRvmDUjyEmNUWwx8UbK";
const std::string kXpub =
    "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B";
const std::string kKey = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

const ChainParams& params() {
    static const ChainParams made = make_chain_params("elementsregtest", Options()).value();
    return made;
}

Descriptor one(const std::string& text) {
    auto parsed = Descriptor::parse(text, params());
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), text + ": " + (parsed ? "" : parsed.error().message));
    BOOST_REQUIRE_EQUAL(parsed->size(), 1u);
    return std::move(parsed->front());
}
std::string address(const std::string& text, uint32_t index = 0) {
    const auto made = one(text).expand(index);
    if (!made) return "needs secrets";
    return encode_address(Address{made->scripts.front(), {}}, params().address).value_or("none");
}
std::string script(const std::string& text) {
    const auto made = one(text).expand(0);
    return made ? to_hex(made->scripts.front().view()) : "needs secrets";
}
std::string refusal(const std::string& text, bool checksum = false) {
    const auto parsed = Descriptor::parse(text, params(), checksum);
    return parsed ? "" : parsed.error().message;
}

}  // namespace

BOOST_AUTO_TEST_CASE(extended_keys_lead_to_addresses) {
    const std::string expected = "ert1qjqmxmkpmxt80xz4y3746zgt0q3u3ferrfpgxn5";
    BOOST_TEST(address("wpkh(" + kXprv + "/1/1/0)") == expected);
    BOOST_TEST(address("wpkh(" + kXpub + "/1/1/0)") == expected);
    BOOST_TEST(address("wpkh(" + kXpub + "/1/1/*)", 0) == expected);
    BOOST_TEST(address("wpkh(" + kXprv + "/1/1/*)", 1) == "ert1qhku5rq7jz8ulufe2y6fkcpnlvpsta7rqdpq5ny");
    BOOST_TEST(address("wpkh(" + kXprv + "/1/1/*)", 2) == "ert1qpgptk2gvshyl0s9lqshsmx932l9ccsv2zq7jrq");
    BOOST_TEST(address("wpkh(" + kXprv + "/1/1/*)", 2147483647) == "ert1qtzs23vgzpreks5gtygwxf8tv5rldxvvsua5ngg");
    BOOST_TEST(address("wpkh(" + kXpub + "/1'/1/0)") == "needs secrets");
    BOOST_TEST(address("wpkh(" + kXprv + "/1'/1/*h)", 7) != "needs secrets");
}

BOOST_AUTO_TEST_CASE(a_multipath_descriptor_is_several) {
    const auto parsed = Descriptor::parse("wpkh(" + kXprv + "/1/<0;1>/*)", params());
    BOOST_REQUIRE(parsed.has_value());
    BOOST_REQUIRE_EQUAL(parsed->size(), 2u);
    BOOST_TEST(parsed->at(0).to_string() == "wpkh(" + kXpub + "/1/0/*)");
    BOOST_TEST(parsed->at(1).to_string() == "wpkh(" + kXpub + "/1/1/*)");
    BOOST_TEST(parsed->at(0).has_secrets());
    BOOST_TEST(refusal("wpkh(" + kXpub + "/<0>/*)") == "Multipath key path specifiers must have at least two items");
    BOOST_TEST(refusal("wpkh(" + kXpub + "/<0;0>/*)") == "Duplicated key path value 0 in multipath specifier");
    BOOST_TEST(refusal("wpkh(" + kXpub + "/<0;1>/<0;1>)") == "Multiple multipath key path specifiers found");
    BOOST_TEST(refusal("multi(1," + kXpub + "/<0;1>," + kXpub + "/<0;1;2>)") ==
               "multi(): Multipath derivation paths have mismatched lengths");
}

BOOST_AUTO_TEST_CASE(texts_are_kept_and_secrets_are_not) {
    for (const std::string& text : {"pk(" + kKey + ")", "sh(wsh(pkh(" + kKey + ")))", "combo(" + kKey + ")",
                                    "pkh([d34db33f/44h/0h/0h]" + kXpub + "/1/*)", "pkh(" + kXpub + "/1'/2)",
                                    "wsh(sortedmulti(1," + kXpub + "/1/0/*," + kXpub + "/0/0/*))",
                                    "tr(" + kKey + ",{pk(" + kKey + "),multi_a(1," + kKey + "," + kXpub + "/0)})",
                                    "rawtr(" + kKey + ")", std::string("raw(6a00)")}) {
        BOOST_TEST(one(text).to_string() == text);
        BOOST_TEST(one(text + "#" + signing::descriptor_checksum(text)).to_string() == text);
        BOOST_TEST(!one(text).has_secrets());
    }
    BOOST_TEST(one("pk(" + kXprv + "/0h)").to_string() == "pk(" + kXpub + "/0h)");
    BOOST_TEST(one("pkh(" + kXpub + "/*)").is_range());
    BOOST_TEST(!one("pkh(" + kXpub + ")").is_range());
    BOOST_TEST(!one("raw(51)").is_solvable());
    BOOST_TEST(one("rawtr(" + kKey + ")").is_solvable());
}

// BIP 386.
BOOST_AUTO_TEST_CASE(taproot_outputs) {
    BOOST_TEST(script("rawtr(a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd)") ==
               "5120a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd");
    // Elements tags its hashes otherwise than Bitcoin: two leaves, in either order, make one output.
    const std::string a = "pk(" + kKey + ")";
    const std::string b = "multi_a(1," + kKey + ")";
    const std::string internal = "tr(a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd";
    BOOST_TEST(script(internal + ",{" + a + "," + b + "})") == script(internal + ",{" + b + "," + a + "})"));
    BOOST_TEST(script(internal + "," + a + ")") != script(internal + "," + b + ")"));
    BOOST_TEST(script(internal + ")") != script(internal + "," + a + ")"));
}

BOOST_AUTO_TEST_CASE(scripts_of_an_expansion_come_with_what_signs_them) {
    const auto made = one("sh(wsh(multi(1," + kXprv + "/0h/1," + kKey + ")))").expand(0, true);
    BOOST_REQUIRE(made.has_value());
    BOOST_TEST(made->keys.secrets.size() == 1u);
    BOOST_TEST(made->keys.redeem_scripts.size() == 1u);
    BOOST_TEST(made->keys.witness_scripts.size() == 1u);
    BOOST_TEST(made->texts.front().starts_with("sh(wsh(multi(1,[0c5f9a1e/0h/1]0"));
    BOOST_TEST(one("combo(" + kKey + ")").expand(0)->scripts.size() == 4u);
}

BOOST_AUTO_TEST_CASE(bip_vectors) {
    const ChainParams main = make_chain_params("liquidv1", Options()).value();
    for (const test::DescriptorVector& each : test::descriptor_vectors()) {
        const auto given = Descriptor::parse(each.given, main);
        BOOST_REQUIRE_MESSAGE(given.has_value(), each.given + (given ? "" : ": " + given.error().message));
        const auto open = Descriptor::parse(each.without_secrets, main);
        BOOST_REQUIRE_MESSAGE(open.has_value(), each.without_secrets);
        BOOST_TEST(given->front().to_string() == each.without_secrets);
        BOOST_TEST(given->front().normalized(main)->text == each.normalized);
        BOOST_TEST(given->front().has_secrets());
        BOOST_TEST(!open->front().has_secrets());
        for (uint32_t index = 0; index < each.scripts.size(); ++index) {
            const auto made = given->front().expand(index);
            BOOST_REQUIRE_MESSAGE(made.has_value(), each.given);
            std::vector<std::string> scripts;
            for (const Script& script : made->scripts) scripts.push_back(to_hex(script.view()));
            BOOST_TEST(scripts == each.scripts[index], boost::test_tools::per_element());
            const auto from_open = open->front().expand(index);
            if (from_open) BOOST_TEST((from_open->scripts == made->scripts), each.given);
        }
    }
}

// BIP 380.
BOOST_AUTO_TEST_CASE(checksums) {
    BOOST_TEST(signing::descriptor_checksum("raw(deadbeef)") == "89f8spxm");
    BOOST_TEST(signing::strip_checksum("raw(deadbeef)#89f8spxm", true).value() == "raw(deadbeef)");
    BOOST_TEST(signing::strip_checksum("raw(deadbeef)", false).has_value());
    for (const char* wrong : {"raw(deadbeef)", "raw(deadbeef)#", "raw(deadbeef)#89f8spxmx", "raw(deadbeef)#89f8spx",
                              "raw(deedbeef)#89f8spxm", "raw(deedbeef)##9f8spxm", "raw(\xc3\x9c)#00000000"})
        BOOST_TEST(!signing::strip_checksum(wrong, true).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(what_is_stored_has_no_secrets_and_takes_them_back) {
    const std::string wif = "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA";  // of key 1
    for (const std::string& text :
         {"wpkh(" + kXprv + "/84h/1h/0h/0/*)", "wpkh([d34db33f/44'/0']" + kXprv + "/7/*)", "pk(" + wif + ")",
          "tr(" + wif + ",{pk(" + kXprv + "/1h/2/*),multi_a(1," + kKey + "," + kXprv + "/3)})",
          "sh(wsh(sortedmulti(2," + kXprv + "/1/*," + wif +
              ",02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5)))",
          "combo(" + kXprv + "/1/*h)"}) {
        const Descriptor given = one(text);
        const auto normal = given.normalized(params());
        BOOST_REQUIRE_MESSAGE(normal.has_value(), text);
        Descriptor stored = one(normal->text);
        BOOST_TEST(!stored.has_secrets());
        BOOST_TEST(stored.normalized(params())->text == normal->text);
        const auto public_half = stored.expand(5);
        if (public_half) BOOST_TEST((public_half->scripts == given.expand(5)->scripts), text);
        stored.give_secrets([&](const PubKey& base) -> std::optional<SecretKey> {
            for (const auto& each : normal->secrets) {
                if (each.key == base) return each.secret.clone();
            }
            return std::nullopt;
        });
        BOOST_TEST((stored.expand(5)->scripts == given.expand(5)->scripts), text);
        const auto before = given.expand(5, true);
        const auto after = stored.expand(5, true);
        BOOST_TEST(before->keys.secrets.size() == after->keys.secrets.size(), text);
        for (const auto& [id, secret] : before->keys.secrets) BOOST_TEST(after->keys.secrets.contains(id), text);
        // Origins say the same.
        BOOST_TEST((before->texts == after->texts), text);
        BOOST_TEST((one(stored.secret_text(params())).expand(5)->scripts == given.expand(5)->scripts), text);
        BOOST_TEST(given.secret_text(params()) == text);
    }
    BOOST_TEST(!one("wpkh(" + kXpub + "/0h)").normalized(params()).has_value());
    BOOST_TEST(one("wpkh([d34db33f/44']" + kKey + ")").normalized(params())->text ==
               "wpkh([d34db33f/44h]" + kKey + ")");
}

BOOST_AUTO_TEST_CASE(kinds_of_outputs) {
    using signing::OutputKind;
    BOOST_TEST((one("pkh(" + kKey + ")").output_kind() == OutputKind::kLegacy));
    BOOST_TEST((one("sh(multi(1," + kKey + "))").output_kind() == OutputKind::kLegacy));
    BOOST_TEST((one("sh(wsh(pk(" + kKey + ")))").output_kind() == OutputKind::kNestedSegwit));
    BOOST_TEST((one("wsh(pk(" + kKey + "))").output_kind() == OutputKind::kBech32));
    BOOST_TEST((one("tr(" + kKey + ")").output_kind() == OutputKind::kBech32m));
    BOOST_TEST(!one("pk(" + kKey + ")").output_kind().has_value());
    BOOST_TEST(!one("combo(" + kKey + ")").output_kind().has_value());
    BOOST_TEST(one("combo(" + kKey + ")").is_combo());
}

BOOST_AUTO_TEST_CASE(refusals) {
    BOOST_TEST(refusal("") == "'' is not a valid descriptor function");
    BOOST_TEST(refusal("a", true) == "Missing checksum");
    BOOST_TEST(refusal("pk(" + kKey + ")#00000000").starts_with("Provided checksum '00000000' does not match"));
    BOOST_TEST(refusal("pk(" + kKey + ")#000").starts_with("Expected 8 character checksum, not 3"));
    BOOST_TEST(refusal("pk()") == "pk(): No key provided");
    BOOST_TEST(refusal("pk(xyz)") == "pk(): key 'xyz' is not valid");
    BOOST_TEST(refusal("wpkh([12]" + kKey + ")").starts_with("wpkh(): Fingerprint is not 4 bytes"));
    BOOST_TEST(refusal("pkh(" + kXpub + "/2147483648)") == "pkh(): Key path value 2147483648 is out of range");
    BOOST_TEST(refusal("wsh(wpkh(" + kKey + "))") == "Can only have wpkh() at top level or inside sh()");
    BOOST_TEST(refusal("sh(sh(pk(" + kKey + ")))") == "Can only have sh() at top level");
    BOOST_TEST(refusal("multi(2," + kKey + ")").starts_with("Multisig threshold cannot be larger"));
    BOOST_TEST(refusal("multi(0," + kKey + ")") == "Multisig threshold cannot be 0, must be at least 1");
    BOOST_TEST(refusal("multi_a(1," + kKey + ")") == "Can only have multi_a/sortedmulti_a inside tr()");
    BOOST_TEST(refusal("addr(nonsense)") == "Address is not valid");
    BOOST_TEST(refusal("tr(" + kKey + ",{pk(" + kKey + ")") != "");
    BOOST_TEST(refusal("wsh(and_v(v:pk(" + kKey + "),older(1)))").ends_with("which this program does not read"));
    // Brackets without end, deep nesting: refused, not followed.
    BOOST_TEST(refusal("tr(" + kKey + "," + std::string(100'000, '{')) != "");
    BOOST_TEST(refusal("sh(" + std::string(100'000, '(')) != "");
}
