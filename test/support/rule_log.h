// Notes the refusals that a test binary meets, one a line, in the folder that the environment names, for the ctest
// "rule_table" (test/layering/check_rules.py). Without that variable nothing is written. A line is a reject reason or,
// with tabs between: breach, what was judged, the rule (or "policy:" and the reason), the part, the transaction in the
// block ("-": none), the names of the values.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "consensus/primitives/verdict.h"

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

inline std::string part_name(BreachPlace::Part part) {
    switch (part) {
        case BreachPlace::Part::kUnknown: return "Unknown";
        case BreachPlace::Part::kHeader: return "Header";
        case BreachPlace::Part::kBlock: return "Block";
        case BreachPlace::Part::kTransaction: return "Transaction";
        case BreachPlace::Part::kInput: return "Input";
        case BreachPlace::Part::kOutput: return "Output";
    }
    return "";
}

enum class Subject { kTransaction, kBlock };

// The reason, with the shape of the breach noted.
inline std::string produced(std::string reason, const Breach& breach, Subject what) {
    std::string line = "breach\t";
    line += what == Subject::kBlock ? "block\t" : "transaction\t";
    line += breach.rule.empty() ? "policy:" + reason.substr(0, reason.find(" (")) : std::string(breach.rule);
    line += "\t" + part_name(breach.place.part) + "\t";
    line += breach.place.transaction ? std::to_string(breach.place.transaction->index) : "-";
    line += "\t";
    for (const NamedValue& each : breach.values) line += std::string(each.name) + " ";
    produced(std::move(line));
    return produced(std::move(reason));
}
inline std::string produced(const Failure& failure, Subject what) {
    return produced(failure.reason, failure.breach, what);
}

}  // namespace sluice::test
