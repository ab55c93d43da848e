// Blinding, signing and opening, byte for byte against the reference library's answers.
#include "confidential/secret/blinding_keys.h"
#include "confidential/secret/output.h"
#include "confidential/secret/range_sign.h"
#include "confidential/secret/surjection_sign.h"
#include "confidential/secret/whitelist_sign.h"
#include "secret_vectors.h"

using namespace sluice;
using namespace sluice::test;

namespace {

const char* const kGenerators = "confidential/generators.json";
const char* const kPedersen = "confidential/pedersen.json";
const char* const kSums = "confidential/blind_sums.json";
const char* const kRange = "confidential/rangeproofs.json";
const char* const kSurjection = "confidential/surjectionproofs.json";
const char* const kWhitelist = "confidential/whitelist.json";
const char* const kOutputs = "confidential/outputs.json";

ct::Opening opening(const json& value, const json& asset_blind, const json& value_blind) {
    return {number_of(value), test::blind_of(asset_blind), test::blind_of(value_blind)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(blinded_generators) {
    size_t run = 0;
    for (const json& c : cases_of(kGenerators)) {
        if (c["op"] != "generate_blinded" && c["op"] != "generate") continue;
        BOOST_TEST_CONTEXT(c["id"]) {
            const auto blind =
                c.contains("blind") ? ct::BlindingFactor::from_bytes(bytes_of(c["blind"])) : ct::BlindingFactor();
            const auto made = blind ? ct::blinded_generator(asset_of(c["asset"]), *blind) : std::nullopt;
            BOOST_TEST(made.has_value() == c["ok"].get<bool>());
            if (made) BOOST_TEST(to_hex(made->view()) == c["generator"].get<std::string>());
        }
        ++run;
    }
    report_cases(kGenerators, run);
}

BOOST_AUTO_TEST_CASE(commitments) {
    size_t run = 0;
    for (const json& c : cases_of(kPedersen)) {
        if (c["op"] != "commit") continue;
        BOOST_TEST_CONTEXT(c["id"]) {
            const auto blind = ct::BlindingFactor::from_bytes(bytes_of(c["blind"]));
            const auto made =
                blind ? ct::commit_value(number_of(c["value"]), *blind, generator_of(c["generator"])) : std::nullopt;
            BOOST_TEST(made.has_value() == c["ok"].get<bool>());
            if (made) BOOST_TEST(to_hex(made->view()) == c["commitment"].get<std::string>());
        }
        ++run;
    }
    report_cases(kPedersen, run);
}

BOOST_AUTO_TEST_CASE(sums) {
    size_t run = 0;
    for (const json& c : cases_of(kSums)) {
        BOOST_TEST_CONTEXT(c["id"]) {
            if (c["op"] == "blind_sum") {
                std::vector<ct::BlindingFactor> sides[2];
                for (size_t i = 0; i < c["blinds"].size(); ++i) {
                    sides[i < c["n_positive"].get<size_t>() ? 0 : 1].push_back(test::blind_of(c["blinds"][i]));
                }
                BOOST_TEST(to_hex(ct::sum_blinds(sides[0], sides[1]).view()) == c["result"].get<std::string>());
                ++run;
            } else if (c["op"] == "blind_generator_blind_sum") {
                std::vector<ct::Opening> all;
                for (size_t i = 0; i < c["values"].size(); ++i) {
                    all.push_back(opening(c["values"][i], c["asset_blinds"][i], c["value_blinds_before"][i]));
                }
                const size_t inputs = c["n_inputs"];
                const std::span<const ct::Opening> view(all);
                const auto last =
                    ct::balancing_blind(view.first(inputs), view.subspan(inputs, all.size() - inputs - 1), all.back());
                BOOST_TEST(to_hex(last.view()) == c["last_value_blind"].get<std::string>());
                ++run;
            }
        }
    }
    report_cases(kSums, run);
}

BOOST_AUTO_TEST_CASE(range_proofs) {
    size_t run = 0;
    for (const json& c : cases_of(kRange)) {
        if (c["op"] != "sign") continue;
        BOOST_TEST_CONTEXT(c["id"]) {
            const ct::BlindingFactor blind = test::blind_of(c["value_blind"]);
            const auto generator = ct::blinded_generator(asset_of(c["asset"]), test::blind_of(c["asset_blind"]));
            BOOST_REQUIRE(generator.has_value());
            if (c["ok"]) BOOST_TEST(to_hex(generator->view()) == c["generator"].get<std::string>());
            const uint64_t value = number_of(c["value"]);
            const auto commitment = ct::commit_value(value, blind, *generator);
            BOOST_REQUIRE(commitment.has_value());
            const Bytes extra = bytes_of(c["extra_commit"]);
            const Bytes nonce = bytes_of(c["nonce"]);
            const Bytes message = bytes_of(c["message"]);
            const ct::RangeStatement about{*commitment, *generator, extra};
            const ct::RangeParams params{number_of(c["min_value"]), c["exp"].get<int>(), c["min_bits"].get<int>()};
            const auto proof = ct::sign_range_proof(about, params, value, blind, nonce, message);
            BOOST_TEST(proof.has_value() == c["ok"].get<bool>());
            ++run;
            if (!proof) continue;
            BOOST_TEST((to_hex(*proof) == c["proof"].get<std::string>()));
            const json& expected = c["rewind"];
            const auto opened = ct::rewind_range_proof(about, bytes_of(c["proof"]), nonce);
            BOOST_TEST(opened.has_value() == !expected.is_null());
            if (opened && !expected.is_null()) {
                BOOST_TEST(opened->value == number_of(expected["value"]));
                BOOST_TEST(to_hex(opened->blind.view()) == expected["blind"].get<std::string>());
                const std::string text = expected["message"];
                BOOST_TEST(to_hex(opened->message).starts_with(text));
                BOOST_TEST(opened->min_value == number_of(expected["min"]));
                BOOST_TEST(opened->max_value == number_of(expected["max"]));
            }
            Bytes other = nonce;
            other[0] ^= 1;
            const auto closed = ct::rewind_range_proof(about, *proof, other);
            BOOST_REQUIRE(!closed.has_value());
            BOOST_TEST((closed.error() == ct::SecretError::kNotForThisKey));
        }
    }
    report_cases(kRange, run);
}

BOOST_AUTO_TEST_CASE(surjection_proofs) {
    size_t run = 0;
    for (const json& c : cases_of(kSurjection)) {
        if (c["op"] != "generate") continue;
        BOOST_TEST_CONTEXT(c["id"]) {
            std::vector<ct::AssetTag> tags;
            std::vector<ct::GeneratorBytes> targets;
            for (size_t i = 0; i < c["input_tags"].size(); ++i) {
                tags.push_back(asset_of(c["input_tags"][i]));
                targets.push_back(generator_of(c["input_generators"][i]));
            }
            const auto choice = ct::choose_surjection_inputs(tags, c["n_to_use"], asset_of(c["output_tag"]), 10000,
                                                             bytes_of(c["seed"]));
            BOOST_REQUIRE(choice.has_value());
            BOOST_TEST(choice->index == c["input_index"].get<size_t>());
            const auto proof = ct::sign_surjection_proof(*choice, targets, generator_of(c["output_generator"]),
                                                         test::blind_of(c["input_blinds"][choice->index]),
                                                         test::blind_of(c["output_blind"]));
            BOOST_TEST(proof.has_value() == c["ok"].get<bool>());
            if (proof) BOOST_TEST((to_hex(*proof) == c["proof"].get<std::string>()));
        }
        ++run;
    }
    report_cases(kSurjection, run);
}

BOOST_AUTO_TEST_CASE(whitelist_proofs) {
    size_t run = 0;
    for (const json& c : cases_of(kWhitelist)) {
        if (c["op"] != "sign") continue;
        BOOST_TEST_CONTEXT(c["id"]) {
            const auto online = keys_of(c["online_pubkeys"]);
            const auto offline = keys_of(c["offline_pubkeys"]);
            const PubKey destination = PubKey::parse(bytes_of(c["sub_pubkey"])).value();
            const auto proof = ct::sign_whitelist_proof(online, offline, destination, secret_of(c["online_seckey"]),
                                                        secret_of(c["summed_seckey"]), c["index"]);
            BOOST_TEST(proof.has_value() == c["ok"].get<bool>());
            if (proof) BOOST_TEST((to_hex(*proof) == c["signature"].get<std::string>()));
        }
        ++run;
    }
    report_cases(kWhitelist, run);
}

BOOST_AUTO_TEST_CASE(outputs) {
    size_t run = 0;
    for (const json& c : cases_of(kOutputs)) {
        BOOST_TEST_CONTEXT(c["id"]) {
            const SecretKey ephemeral = secret_of(c["ephemeral_seckey"]);
            const SecretKey receiver = secret_of(c["blinding_seckey"]);
            BOOST_TEST(to_hex(ephemeral.pubkey().view()) == c["nonce_commitment"].get<std::string>());
            BOOST_TEST(to_hex(ct::output_nonce(ephemeral, receiver.pubkey()).view()) ==
                       c["rewind_nonce"].get<std::string>());
            BOOST_TEST(to_hex(ct::output_nonce(receiver, ephemeral.pubkey()).view()) ==
                       c["rewind_nonce"].get<std::string>());
            const Bytes script = bytes_of(c["script_pubkey"]);
            const ct::OpenedOutput what{asset_of(c["asset"]), opening(c["value"], c["asset_blind"], c["value_blind"])};
            const bool spendable = script.empty() || script[0] != 0x6a;
            const auto blinded = ct::blind_output(what, script, spendable, receiver.pubkey(), ephemeral, {});
            BOOST_REQUIRE(blinded.has_value());
            BOOST_TEST(to_hex(blinded->generator.view()) == c["asset_commitment"].get<std::string>());
            BOOST_TEST(to_hex(blinded->commitment.view()) == c["value_commitment"].get<std::string>());
            BOOST_TEST((to_hex(blinded->range_proof) == c["rangeproof"].get<std::string>()));
            const ct::SealedOutput sealed{blinded->generator, std::nullopt,         blinded->commitment,
                                          ephemeral.pubkey(), blinded->range_proof, script};
            const auto opened = ct::open_output(sealed, receiver);
            BOOST_REQUIRE(opened.has_value());
            BOOST_TEST((opened->asset == what.asset));
            BOOST_TEST(opened->opening.value == what.opening.value);
            BOOST_TEST(equal(opened->opening.asset_blind.view(), what.opening.asset_blind.view()));
            BOOST_TEST(equal(opened->opening.value_blind.view(), what.opening.value_blind.view()));
        }
        ++run;
    }
    report_cases(kOutputs, run);
}
