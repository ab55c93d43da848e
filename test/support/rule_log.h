// Notes the reject reasons that a test binary meets, one a line, in the folder that the environment names, for the
// ctest "rule_table" (test/layering/check_rules.py). Without that variable nothing is written.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

namespace sluice::test {

// Returns the reason, so that it can stand inside of an assertion. "" is no reason.
inline std::string produced(std::string reason) {
    static const char* const folder = std::getenv("SLUICE_RULE_LOG");
    static std::FILE* const file =
        folder == nullptr ? nullptr
                          : std::fopen((std::string(folder) + "/" + program_invocation_short_name).c_str(), "w");
    static std::set<std::string> known;
    if (file != nullptr && !reason.empty() && known.insert(reason).second) {
        std::fprintf(file, "%s\n", reason.c_str());
        std::fflush(file);
    }
    return reason;
}

}  // namespace sluice::test
