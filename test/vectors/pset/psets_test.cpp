// liquid/psets.json: what the reference accepts, refuses and why. liquid/liquidjs_psetv2.json: what liquidjs-lib
// writes.
#include "codec/base64.h"
#include "pset/pset.h"
#include "support/vectors.h"

using namespace sluice;

BOOST_AUTO_TEST_CASE(psets_json) {
    const auto file = test::load_vectors("liquid/psets.json");
    if (!file) return;
    size_t run = 0;
    size_t same_words = 0;
    for (const auto& row : (*file)["cases"]) {
        const std::string text = row["base64"].get<std::string>();
        const auto bytes = base64_decode(text);
        BOOST_REQUIRE(bytes.has_value());
        const auto pset = pset::decode(*bytes);
        BOOST_TEST(pset.has_value() == row["decode_ok"].get<bool>(),
                   (pset ? "accepted" : pset.error().message) << " " << row.value("error", "") << " " << text);
        ++run;
        if (!pset) {
            if (pset.error().message == row.value("error", "")) ++same_words;
            continue;
        }
        BOOST_TEST(pset->inputs.size() == row["n_in"].get<size_t>());
        BOOST_TEST(pset->outputs.size() == row["n_out"].get<size_t>());
        const Bytes again = pset::encode(*pset);
        const auto decoded = pset::decode(again);
        BOOST_REQUIRE(decoded.has_value());
        BOOST_TEST((pset::encode(*decoded) == again));
    }
    test::report_cases("liquid/psets.json", run);
    BOOST_TEST_MESSAGE("refused in the reference's words: " << same_words);
}

BOOST_AUTO_TEST_CASE(liquidjs_psetv2_json) {
    const auto file = test::load_vectors("liquid/liquidjs_psetv2.json");
    if (!file) return;
    size_t run = 0;
    for (const auto& row : (*file)["data"]["roundtrip"]["valid"]) {
        const auto bytes = base64_decode(row["base64"].get<std::string>());
        BOOST_REQUIRE(bytes.has_value());
        const auto pset = pset::decode(*bytes);
        BOOST_TEST(pset.has_value(), row.dump() << (pset ? "" : pset.error().message));
        ++run;
    }
    test::report_cases("liquid/liquidjs_psetv2.json", run);
}
