#include "consensus/rules/rule.h"

#include <array>

#include "util/check.h"

namespace sluice::rules {
namespace {

constexpr bool kMutated = true;
constexpr bool kInnocent = false;

constexpr std::array<RuleInfo, kRuleCount> kRules = {{
    {Rule::kTxNoInputs, "bad-txns-vin-empty", false, true, "transactions section 8"},
    {Rule::kTxNoOutputs, "bad-txns-vout-empty", false, true, "transactions section 8"},
    {Rule::kTxOversize, "bad-txns-oversize", false, true, "transactions section 8"},
    {Rule::kTxValueNegative, "bad-txns-vout-negative", false, true, "transactions section 7"},
    {Rule::kTxValueTooLarge, "bad-txns-vout-toolarge", false, true, "transactions section 7"},
    {Rule::kTxTotalTooLarge, "bad-txns-txouttotal-toolarge", false, true, "transactions section 7"},
    {Rule::kTxInputsDuplicate, "bad-txns-inputs-duplicate", false, true, "transactions section 8"},
    {Rule::kTxPrevoutNull, "bad-txns-prevout-null", false, true, "transactions section 8"},
    {Rule::kCoinbaseLength, "bad-cb-length", false, true, "transactions section 8"},
    {Rule::kCoinbaseFee, "bad-cb-fee", false, true, "transactions section 5"},

    {Rule::kTxInputsMissing, "bad-txns-inputs-missingorspent", false, true, "transactions section 8"},
    {Rule::kTxPrematureCoinbase, "bad-txns-premature-spend-of-coinbase", false, true, "transactions section 8"},
    {Rule::kTxPeginWitness, "bad-pegin-witness", false, true, "transactions section 9"},
    {Rule::kTxDoublePegin, "bad-txns-double-pegin", false, true, "transactions section 9"},
    {Rule::kTxDoublePeginInObject, "bad-txns-double-pegin-in-obj", false, true, "transactions section 9"},
    {Rule::kTxFeeRange, "bad-txns-fee-outofrange", false, true, "transactions section 5"},
    {Rule::kTxInNotOut, "bad-txns-in-ne-out", false, true, "transactions sections 5 to 7"},
    {Rule::kTxFeeTotalRange, "bad-block-total-fee-outofrange", false, true, "transactions section 7"},
    {Rule::kTxConfidential, "confidential-proofs-unavailable", false, kInnocent, "ours"},
    {Rule::kTxScript, "mandatory-script-verify-flag-failed", false, true, "script section 2"},

    {Rule::kBlockProof, "block-proof-invalid", kMutated, true, "blocks-and-dynafed section 4"},
    {Rule::kHeaderPrevUnknown, "prev-blk-not-found", false, kInnocent, "blocks-and-dynafed section 5"},
    {Rule::kHeaderPrevInvalid, "bad-prevblk", false, true, "blocks-and-dynafed section 5"},
    {Rule::kHeaderChallenge, "bad-diffbits", false, true, "blocks-and-dynafed section 4"},
    {Rule::kHeaderTimeOld, "time-too-old", false, true, "blocks-and-dynafed section 5"},
    {Rule::kHeaderHeight, "bad-header-height", false, true, "blocks-and-dynafed section 5"},
    {Rule::kHeaderTimeNew, "time-too-new", false, kInnocent, "blocks-and-dynafed section 5"},
    {Rule::kHeaderVersion, "bad-version", false, true, "blocks-and-dynafed section 5"},
    {Rule::kHeaderDynafed, "invalid-dyna-fed", false, true, "blocks-and-dynafed section 6"},

    {Rule::kBlockMerkleRoot, "bad-txnmrklroot", kMutated, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockMerkleDuplicate, "bad-txns-duplicate", kMutated, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockLength, "bad-blk-length", false, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockCoinbaseMissing, "bad-cb-missing", false, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockCoinbaseMultiple, "bad-cb-multiple", false, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockSigops, "bad-blk-sigops", false, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockNonFinal, "bad-txns-nonfinal", false, true, "blocks-and-dynafed section 9, BIP68, BIP113"},
    {Rule::kBlockCoinbaseHeight, "bad-cb-height", false, true, "BIP34"},
    {Rule::kBlockCoinbaseWitness, "bad-cb-witness", kMutated, true, "blocks-and-dynafed section 9"},
    {Rule::kBlockWitnessNonce, "bad-witness-nonce-size", kMutated, true, "blocks-and-dynafed section 10"},
    {Rule::kBlockWitnessRoot, "bad-witness-merkle-match", kMutated, true, "blocks-and-dynafed section 10"},
    {Rule::kBlockUnexpectedWitness, "unexpected-witness", kMutated, true, "blocks-and-dynafed section 10"},
    {Rule::kBlockWeight, "bad-blk-weight", false, true, "blocks-and-dynafed section 9"},

    {Rule::kBlockCoinbaseDestination, "bad-coinbase-txos", false, true, "blocks-and-dynafed section 11"},
    {Rule::kBlockOverwrites, "bad-txns-BIP30", false, true, "BIP30"},
    {Rule::kBlockPak, "bad-pak-tx", false, true, "transactions section 10"},
    {Rule::kBlockPakUnavailable, "pak-proof-unavailable", false, kInnocent, "ours"},
    {Rule::kBlockRewardRange, "bad-blockreward-outofrange", false, true, "blocks-and-dynafed section 11"},
    {Rule::kBlockCoinbaseAmount, "bad-cb-amount", false, true, "blocks-and-dynafed section 11"},
}};

constexpr bool rows_follow_the_enum() {
    for (size_t i = 0; i < kRules.size(); ++i) {
        if (static_cast<size_t>(kRules[i].rule) != i) return false;
    }
    return true;
}
static_assert(rows_follow_the_enum());

tl::unexpected<Failure> failure(const RuleInfo& rule, std::string reason, std::string detail) {
    return rule.mutated ? mutated(std::move(reason), std::move(detail)) : invalid(std::move(reason), std::move(detail));
}

}  // namespace

const RuleInfo& info(Rule rule) { return kRules[static_cast<size_t>(rule)]; }

tl::unexpected<Failure> broken(Rule rule, std::string detail) {
    return failure(info(rule), std::string(info(rule).reject), std::move(detail));
}

tl::unexpected<Failure> broken_with(Rule rule, std::string_view parameter, std::string detail) {
    // Elements writes a space before the parenthesis for scripts, none for versions.
    const std::string space = rule == Rule::kTxScript ? " (" : "(";
    return failure(info(rule), std::string(info(rule).reject) + space + std::string(parameter) + ")", std::move(detail));
}

const RuleInfo* find_rule(std::string_view reason) {
    std::string_view name = reason.substr(0, reason.find('('));
    while (name.ends_with(' ')) name.remove_suffix(1);
    for (const RuleInfo& rule : kRules) {
        if (rule.reject == name) return &rule;
    }
    return nullptr;
}

}  // namespace sluice::rules
