#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"

using namespace sluice;

namespace {

Options options(std::initializer_list<std::pair<const char*, const char*>> list) {
    Options out;
    for (const auto& [name, value] : list) out.add(name, value);
    return out;
}
ChainParams made(std::string_view chain, std::initializer_list<std::pair<const char*, const char*>> list = {}) {
    auto params = make_chain_params(chain, options(list));
    BOOST_REQUIRE_MESSAGE(params.has_value(), (params ? std::string() : params.error().message));
    return *params;
}
std::string refusal(std::string_view chain, std::initializer_list<std::pair<const char*, const char*>> list) {
    const auto params = make_chain_params(chain, options(list));
    return params ? "" : params.error().message;
}

}  // namespace

// chain-params.md section 5.
BOOST_AUTO_TEST_CASE(known_chains) {
    struct {
        const char* chain;
        const char* coins;
        const char* genesis;
        const char* asset;
    } const cases[] = {
        {"liquidv1", nullptr, "1466275836220db2944ca059a3a10ef6fd2ea684b0688d2c379296888a206003",
         "6f0279e9ed041c3d710a9f57d0c02928416460c4b722ae3457a11eec381c526d"},
        {"liquidtestnet", nullptr, "a771da8e52ee6ad581ed1e9a99825e5b3b7992225534eaa2ae23244fe26ab1c1",
         "144c654344aa716d6f3abcc1ca90e5641e4e2a7f633bc09fe3baf64585819a49"},
        {"liquidv1test", nullptr, "30a45cfe152577c15aa1ce97e833a7c765a68c881d202dc875d07b4628be273b",
         "58aa58f1c7fd529d30c964f8f6062ee94d0b61b1601029724e850173c8296f33"},
        {"elementsregtest", nullptr, "cd179c84c35f51825f20a3b91a18d45f0c53b5ceb744a5b6ef8f0babe809396f",
         "b2e15d0d7a0c94e4e2ce0fe6e8691b9e451377f6e46e8045a86f7c4b5d4f0f23"},
        {"elementsregtest", "2100000000000000", "209577bda6bf4b5804bd46f8621580dd6d4e8bfa2d190e1c50e932492baca07d",
         "b2e15d0d7a0c94e4e2ce0fe6e8691b9e451377f6e46e8045a86f7c4b5d4f0f23"},
        {"liquidregtest", nullptr, "cc2641af46f536fba45aab6016f63e12a80e4c98bbb2686dafb22b9451cfe338",
         "5ac9f65c0efcc4775e0baec4ec03abdde22473cd3cf33c0419ca290e0751b225"},
    };
    for (const auto& c : cases) {
        BOOST_TEST_CONTEXT(c.chain) {
            const ChainParams params = c.coins ? made(c.chain, {{"initialfreecoins", c.coins}}) : made(c.chain);
            BOOST_TEST(to_display(params.genesis_hash) == c.genesis);
            BOOST_TEST(to_display(params.pegged_asset) == c.asset);
        }
    }
    BOOST_TEST(to_display(made("liquidv1test").subsidy_asset) == to_display(made("liquidv1").pegged_asset));
}

// Releases up to 23.3 run the public networks; a chain of one's own is safe with either version.
BOOST_AUTO_TEST_CASE(weight_of_signatures) {
    for (const char* chain : {"liquidv1", "liquidtestnet", "liquidv1test"})
        BOOST_TEST(made(chain).signature_weight == 1);
    for (const char* chain : {"elementsregtest", "mychain"}) BOOST_TEST(made(chain).signature_weight == 4);
    BOOST_TEST(made("mychain", {{"con_signature_weight", "1"}}).signature_weight == 1);
}

BOOST_AUTO_TEST_CASE(custom_chain_takes_options) {
    const ChainParams p = made("mychain", {{"signblockscript", "5121"},
                                           {"con_max_block_sig_size", "300"},
                                           {"fedpegscript", "52"},
                                           {"con_blocksubsidy", "5000000000"},
                                           {"peginconfirmationdepth", "6"},
                                           {"pchmessagestart", "01020304"},
                                           {"pubkeyprefix", "7"},
                                           {"enforce_pak", "1"},
                                           {"evbparams", "dynafed:-2:::"},
                                           {"evbparams", "dynafed:-1:::"},
                                           {"con_parentpowlimit", "0x0f"},
                                           {"testactivationheight", "segwit@7"}});
    BOOST_TEST(to_hex(p.signblockscript.view()) == "5121");
    BOOST_TEST(p.max_block_signature_size == 300U);
    BOOST_TEST(p.parent.pegin_min_depth == 6U);
    BOOST_TEST((p.network.magic == std::array<uint8_t, 4>{1, 2, 3, 4}));
    BOOST_TEST(p.address.pubkey == 7);
    BOOST_TEST(p.enforce_pak);
    BOOST_TEST(p.multi_data_permitted);
    BOOST_TEST(p.deployment(Deployment::kDynafed).start == DeploymentParams::kNeverActive);
    BOOST_TEST(p.parent.work_limit.bytes[0] == 15);
    BOOST_TEST(p.segwit_height == 7);
    BOOST_TEST(p.csv_height == 1);
    BOOST_TEST(p.subsidy_at(1) == 5'000'000'000);
    BOOST_TEST(p.subsidy_at(150) == 2'500'000'000);
    BOOST_TEST(p.subsidy_at(150 * 64) == 0);
    BOOST_TEST(to_display(p.subsidy_asset) == to_display(p.pegged_asset));
}

BOOST_AUTO_TEST_CASE(liquidv1_ignores_chain_options) {
    const ChainParams p =
        made("liquidv1", {{"signblockscript", "51"}, {"con_blocksubsidy", "1"}, {"creatediscountct", "1"}});
    BOOST_TEST(to_display(p.genesis_hash) == "1466275836220db2944ca059a3a10ef6fd2ea684b0688d2c379296888a206003");
    BOOST_TEST(p.genesis_subsidy == 0);
    BOOST_TEST(p.create_discount_ct);
}

BOOST_AUTO_TEST_CASE(wrong_options_are_named) {
    BOOST_TEST(refusal("regtest", {}).find("Bitcoin") != std::string::npos);
    BOOST_TEST(refusal("../x", {}).find("-chain") != std::string::npos);
    BOOST_TEST(refusal("c", {{"signblockscript", "5"}}).find("-signblockscript") != std::string::npos);
    BOOST_TEST(!refusal("c", {{"con_signature_weight", "2"}}).empty());
    BOOST_TEST(refusal("c", {{"con_max_block_sig_size", "-1"}}).find("-con_max_block_sig_size") != std::string::npos);
    BOOST_TEST(refusal("c", {{"con_max_block_sig_size", "ten"}}).find("-con_max_block_sig_size") != std::string::npos);
    BOOST_TEST(refusal("c", {{"pchmessagestart", "01"}}).find("-pchmessagestart") != std::string::npos);
    BOOST_TEST(refusal("c", {{"parentgenesisblockhash", "00"}}).find("-parentgenesisblockhash") != std::string::npos);
    BOOST_TEST(refusal("c", {{"evbparams", "dynafed:1"}}).find("malformed") != std::string::npos);
    BOOST_TEST(refusal("c", {{"evbparams", "nothing:1:::"}}) == "Invalid deployment (nothing)");
    BOOST_TEST(refusal("c", {{"con_elementsmode", "0"}}).find("-con_elementsmode") != std::string::npos);
    BOOST_TEST(refusal("c", {{"con_genesis_style", "dynamic"}}) == "Invalid -genesis_style (dynamic)");
    BOOST_TEST(refusal("c", {{"peginminamount", "1.005"}}) ==
               "Peg-in subsidy threshold (0.00) must be greater than or equal to peg-in minimum amount (1.005)");
    BOOST_TEST(refusal("c", {{"peginminamount", "x"}}) == "Invalid -peginminamount");
    BOOST_TEST(refusal("c", {{"dynamic_epoch_length", "0"}}).find("-dynamic_epoch_length") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(address_of_nothing_and_of_strangers) {
    const ChainParams p = made("elementsregtest");
    const auto null = decode_address("null", p.address);
    BOOST_REQUIRE(null.has_value());
    BOOST_TEST(to_hex(null->script.view()) == "6a");
    BOOST_TEST(encode_address(*null, p.address).value_or("") == "null");
    BOOST_TEST(!encode_address({Script{{0x51}}, std::nullopt}, p.address));
    BOOST_TEST(!encode_address({Script{}, std::nullopt}, p.address));
    BOOST_TEST(decode_address("ex1q7gkeyjut0mrxc3j0kjlt7rmcnvsh0gt45d3fud", p.address).error().message ==
               "Invalid or unsupported prefix for Segwit (Bech32) address (expected ert, got ex).");
    BOOST_TEST(decode_address("", p.address).error().message ==
               "Invalid checksum or length of Base58 address (P2PKH or P2SH)");
    // A blinding key that is no point falls back to the plain form.
    const Address off_curve{Script{from_hex("0014751e76e8199196d454941c45d1b3a323f1433bd6").value()},
                            BlindingKey::from_view(*from_hex("02" + std::string(64, 'f')))};
    BOOST_TEST(encode_address(off_curve, p.address).value_or("").starts_with("ert1q"));
}
