// consensus/script against the slow reading.
#pragma once

#include "support/slow_script/cases.h"

namespace sluice::slow {

// What both said; they agree if `difference` is empty. Of a script that ran: "OK" only if the final stacks are the same
// too.
struct Comparison {
    std::string verdict;
    std::string difference;
};
Comparison compare(const SpendCase& c);
Comparison compare(const ScriptCase& c);

}  // namespace sluice::slow
