// Finds the vector files: the root is SLUICE_VECTORS, else the default that the build sets. A file that is not there is
// reported by name and its cases count as skipped; it never fails a test.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace sluice::test {

inline std::filesystem::path vectors_root() {
    for (const char* name : {"SLUICE_VECTORS", "SLUICE_VECTORS_DEFAULT"}) {
        if (const char* value = std::getenv(name); value != nullptr && *value != 0) return value;
    }
    return "../shared/vectors";
}

// nullopt, and a visible line, if there is no such file.
inline std::optional<nlohmann::json> load_vectors(const std::string& file) {
    const std::filesystem::path path = vectors_root() / file;
    std::ifstream in(path);
    if (!in) {
        BOOST_TEST_MESSAGE("SKIPPED " << file << ": not in " << vectors_root().string());
        return std::nullopt;
    }
    return nlohmann::json::parse(in);
}

inline void report_cases(const std::string& file, size_t run, size_t skipped = 0) {
    BOOST_TEST_MESSAGE(file << ": " << run << " cases run, " << skipped << " skipped");
}

}  // namespace sluice::test
