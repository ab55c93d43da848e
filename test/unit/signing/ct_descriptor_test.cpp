// The vectors of ELIP 150 and 151: confidential addresses of descriptors.
#include "signing/ct_descriptor.h"

#include <boost/test/unit_test.hpp>

#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "signing/checksum.h"

using namespace sluice;
using signing::CtDescriptor;

namespace {

// ELIP 150 writes Bitcoin's extended keys and the test chain's addresses.
ChainParams mixed_params() {
    ChainParams out = make_chain_params("elementsregtest", Options()).value();
    const ChainParams main = make_chain_params("liquidv1", Options()).value();
    out.xpub = main.xpub;
    out.xprv = main.xprv;
    out.secret_prefix = main.secret_prefix;
    return out;
}

std::string address_of(const CtDescriptor& descriptor, const ChainParams& params) {
    const Script script = descriptor.descriptor().expand(0)->scripts[0];
    const auto blinding = descriptor.blinding(script, 0);
    BOOST_REQUIRE(blinding.has_value());
    if (blinding->secret) BOOST_TEST((blinding->secret->pubkey() == blinding->key));
    return encode_address(Address{script, BlindingKey::from_view(blinding->key.view())}, params.address).value();
}

const std::string kView =
    "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL";
const std::string kSpend =
    "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH";
const std::string kMaster = "slip77(b2396b3ee20509cdb64fe24180a14a72dbd671728eaa49bac69d2bdecb5f5a04)";
const std::string kBlindingXprv =
    "xprv9s21ZrQH143K28NgQ7bHCF61hy9VzwquBZvpzTwXLsbmQLRJ6iV9k2hUBRt5qzmBaSpeMj5LdcsHaXJvM7iFEivPryRcL8irN7Na9p65UUb";
const std::string kBlindingXpub =
    "xpub661MyMwAqRbcEcT9W98HZP2kFzyzQQZkYnrRnrM8uD8kH8kSeFoQHq1x2iihLgC6PXGy5LrjCL66uSNhJ8pwjfx2rMUTLWuRMns2EG9xnjs";

}  // namespace

BOOST_AUTO_TEST_CASE(elip_150) {
    const ChainParams params = mixed_params();
    const std::vector<std::pair<std::string, std::string>> vectors = {
        {"ct(" + kView + ",elpkh(" + kSpend + "))#y0lg3d5y",
         "CTEnDa5fqGccV3g3jvp4exSQwRfb6FpGchNBF4ZrAaq8ip8gvLqHCtzw1F7d7U5gYJYXBwymgEMmJjca"},
        {"ct(" + kView + ",elwpkh(" + kSpend + "))#kt4e25qt",
         "el1qqg5s7xj7upzl7h4q2k2wj4vq63nvaktn0egqu09nqcr6d44p4evaqknpl78t02k2xqgdh9ltmfmpy9ssk7qfvrldr2dttt3ez"},
        {"ct(" + kView + ",elsh(wpkh(" + kSpend + ")))#xg9r4jej",
         "AzpnREsN1RSi4JB7rAfpywmPsvGxyygmwm9o3iZcP43svg4frVW5DXvGj5yEx6mKcPtAyHgQWVikFRCM"},
        {"ct(" + kView + ",eltr(" + kSpend + "))#c0pjjxyw",
         "el1pq0nsl8du3gsuk7r90sgm78259mmv6mt9d4yvj30zr3u052ufs5meuc2tuvwx7k7g9kvhhpux07vqpm3qjj8uwdj94650265ustv0xy8z2"
         "pc847zht4k0"},
        {"ct(" + kMaster + ",elpkh(" + kSpend + "))#hw2glz99",
         "CTEvn67jjJXDr3aDCZypTCJc6XHZ7ATyd89oXfNLQt1G2omPUpPkHA6zUAGPGF2YH4RnWfWut2f4dRSd"},
        {"ct(" + kMaster + ",elwpkh(" + kSpend + "))#545pl285",
         "el1qqdx5wnttttzulcs6ujlg9pfts6mp3r4sdwg5ekdej566n5wxzk88vknpl78t02k2xqgdh9ltmfmpy9ssk7qfvge347y58xukt"},
        {"ct(" + kMaster + ",elsh(wpkh(" + kSpend + ")))#m30vswxr",
         "AzptgrWR3xVX6Qg8mbkyZiESb6C9uy8VCUdCCmw7UtceiF5H8PdB6933YDT7vHsevK1yFmxfajdaedCH"},
        {"ct(" + kMaster + ",eltr(" + kSpend + "))#n3v4t5cs",
         "el1pq26fndnz8ef6umlz6e2755sm6j5jwxv3tdt2295mr4mx6ux0uf8vcc2tuvwx7k7g9kvhhpux07vqpm3qjj8uwdj94650265ustv0xy8zw"
         "zhhycxfhdrm"},
        {"ct(02dce16018bbbb8e36de7b394df5b5166e9adb7498be7d881a85a09aeecf76b623,"
         "elwpkh(03774eec7a3d550d18e9f89414152025b3b0ad6a342b19481f702d843cff06dfc4))#h5e0p6m9",
         "el1qq0r6pegudzm0tzpszelc34qjln4fdxawgwmgnza63wwpzdy6jrm0grmqvvk2ce5ksnxcs9ecgtnryt7xg34060uctupg60d02"},
        {"ct(" + kBlindingXprv + ",elwpkh(" + kSpend + "))#j95xktq7",
         "el1qq2r0pdvcknjpwev96qu9975alzqs78cvsut5ju82t7tv8d645dgmwknpl78t02k2xqgdh9ltmfmpy9ssk7qfvq78z9wukacu0"},
        {"ct(" + kBlindingXpub + ",elwpkh(" + kSpend + "))#elmfpmp9",
         "el1qq2r0pdvcknjpwev96qu9975alzqs78cvsut5ju82t7tv8d645dgmwknpl78t02k2xqgdh9ltmfmpy9ssk7qfvq78z9wukacu0"},
        {"ct(c25deb86fa11e49d651d7eae27c220ef930fbd86ea023eebfa73e54875647963,"
         "elwpkh(021a8fb6bd5a653b021b98a2a785725b8ddacfe3687bc043aa7f4d25d3a48d40b5))#c2kx9zll",
         "el1qq265u4g3k3m3qpyxjwpdrtnm293wuxgvs9xzmzcs2ck0mv5rx23w4d7xfsednsmmxrszfe7s9rs0c6cvf3dfyqwa4jj40uffq"},
        {"ct(0286fc9a38e765d955e9b0bcc18fa9ae81b0c893e2dd1ef5542a9c73780a086b90,"
         "elwpkh(021a8fb6bd5a653b021b98a2a785725b8ddacfe3687bc043aa7f4d25d3a48d40b5))#m5mvyh29",
         "el1qq265u4g3k3m3qpyxjwpdrtnm293wuxgvs9xzmzcs2ck0mv5rx23w4d7xfsednsmmxrszfe7s9rs0c6cvf3dfyqwa4jj40uffq"},
    };
    for (const auto& [text, address] : vectors) {
        const auto parsed = CtDescriptor::parse(text, params, true);
        BOOST_REQUIRE_MESSAGE(parsed.has_value(), text + ": " + (parsed ? "" : parsed.error().message));
        BOOST_TEST(address_of(parsed->front(), params) == address, text);
        BOOST_TEST(parsed->front().to_string() == text.substr(0, text.find('#')));
    }
}

BOOST_AUTO_TEST_CASE(elip_150_refusals) {
    const ChainParams params = mixed_params();
    const std::string key = "03774eec7a3d550d18e9f89414152025b3b0ad6a342b19481f702d843cff06dfc4";
    const std::string other = "02dce16018bbbb8e36de7b394df5b5166e9adb7498be7d881a85a09aeecf76b623";
    const std::string hex = kMaster.substr(7, 64);
    for (const std::string& text :
         {"ct(" + kMaster + ",elsh(wpkh(" + key + ")))#xxxxxxxx",
          "ct(slip77(" + hex + "," + hex + "),elsh(wpkh(" + key + ")))#qs64ccxw",
          "ct(slip77,elsh(wpkh(" + key + ")))#8p3zmumf", "ct(elsh(wpkh(" + key + ")))#u9cwz9f3",
          "ct(" + other + "," + other + ",elwpkh(" + key + "))#cnsp2qsc",
          "ct(pk(" + other + "),elwpkh(" + key + "))#nvax6rau",
          "ct(L3jXxwef3fpB7hcrFozcWgHeJCPSAFiZ1Ji2YJMPxceaGvy3PC1q,elwpkh(" + key + "))#gcy6hcfz"}) {
        BOOST_TEST(!CtDescriptor::parse(text, params, true).has_value(), text);
        const size_t at = text.find('#');
        if (text.substr(at) != "#xxxxxxxx") BOOST_TEST(!CtDescriptor::parse(text.substr(0, at), params).has_value());
    }
}

BOOST_AUTO_TEST_CASE(elip_151) {
    // The addresses are those that its first text shows, on the test chain; the main chain's ones that a later text has
    // are of other blinding keys than ELIP 150 makes of the keys beside them.
    const ChainParams params = mixed_params();
    const std::string root =
        "elwpkh(xpub661MyMwAqRbcFkPHucMnrGNzDwb6teAX1RbKQmqtEF8kK3Z7LZ59qafCjB9eCRLiTVG3uxBxgKvRgbubRhqSKXnGGb1aoaqLrpM"
        "BDrVxga8";
    struct Vector {
        std::string path;
        std::string checksum;
        std::string key;
        std::string address;
    };
    for (const Vector& each :
         {Vector{
              "/<0;1>/*)", "m47kvl05", "b3baf94d60cf8423cd257283575997a2c00664ced3e8de00f8726703142b1989",
              "el1qqt33kuqusp3amjam96zxg27wvg2ewvl69h3equtck8lk8349vrxt28w2wqel8nstvtmefmexkn9zg5hhku2u7at99v5ee3rda"},
          Vector{"/0/*)", "y0su9u33", "de9c5fb624154624146a8aea0489b30f05c720eed6b493b1f3ab63405a11bf37",
                 "el1qqwv7x220qlm8kwjewuwcdl2c88n202jx4ug7fhjdj3xt25my2zq0w8w2wqel8nstvtmefmexkn9zg5hhku2u7rs2fju6fk4n"
                 "r"}}) {
        const auto parsed = CtDescriptor::parse("ct(elip151," + root + each.path + ")#" + each.checksum, params, true);
        BOOST_REQUIRE_MESSAGE(parsed.has_value(), each.path);
        BOOST_TEST(address_of(parsed->front(), params) == each.address);
        const auto written = CtDescriptor::parse("ct(" + each.key + "," + root + each.path + ")", params);
        BOOST_TEST(written->front().to_string() == parsed->front().to_string());
        BOOST_TEST(address_of(written->front(), params) == each.address);
    }
    BOOST_TEST(!CtDescriptor::parse("ct(elip151," + root + "))#hf047rv6", params).has_value());
    BOOST_TEST(
        !CtDescriptor::parse(
             "ct(elip151,elwpkh(03d902f35f560e0470c63313c7369168d9d7df2d49bf295fd9fb7cb109ccee0494))#3fcvdxu3", params)
             .has_value());
}
