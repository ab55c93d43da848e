// Genesis blocks and pegged assets of real and golden chains come out of the options that made them.
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "support/chain_options.h"
#include "support/vectors.h"

using namespace sluice;
using nlohmann::json;

namespace {

std::string text(const json& object, const char* key) {
    return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(liquid_genesis) {
    const auto file = test::load_vectors("liquid/genesis.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    for (const json& c : (*file)["cases"]) {
        if (text(c, "source").find("default options") == std::string::npos) {
            ++skipped;
            continue;
        }
        BOOST_TEST_CONTEXT(text(c, "chain")) {
            const auto params = make_chain_params(text(c, "chain"), Options{});
            BOOST_REQUIRE(params.has_value());
            BOOST_TEST(to_display(params->genesis_hash) == text(c, "hash"));
            BOOST_TEST(to_hex(encode_block(params->genesis)) == text(c, "hex"));
            BOOST_TEST(to_display(params->pegged_asset) == text(c, "pegged_asset"));
            BOOST_TEST(to_display(params->parent.genesis) == text(c, "parent_genesis_hash"));
            BOOST_TEST(to_hex(params->fedpegscript.view()) == text(c, "fedpegscript"));
            // Where dynafed is always active this is the script of the next block: the same, behind its hash.
            const std::string plain = to_hex(params->signblockscript.view());
            const std::string hashed = "0020" + to_hex(sha256(params->signblockscript.view()).view());
            const bool dynafed = params->deployment(Deployment::kDynafed).start == DeploymentParams::kAlwaysActive;
            BOOST_TEST((dynafed ? hashed : plain) == text(c, "signblock"));
            BOOST_TEST(params->enforce_pak == c["enforce_pak"].get<bool>());
            BOOST_TEST(params->parent.pegin_min_depth == c["pegin_confirmation_depth"].get<uint32_t>());
            BOOST_TEST(params->max_block_signature_size == c["max_block_witness"].get<uint32_t>());
            json space = json::array();
            for (const Bytes& entry : params->first_extension_space) space.push_back(to_hex(entry));
            BOOST_TEST((space == c["extension_space"]));
        }
        ++run;
    }
    test::report_cases("liquid/genesis.json", run, skipped);
}

BOOST_AUTO_TEST_CASE(golden_genesis) {
    size_t run = 0;
    const auto root = test::vectors_root() / "golden";
    if (std::filesystem::exists(root)) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
            if (entry.path().filename() != "chain.json") continue;
            std::ifstream in(entry.path());
            const json c = json::parse(in);
            BOOST_TEST_CONTEXT(entry.path().string()) {
                const auto params = make_chain_params(text(c, "chain"), test::options_of(c["options"]));
                BOOST_REQUIRE(params.has_value());
                BOOST_TEST(to_display(params->genesis_hash) == text(c, "genesis_hash"));
                BOOST_TEST(to_display(params->pegged_asset) == text(c, "pegged_asset"));
                BOOST_TEST(to_display(params->parent.genesis) == text(c, "parent_genesis_hash"));
                BOOST_TEST(to_display(params->genesis.header.merkle_root) == text(c["heights"][0], "merkleroot"));
            }
            ++run;
        }
    }
    test::report_cases("golden/*/chain.json", run);
}
