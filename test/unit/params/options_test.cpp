// Every option that defines a chain changes what it is for, on every kind of chain that takes it (chain-params.md
// section 8).
#include <boost/test/unit_test.hpp>
#include <functional>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"

using namespace sluice;

namespace {

using List = std::vector<std::pair<std::string, std::string>>;

Result<ChainParams> make(std::string_view chain, const List& list) {
    Options options;
    for (const auto& [name, value] : list) options.add(name, value);
    return make_chain_params(chain, options);
}

std::string text(const AddressFormat& a) {
    return std::to_string(a.pubkey) + "," + std::to_string(a.script) + "," + std::to_string(a.blinded) + "," +
           a.bech32_hrp + "," + a.blech32_hrp;
}

// One chain-defining option: how it is given, and what of the parameters shows it.
struct Row {
    std::string name;
    std::string value;
    std::function<std::string(const ChainParams&)> seen;
    std::string expected;
    bool on_liquidv1test = true;
    List with = {};  // options without which it may not be given
};

std::string yes(bool value) { return value ? "1" : "0"; }
std::string deployment(const ChainParams& p, Deployment which) {
    const DeploymentParams& d = p.deployment(which);
    return std::to_string(d.start) + ":" + std::to_string(d.timeout) + ":" + std::to_string(d.min_activation_height) +
           ":" + std::to_string(d.period.value_or(0)) + ":" + std::to_string(d.threshold.value_or(0));
}

const std::string kHash = "00000000000000000000000000000000000000000000000000000000000000ab";

std::vector<Row> rows() {
    using P = const ChainParams&;
    const List no_parent{{"parentgenesisblockhash", "0"}};
    return {
        {"con_nsubsidyhalvinginterval", "7", [](P p) { return std::to_string(p.subsidy_halving_interval); }, "7"},
        {"con_blocksubsidy", "5000", [](P p) { return std::to_string(p.subsidy_at(1)); }, "5000"},
        {"con_bip34height", "11", [](P p) { return std::to_string(p.bip34_height); }, "11"},
        {"con_bip34hash", kHash, [](P p) { return to_display(p.bip34_hash); }, kHash},
        {"con_bip65height", "12", [](P p) { return std::to_string(p.bip65_height); }, "12"},
        {"con_bip66height", "13", [](P p) { return std::to_string(p.bip66_height); }, "13"},
        {"con_csv_deploy_start", "14", [](P p) { return std::to_string(p.csv_height); }, "14", false},
        {"con_npowtargettimespan", "99", [](P p) { return std::to_string(p.spacing.target_timespan); }, "99"},
        {"con_npowtargetspacing", "98", [](P p) { return std::to_string(p.spacing.target_spacing); }, "98"},
        {"con_nrulechangeactivationthreshold", "3", [](P p) { return std::to_string(p.threshold); }, "3"},
        {"con_nminerconfirmationwindow", "4", [](P p) { return std::to_string(p.window); }, "4"},
        {"con_defaultassumevalid", kHash, [](P p) { return to_display(p.assume_valid); }, kHash},
        {"dynamic_epoch_length", "17", [](P p) { return std::to_string(p.epoch_length); }, "17"},
        {"total_valid_epochs", "5", [](P p) { return std::to_string(p.total_valid_epochs); }, "5"},
        {"pak", "abcd",
         [](P p) { return std::to_string(p.first_extension_space.size()) + to_hex(p.first_extension_space[0]); },
         "1abcd"},
        {"npruneafterheight", "77", [](P p) { return std::to_string(p.prune_after_height); }, "77"},
        {"fdefaultconsistencychecks", "1", [](P p) { return yes(p.default_consistency_checks); }, "1"},
        {"bech32_hrp", "xx", [](P p) { return p.address.bech32_hrp; }, "xx"},
        {"blech32_hrp", "yy", [](P p) { return p.address.blech32_hrp; }, "yy"},
        {"pubkeyprefix", "1", [](P p) { return std::to_string(p.address.pubkey); }, "1"},
        {"scriptprefix", "2", [](P p) { return std::to_string(p.address.script); }, "2"},
        {"blindedprefix", "3", [](P p) { return std::to_string(p.address.blinded); }, "3"},
        {"secretprefix", "4", [](P p) { return std::to_string(p.secret_prefix); }, "4"},
        {"extpubkeyprefix", "01020304", [](P p) { return to_hex(p.xpub); }, "01020304"},
        {"extprvkeyprefix", "05060708", [](P p) { return to_hex(p.xprv); }, "05060708"},
        {"parentpubkeyprefix", "5", [](P p) { return std::to_string(p.parent.address.pubkey); }, "5"},
        {"parentscriptprefix", "6", [](P p) { return std::to_string(p.parent.address.script); }, "6"},
        {"parent_bech32_hrp", "pp", [](P p) { return p.parent.address.bech32_hrp; }, "pp"},
        {"parent_blech32_hrp", "qq", [](P p) { return p.parent.address.blech32_hrp; }, "qq"},
        {"pchmessagestart", "0a0b0c0d", [](P p) { return to_hex(p.network.magic); }, "0a0b0c0d"},
        {"seednode", "seed.example", [](P p) { return p.network.seeds.empty() ? "" : p.network.seeds[0]; },
         "seed.example"},
        {"signblockscript", "5152", [](P p) { return to_hex(p.genesis.header.proof().challenge.view()); }, "5152"},
        {"con_max_block_sig_size", "333", [](P p) { return std::to_string(p.max_block_signature_size); }, "333"},
        {"con_signature_weight", "4", [](P p) { return std::to_string(p.signature_weight); }, "4"},
        {"con_mandatorycoinbase", "53", [](P p) { return to_hex(p.mandatory_coinbase_destination.view()); }, "53"},
        {"con_connect_genesis_outputs", "0", [](P p) { return yes(p.connect_genesis_outputs); }, "0"},
        {"initialfreecoins", "4242",
         [](P p) { return std::to_string(p.genesis.transactions.at(1)->tx.outputs.at(0).value.explicit_value().sat); },
         "4242"},
        {"initialreissuancetokens", "7",
         [](P p) { return std::to_string(p.genesis.transactions.at(1)->tx.outputs.back().value.explicit_value().sat); },
         "7"},
        {"subsidyasset", kHash, [](P p) { return to_display(p.subsidy_asset); }, kHash},
        {"feeasset", kHash, [](P p) { return to_display(p.policy_asset); }, kHash},
        {"anyonecanspendaremine", "1", [](P p) { return yes(p.anyone_can_spend_are_mine); }, "1"},
        {"con_has_parent_chain", "0", [](P p) { return yes(p.parent.exists); }, "0", true, no_parent},
        {"parentgenesisblockhash",
         kHash,
         [](P p) { return to_display(p.parent.genesis); },
         kHash,
         true,
         {{"con_has_parent_chain", "1"}}},
        {"con_parentpowlimit", kHash, [](P p) { return to_display(p.parent.work_limit); }, kHash},
        {"con_parent_chain_signblockscript", "51",
         [](P p) { return to_hex(p.parent.signblockscript.view()) + yes(p.parent.has_work()); }, "510"},
        {"con_parent_pegged_asset", kHash, [](P p) { return to_display(p.parent.pegged_asset); }, kHash},
        {"peginconfirmationdepth", "3", [](P p) { return std::to_string(p.parent.pegin_min_depth); }, "3"},
        {"fedpegscript", "5153", [](P p) { return to_hex(p.fedpegscript.view()); }, "5153"},
        {"con_start_p2wsh_script", "1", [](P p) { return yes(p.start_p2wsh_script); }, "1"},
        {"vbparams", "testdummy:20:30:40", [](P p) { return deployment(p, Deployment::kTestDummy); }, "20:30:40:0:0",
         false},
        {"evbparams", "taproot:21:31:41:51", [](P p) { return deployment(p, Deployment::kTaproot); }, "21:31:0:41:51"},
        {"testactivationheight", "segwit@9", [](P p) { return std::to_string(p.segwit_height); }, "9", false},
        {"con_dyna_deploy_signal", "0", [](P p) { return yes(p.signal_dynafed); }, "0"},
        {"creatediscountct", "1", [](P p) { return yes(p.create_discount_ct) + yes(p.accept_discount_ct); }, "11"},
        {"peginsubsidyheight", "44", [](P p) { return std::to_string(p.pegin_policy.subsidy_height); }, "44"},
        {"peginsubsidythreshold", "0.5", [](P p) { return std::to_string(p.pegin_policy.subsidy_threshold); },
         "50000000"},
        {"peginminheight", "45", [](P p) { return std::to_string(p.pegin_policy.minimum_height); }, "45"},
        {"peginminamount",
         "0.25",
         [](P p) { return std::to_string(p.pegin_policy.minimum_amount); },
         "25000000",
         true,
         {{"peginsubsidythreshold", "0.25"}}},
    };
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_option_has_its_effect) {
    size_t count = 0;
    for (const std::string chain : {"mychain", "liquidtestnet", "liquidv1test"}) {
        for (const Row& row : rows()) {
            if (chain == "liquidv1test" && !row.on_liquidv1test) continue;
            BOOST_TEST_CONTEXT(chain << " -" << row.name << "=" << row.value) {
                List list = row.with;
                list.emplace_back(row.name, row.value);
                const auto with = make(chain, list);
                BOOST_REQUIRE_MESSAGE(with.has_value(), (with ? std::string() : with.error().message));
                BOOST_TEST(row.seen(*with) == row.expected);
                ++count;
            }
        }
    }
    BOOST_TEST_MESSAGE(count << " options and chains");
    // The switches whose default is what the table above would set, or that differ between chains.
    BOOST_TEST(make("c", {{"enforce_pak", "1"}})->enforce_pak);
    BOOST_TEST(make("c", {{"enforce_pak", "1"}})->multi_data_permitted);
    BOOST_TEST(!make("c", {{"enforce_pak", "1"}, {"multi_data_permitted", "0"}})->multi_data_permitted);
    BOOST_TEST(!make("liquidv1test", {{"enforce_pak", "0"}})->enforce_pak);
    BOOST_TEST(!make("liquidv1test", {{"multi_data_permitted", "0"}})->multi_data_permitted);
    BOOST_TEST(make("liquidtestnet", {{"multi_data_permitted", "0"}})->multi_data_permitted);
    BOOST_TEST(make("c", {{"acceptunlimitedissuances", "1"}})->accept_unlimited_issuances);
    BOOST_TEST(!make("liquidv1", {{"acceptunlimitedissuances", "0"}})->accept_unlimited_issuances);
    BOOST_TEST(!make("liquidv1", {{"acceptdiscountct", "0"}})->accept_discount_ct);
    BOOST_TEST(make("c", {{"acceptdiscountct", "1"}})->accept_discount_ct);
    BOOST_TEST(make("c", {{"con_signature_weight", "1"}})->signature_weight == 1);
    // The empty text is the default script, except on liquidv1test, where it is an empty one.
    BOOST_TEST(to_hex(make("c", {{"fedpegscript", ""}})->fedpegscript.view()) == "51");
    BOOST_TEST(to_hex(make("liquidv1test", {{"fedpegscript", ""}})->fedpegscript.view()) == "");
    // The chain's name is part of its genesis; so is what the federation's scripts say, and nothing else of the table.
    BOOST_TEST((make("a", {})->genesis_hash != make("b", {})->genesis_hash));
    BOOST_TEST((make("a", {{"fedpegscript", "5151"}})->genesis_hash != make("a", {})->genesis_hash));
    BOOST_TEST((make("a", {{"dynamic_epoch_length", "99"}})->genesis_hash == make("a", {})->genesis_hash));
    BOOST_TEST(make("a", {{"con_genesis_style", "bitcoin"}}).has_value() !=
               make("a", {{"con_genesis_style", "nothing"}}).has_value());
}

BOOST_AUTO_TEST_CASE(liquidv1_takes_policy_only) {
    const ChainParams plain = *make("liquidv1", {});
    for (const Row& row : rows()) {
        if (row.name.starts_with("pegin") && row.name != "peginconfirmationdepth") continue;
        if (row.name == "feeasset" || row.name == "creatediscountct") continue;
        BOOST_TEST_CONTEXT(row.name) {
            List list = row.with;
            list.emplace_back(row.name, row.value);
            const auto p = make("liquidv1", list);
            BOOST_REQUIRE(p.has_value());
            BOOST_TEST((p->genesis_hash == plain.genesis_hash));
            BOOST_TEST(text(p->address) == text(plain.address));
            // What the option would show is what it shows without it.
            if (row.name != "initialfreecoins" && row.name != "initialreissuancetokens")
                BOOST_TEST(row.seen(*p) == row.seen(plain));
        }
    }
}
