// The table of consensus rules: one row a rule, with the text by which Elements refuses what breaks it. Policy has a
// table of its own (mempool/policy_rule.h). A new rule is an enumerator here and a row in rule.cpp; `ctest -R
// rule_table` then fails until a unit test produces its refusal, with the place and the values that the row promises.
// Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "consensus/primitives/verdict.h"

namespace sluice::rules {

enum class Rule : uint8_t {
    // A transaction by itself.
    kTxNoInputs,
    kTxNoOutputs,
    kTxOversize,
    kTxValueNegative,
    kTxValueTooLarge,
    kTxTotalTooLarge,
    kTxInputsDuplicate,
    kTxPrevoutNull,
    kCoinbaseLength,
    kCoinbaseFee,
    // A transaction and the coins that it spends.
    kTxInputsMissing,
    kTxPrematureCoinbase,
    kTxPeginWitness,
    kTxDoublePegin,
    kTxDoublePeginInObject,
    kTxFeeRange,
    kTxInNotOut,
    kTxFeeTotalRange,
    kTxScript,
    // A header.
    kBlockProof,
    kHeaderPrevUnknown,
    kHeaderPrevInvalid,
    kHeaderChallenge,
    kHeaderTimeOld,
    kHeaderHeight,
    kHeaderTimeNew,
    kHeaderVersion,
    kHeaderDynafed,
    // A block by itself and in its place.
    kBlockMerkleRoot,
    kBlockMerkleDuplicate,
    kBlockLength,
    kBlockCoinbaseMissing,
    kBlockCoinbaseMultiple,
    kBlockSigops,
    kBlockNonFinal,
    kBlockCoinbaseHeight,
    kBlockCoinbaseWitness,
    kBlockWitnessNonce,
    kBlockWitnessRoot,
    kBlockUnexpectedWitness,
    kBlockWeight,
    // A block on the coins.
    kBlockCoinbaseDestination,
    kBlockOverwrites,
    kBlockPak,
    kBlockRewardRange,
    kBlockCoinbaseAmount,
};
inline constexpr size_t kRuleCount = static_cast<size_t>(Rule::kBlockCoinbaseAmount) + 1;

// When a rule is asked: each stage needs more than the one before it.
enum class Stage : uint8_t {
    kTransaction,  // the transaction alone
    kInputs,       // with the coins and deposits that it spends
    kScript,       // its scripts
    kHeader,       // a header alone, or on its parents
    kBlock,        // a block alone, or on its parents
    kConnect,      // a block on the coins
};
std::string_view to_string(Stage stage);

struct RuleInfo {
    Rule rule;
    std::string_view name;    // the enumerator in words: "tx-no-inputs"
    std::string_view reject;  // Elements' text, without parameters
    Stage stage = Stage::kTransaction;
    // A block that breaks it may be another's block with the same hash: do not remember the hash.
    bool mutated = false;
    // The peer that sent it did so on purpose or is broken: it is disconnected. False for what honest peers may send.
    bool punish = true;
    // Where each refusal by this rule points; kUnknown: to one or another, but always to one.
    BreachPlace::Part part = BreachPlace::Part::kUnknown;
    std::string_view values;  // names of what each refusal tells, a space between; some tell more
    std::string_view page;    // where the rule is written down
    std::string_view file;    // where it is applied
};
std::span<const RuleInfo> all_rules();
const RuleInfo& info(Rule rule);

// The failure for breaking `rule`. `detail` is for people; programs have the place and the values.
tl::unexpected<Failure> broken(Rule rule, const BreachPlace& place, NamedValues values = {}, std::string detail = {});
// The same with the parameter that Elements puts in parentheses, e.g. the script error.
tl::unexpected<Failure> broken_with(Rule rule, std::string_view parameter, const BreachPlace& place,
                                    NamedValues values = {}, std::string detail = {});
// The rule that was broken; nullptr for a failure that breaks none of ours.
const RuleInfo* find_rule(const Breach& breach);
// The rule that a reason names; nullptr for a reason that is none of ours.
const RuleInfo* find_rule(std::string_view reason);

}  // namespace sluice::rules
