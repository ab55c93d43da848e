// core/base58_encode_decode.json: rows [hex, base58].
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "codec/base58.h"
#include "codec/hex.h"

using namespace sluice;

BOOST_AUTO_TEST_CASE(base58_encode_decode) {
    const char* root = std::getenv("SLUICE_VECTORS");
    if (root == nullptr) root = std::getenv("SLUICE_VECTORS_DEFAULT");
    const std::filesystem::path file =
        std::filesystem::path(root == nullptr ? "" : root) / "core/base58_encode_decode.json";
    size_t cases = 0;
    if (std::ifstream in(file); in) {
        for (const auto& row : nlohmann::json::parse(in)) {
            if (!row.is_array() || row.size() < 2) continue;
            const auto bytes = from_hex(row[0].get<std::string>());
            const std::string text = row[1].get<std::string>();
            BOOST_REQUIRE(bytes.has_value());
            BOOST_TEST(base58_encode(*bytes) == text);
            BOOST_TEST((base58_decode(text, 256) == *bytes), text);
            ++cases;
        }
    } else {
        BOOST_TEST_MESSAGE("SKIPPED: " << file << " is not there");
    }
    BOOST_TEST_MESSAGE("base58_encode_decode.json: " << cases << " cases");
    BOOST_TEST(true);
}
