// The table of consensus rules: one row a rule, with the text by which Elements refuses what breaks it. Pure.
#pragma once

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
    kTxConfidential,  // ours: proofs of confidential amounts are not verified yet, so they are refused
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
    kBlockPakUnavailable,  // ours: peg-out authorization proofs are not verified yet, so they are refused
    kBlockRewardRange,
    kBlockCoinbaseAmount,
};
inline constexpr size_t kRuleCount = static_cast<size_t>(Rule::kBlockCoinbaseAmount) + 1;

struct RuleInfo {
    Rule rule;
    std::string_view reject;  // Elements' text, without parameters
    // A block that breaks it may be another's block with the same hash: do not remember the hash.
    bool mutated = false;
    // The peer that sent it did so on purpose or is broken. False for what honest peers may send.
    bool punish = true;
    std::string_view source;
};
const RuleInfo& info(Rule rule);

// The failure for breaking `rule`.
tl::unexpected<Failure> broken(Rule rule, std::string detail = {});
// The same with the parameter that Elements puts in parentheses, e.g. the script error.
tl::unexpected<Failure> broken_with(Rule rule, std::string_view parameter, std::string detail = {});
// The rule that a reason names; nullptr for a reason that is none of ours.
const RuleInfo* find_rule(std::string_view reason);

}  // namespace sluice::rules
