// Peg-in addresses, peg-in claims and peg-outs of other implementations and of golden chains.
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/primitives/block.h"
#include "consensus/script/templates.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"
#include "peg/proof/pegout.h"
#include "support/chain_options.h"
#include "support/vectors.h"

using namespace sluice;
using nlohmann::json;

namespace {

Script script_of(const std::string& hex) { return Script{from_hex(hex).value()}; }

FedpegScript in_p2sh(const Script& script) { return {script::p2sh_of(script::p2wsh_of(script)), script}; }
FedpegScript native(const Script& script) { return {script::p2wsh_of(script), script}; }

void pegin_address(const json& c) {
    const auto params = make_chain_params("liquidv1", Options{});
    BOOST_REQUIRE(params.has_value());
    const auto script = peg::deposit_script(in_p2sh(script_of(c["fedpegscript"])), script_of(c["claim_script"]));
    BOOST_REQUIRE(script.has_value());
    BOOST_TEST(encode_address({*script, std::nullopt}, params->parent.address).value_or("") ==
               c["mainchain_address"].get<std::string>());
}

void regtest_pegin(const json& c) {
    const auto params = make_chain_params("liquidregtest", Options{});
    BOOST_REQUIRE(params.has_value());
    const TxRef tx = parse_tx(from_hex(c["pegin_tx_signed"].get<std::string>()).value());
    BOOST_REQUIRE(tx != nullptr);
    const TxIn& in = tx->tx.inputs[0];
    BOOST_REQUIRE(in.is_pegin);
    const std::vector<FedpegScript> fedpegs = {in_p2sh(Script{{0x51}})};
    const auto proof = peg::check_pegin(in, fedpegs, *params);
    BOOST_REQUIRE_MESSAGE(proof.has_value(), (proof ? std::string() : proof.error().message));
    BOOST_TEST(proof->tx_index == 1U);
    BOOST_TEST(proof->tx_count == 2U);

    const auto parent_tx = parent::decode_parent_tx(from_hex(c["parent_tx"].get<std::string>()).value());
    const auto block = decode<parent::MerkleBlock>(from_hex(c["txout_proof"].get<std::string>()).value());
    BOOST_REQUIRE((parent_tx && block));
    const auto witness =
        peg::make_pegin_witness(*params, *parent_tx, in.prevout.index, *block, proof->claim.claim_script);
    BOOST_REQUIRE(witness.has_value());
    BOOST_TEST((*witness == in.witness.pegin_witness));
    const std::vector<FedpegScript> others = {native(Script{{0x51}}), in_p2sh(Script{{0x52}})};
    BOOST_TEST(!peg::check_pegin(in, others, *params).has_value());
}

void pegout_script(const json& c) {
    const Script script = script_of(c["pegout_script"]);
    const auto genesis = from_display<ParentGenesis>(c["parent_genesis"].get<std::string>());
    BOOST_REQUIRE(genesis.has_value());
    BOOST_TEST(peg::is_pegout_script(script, *genesis));
    const TxRef tx = parse_tx(from_hex(c["pegout_tx"].get<std::string>()).value());
    BOOST_REQUIRE(tx != nullptr);
    auto params = make_chain_params("elementsregtest", Options{});
    BOOST_REQUIRE(params.has_value());
    params->pegged_asset = tx->tx.outputs[0].asset.explicit_value();
    const auto pegout = peg::parse_pegout(tx->tx.outputs[0], *params);
    BOOST_REQUIRE(pegout.has_value());
    BOOST_TEST((pegout->amount == tx->tx.outputs[0].value.explicit_value()));
    BOOST_TEST(
        to_hex(script.view()).starts_with(to_hex(peg::make_pegout_script(*genesis, pegout->destination).view())));
}

}  // namespace

BOOST_AUTO_TEST_CASE(liquid_pegs) {
    const auto file = test::load_vectors("liquid/pegs.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    for (const json& c : (*file)["cases"]) {
        const std::string kind = c.value("kind", "");
        BOOST_TEST_CONTEXT(kind) {
            if (kind.starts_with("pegin address")) {
                pegin_address(c);
            } else if (kind == "regtest pegin") {
                regtest_pegin(c);
            } else if (kind == "pegout script") {
                pegout_script(c);
            } else {
                ++skipped;
                continue;
            }
        }
        ++run;
    }
    test::report_cases("liquid/pegs.json", run, skipped);
}

// The claims of each golden chain hold against one of the scripts that it ever had, and stand for the output recorded.
BOOST_AUTO_TEST_CASE(golden_claims) {
    size_t run = 0;
    const auto root = test::vectors_root() / "golden";
    if (std::filesystem::exists(root)) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
            if (entry.path().filename() != "chain.json") continue;
            std::ifstream chain_file(entry.path());
            const json chain = json::parse(chain_file);
            std::ifstream txs_file(entry.path().parent_path() / "txs.json");
            if (!txs_file) continue;
            const json txs = json::parse(txs_file);
            const auto params =
                make_chain_params(chain["chain"].get<std::string>(), test::options_of(chain["options"]));
            BOOST_REQUIRE(params.has_value());
            std::vector<FedpegScript> fedpegs = {in_p2sh(params->fedpegscript), native(params->fedpegscript)};
            for (const json& event : chain["dynafed_events"]) {
                const json transition = event.value("transition", json::object());
                if (transition.contains("fed")) fedpegs.push_back(native(script_of(transition["fed"])));
            }
            for (const json& t : txs) {
                const TxRef tx = parse_tx(from_hex(t["hex"].get<std::string>()).value());
                BOOST_REQUIRE(tx != nullptr);
                for (size_t i = 0; i < tx->tx.inputs.size(); ++i) {
                    if (!tx->tx.inputs[i].is_pegin) continue;
                    BOOST_TEST_CONTEXT(t["txid"].get<std::string>()) {
                        const auto proof = peg::check_pegin(tx->tx.inputs[i], fedpegs, *params);
                        BOOST_REQUIRE_MESSAGE(proof.has_value(), (proof ? std::string() : proof.error().message));
                        ByteWriter out;
                        describe(out, peg::claimed_output(proof->claim));
                        BOOST_TEST(to_hex(out.bytes()) == t["spent_outputs"][i].get<std::string>());
                    }
                    ++run;
                }
            }
        }
    }
    test::report_cases("golden/*/txs.json peg-in inputs", run);
}
