// Which of its implementations proofs are verified with here. All give the same verdicts; they differ in speed. Public
// data only. Any thread.
#pragma once

#include <string_view>
#include <vector>

namespace sluice::confidential {

struct Arithmetic {
    std::string_view in_use;
    std::vector<std::string_view> available;  // on this processor, the fastest first
    std::string_view failed_self_test;        // one that gave another result than the portable one, and is not used
};
// The first call finds out, which takes some milliseconds.
Arithmetic arithmetic();
// For the whole process; to be called before the first proof is verified. False if it is not available.
bool use_arithmetic(std::string_view name);

}  // namespace sluice::confidential
