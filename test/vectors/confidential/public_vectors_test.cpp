// Everything in confidential/*.json and liquid/zkp_fixed.json that can be judged without a secret.
#include "codec/hex.h"
#include "confidential/commitment.h"
#include "confidential/range_proof.h"
#include "confidential/surjection_proof.h"
#include "confidential/whitelist_proof.h"
#include "support/vectors.h"

using namespace sluice;
using namespace sluice::confidential;
using nlohmann::json;
using sluice::test::load_vectors;
using sluice::test::report_cases;

namespace {

Bytes bytes_of(const json& hex) { return *from_hex(hex.get<std::string>()); }
uint64_t number_of(const json& text) {
    return text.is_string() ? std::stoull(text.get<std::string>()) : text.get<uint64_t>();
}
template <class T>
std::string hex_of(const T& value) {
    return to_hex(value.serialize());
}

std::vector<Generator> generators_of(const json& list) {
    std::vector<Generator> out;
    for (const json& item : list) out.push_back(*Generator::parse(bytes_of(item)));
    return out;
}

std::vector<Commitment> commitments_of(const json& list) {
    std::vector<Commitment> out;
    for (const json& item : list) out.push_back(*Commitment::parse(bytes_of(item)));
    return out;
}

std::vector<PubKey> pubkeys_of(const json& list) {
    std::vector<PubKey> out;
    for (const json& item : list) out.push_back(*PubKey::parse(bytes_of(item)));
    return out;
}

bool is_zero_hex(const json& hex) { return hex.get<std::string>().find_first_not_of('0') == std::string::npos; }

// Range proofs are judged one by one, and all together at the end.
struct RangeCase {
    std::string id;
    Commitment commitment;
    Generator generator;
    Bytes proof;
    Bytes extra;
    std::optional<ValueRange> expected;
};

void judge(const std::vector<RangeCase>& cases) {
    std::vector<RangeProofCheck> checks;
    for (const RangeCase& c : cases) checks.push_back({c.commitment, c.generator, c.proof, c.extra});
    const auto together = verify_range_proofs(checks);
    for (size_t i = 0; i < cases.size(); ++i) {
        BOOST_TEST((verify_range_proof(checks[i]) == cases[i].expected), cases[i].id);
        BOOST_TEST((together[i] == cases[i].expected), cases[i].id << " in a batch");
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(public_vectors)

BOOST_AUTO_TEST_CASE(generators) {
    const auto file = load_vectors("confidential/generators.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    for (const json& c : (*file)["cases"]) {
        const std::string id = c["id"];
        const bool ok = c["ok"];
        if (c["op"] == "generate") {
            const auto generator = asset_generator(bytes_of(c["asset"]));
            BOOST_REQUIRE_MESSAGE(generator.has_value() == ok, id);
            if (ok) BOOST_TEST(hex_of(*generator) == c["generator"].get<std::string>(), id);
        } else if (c["op"] == "parse") {
            const auto generator = Generator::parse(bytes_of(c["input"]));
            BOOST_REQUIRE_MESSAGE(generator.has_value() == ok, id);
            if (ok) BOOST_TEST(hex_of(*generator) == c["reserialized"].get<std::string>(), id);
            if (ok) BOOST_TEST(hex_of(Generator::from_point(generator->point())) == hex_of(*generator), id);
        } else {
            ++skipped;
            continue;
        }
        ++run;
    }
    report_cases("confidential/generators.json (public part)", run, skipped);
}

BOOST_AUTO_TEST_CASE(pedersen) {
    const auto file = load_vectors("confidential/pedersen.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    for (const json& c : (*file)["cases"]) {
        const std::string id = c["id"];
        const bool ok = c["ok"];
        if (c["op"] == "parse") {
            const auto commitment = Commitment::parse(bytes_of(c["input"]));
            BOOST_REQUIRE_MESSAGE(commitment.has_value() == ok, id);
            if (ok) BOOST_TEST(hex_of(*commitment) == c["reserialized"].get<std::string>(), id);
        } else if (c["op"] == "commit" && is_zero_hex(c["blind"])) {
            const auto commitment = commit_explicit(number_of(c["value"]), *Generator::parse(bytes_of(c["generator"])));
            BOOST_REQUIRE_MESSAGE(commitment.has_value() == ok, id);
            if (ok) BOOST_TEST(hex_of(*commitment) == c["commitment"].get<std::string>(), id);
        } else {
            ++skipped;
            continue;
        }
        ++run;
    }
    report_cases("confidential/pedersen.json (public part)", run, skipped);
}

BOOST_AUTO_TEST_CASE(tallies) {
    const auto file = load_vectors("confidential/blind_sums.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    for (const json& c : (*file)["cases"]) {
        if (c["op"] != "verify_tally") {
            ++skipped;
            continue;
        }
        BOOST_TEST(balances(commitments_of(c["positive"]), commitments_of(c["negative"])) == c["ok"].get<bool>(),
                   c["id"]);
        ++run;
    }
    report_cases("confidential/blind_sums.json (public part)", run, skipped);
}

BOOST_AUTO_TEST_CASE(range_proofs) {
    const auto file = load_vectors("confidential/rangeproofs.json");
    if (!file) return;
    std::vector<RangeCase> cases;
    size_t skipped = 0;
    for (const json& c : (*file)["cases"]) {
        const std::string id = c["id"];
        if (!c.contains("proof")) {
            ++skipped;  // parameters that a signer refuses
            continue;
        }
        const Bytes proof = bytes_of(c["proof"]);
        const auto info = range_info(proof);
        const json& said = c["info"];
        BOOST_REQUIRE_MESSAGE(info.has_value() == !said.is_null(), id);
        if (info) {
            BOOST_TEST(info->exponent == said["exp"].get<int>(), id);
            BOOST_TEST(info->mantissa == said["mantissa"].get<int>(), id);
            BOOST_TEST(info->min == number_of(said["min"]), id);
            BOOST_TEST(info->max == number_of(said["max"]), id);
        }
        const json& verdict = c.contains("verify") ? c["verify"] : c;
        std::optional<ValueRange> expected;
        if (verdict["ok"]) expected = ValueRange{number_of(verdict["min"]), number_of(verdict["max"])};
        cases.push_back({id, *Commitment::parse(bytes_of(c["commitment"])), *Generator::parse(bytes_of(c["generator"])),
                         proof, bytes_of(c["extra_commit"]), expected});
    }
    judge(cases);
    report_cases("confidential/rangeproofs.json (verify, info)", cases.size(), skipped);
}

BOOST_AUTO_TEST_CASE(confidential_outputs) {
    const auto file = load_vectors("confidential/outputs.json");
    if (!file) return;
    std::vector<RangeCase> cases;
    for (const json& c : (*file)["cases"]) {
        const Bytes proof = bytes_of(c["rangeproof"]);
        const auto info = range_info(proof);
        BOOST_REQUIRE_MESSAGE(info.has_value(), c["id"]);
        cases.push_back({c["id"], *Commitment::parse(bytes_of(c["value_commitment"])),
                         *Generator::parse(bytes_of(c["asset_commitment"])), proof, bytes_of(c["script_pubkey"]),
                         ValueRange{info->min, info->max}});
    }
    judge(cases);
    report_cases("confidential/outputs.json (verify)", cases.size());
}

BOOST_AUTO_TEST_CASE(surjection_proofs) {
    const auto file = load_vectors("confidential/surjectionproofs.json");
    if (!file) return;
    std::vector<std::vector<Generator>> targets;
    std::vector<Bytes> proofs;
    std::vector<SurjectionCheck> checks;
    std::vector<bool> expected;
    std::vector<std::string> ids;
    for (const json& c : (*file)["cases"]) {
        if (!c.contains("proof")) continue;
        targets.push_back(generators_of(c["input_generators"]));
        proofs.push_back(bytes_of(c["proof"]));
        if (c.contains("parse_ok"))
            BOOST_TEST(surjection_info(proofs.back()).has_value() == c["parse_ok"].get<bool>(), c["id"]);
        if (c.contains("n_used"))
            BOOST_TEST(surjection_info(proofs.back())->used_inputs == c["n_used"].get<size_t>(), c["id"]);
        checks.push_back({targets.back(), *Generator::parse(bytes_of(c["output_generator"])), proofs.back()});
        expected.push_back(c["ok"]);
        ids.push_back(c["id"]);
    }
    BOOST_TEST((verify_surjection_proofs(checks) == expected), "in a batch");
    for (size_t i = 0; i < checks.size(); ++i) BOOST_TEST(verify_surjection_proof(checks[i]) == expected[i], ids[i]);
    report_cases("confidential/surjectionproofs.json (verify)", checks.size());
}

BOOST_AUTO_TEST_CASE(whitelist_proofs) {
    const auto file = load_vectors("confidential/whitelist.json");
    if (!file) return;
    size_t run = 0;
    for (const json& c : (*file)["cases"]) {
        if (!c.contains("signature")) continue;
        const Bytes proof = bytes_of(c["signature"]);
        if (c.contains("parse_ok"))
            BOOST_TEST(whitelist_proof_keys(proof).has_value() == c["parse_ok"].get<bool>(), c["id"]);
        BOOST_TEST(verify_whitelist_proof(pubkeys_of(c["online_pubkeys"]), pubkeys_of(c["offline_pubkeys"]),
                                          *PubKey::parse(bytes_of(c["sub_pubkey"])), proof) == c["ok"].get<bool>(),
                   c["id"]);
        ++run;
    }
    report_cases("confidential/whitelist.json (verify)", run);
}

BOOST_AUTO_TEST_CASE(fixed_vectors_of_the_library) {
    const auto file = load_vectors("liquid/zkp_fixed.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    std::vector<RangeCase> ranges;
    for (const json& c : (*file)["cases"]) {
        const std::string kind = c["kind"];
        const std::string id = kind + " " + c.value("name", c.value("input", c.value("asset", "")));
        if (kind == "rangeproof") {
            ranges.push_back({id, *Commitment::parse(bytes_of(c["commitment"])),
                              *Generator::parse(bytes_of(c["generator"])), bytes_of(c["proof"]),
                              bytes_of(c["extra_commit"]), ValueRange{number_of(c["min"]), number_of(c["max"])}});
        } else if (kind == "surjectionproof") {
            const auto targets = generators_of(c["input_generators"]);
            const Bytes proof = bytes_of(c["proof"]);
            BOOST_TEST(verify_surjection_proof({targets, *Generator::parse(bytes_of(c["output_generator"])), proof}) ==
                           c["ok"].get<bool>(),
                       id);
        } else if (kind == "generator parse") {
            BOOST_TEST(Generator::parse(bytes_of(c["input"])).has_value() == c["ok"].get<bool>(), id);
        } else if (kind == "commitment parse") {
            BOOST_TEST(Commitment::parse(bytes_of(c["input"])).has_value() == c["ok"].get<bool>(), id);
        } else if (kind == "generator generate") {
            const auto generator = asset_generator(bytes_of(c["asset"]));
            BOOST_REQUIRE_MESSAGE(generator.has_value(), id);
            const auto point =
                Point::from_public_key(*from_hex("04" + c["x"].get<std::string>() + c["y"].get<std::string>()));
            BOOST_REQUIRE_MESSAGE(point.has_value(), id);
            BOOST_TEST((generator->point() == *point), id);
        } else {
            ++skipped;
            continue;
        }
        ++run;
    }
    judge(ranges);
    report_cases("liquid/zkp_fixed.json", run, skipped);
}

BOOST_AUTO_TEST_SUITE_END()
