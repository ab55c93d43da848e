// The table of policy rules: why this node does not take a transaction that a block might still hold. Consensus rules
// have their own table (consensus/rules/rule.h); a reject reason is in one of the two. `ctest -R rule_table` fails for
// a reason that is in neither, and for a row that no unit test produces. Values; any thread.
#pragma once

#include <span>
#include <string_view>

namespace sluice::mempool {

struct PolicyRule {
    std::string_view reject;  // Elements' text, without parameters
    std::string_view file;    // where the rule is applied
    std::string_view about;   // what it asks, in words
};
std::span<const PolicyRule> policy_rules();
// nullptr: no policy rule has this reason.
const PolicyRule* find_policy_rule(std::string_view reason);

}  // namespace sluice::mempool
