// test/layering/check_rules.py reads the rows below: a row a rule, two lines each.
#include "consensus/rules/rule.h"

#include <array>

#include "util/check.h"

namespace sluice::rules {
namespace {

using Part = BreachPlace::Part;
constexpr bool kMutated = true;
constexpr bool kFinal = false;
constexpr bool kPunish = true;
constexpr bool kInnocent = false;

constexpr std::array<RuleInfo, kRuleCount> kRules = {{
    {Rule::kTxNoInputs, "tx-no-inputs", "bad-txns-vin-empty", Stage::kTransaction, kFinal, kPunish, Part::kTransaction,
     "", "transactions section 8", "consensus/rules/tx_check.cpp"},
    {Rule::kTxNoOutputs, "tx-no-outputs", "bad-txns-vout-empty", Stage::kTransaction, kFinal, kPunish,
     Part::kTransaction, "", "transactions section 8", "consensus/rules/tx_check.cpp"},
    {Rule::kTxOversize, "tx-oversize", "bad-txns-oversize", Stage::kTransaction, kFinal, kPunish, Part::kTransaction,
     "weight limit", "transactions section 8", "consensus/rules/tx_check.cpp"},
    {Rule::kTxValueNegative, "tx-value-negative", "bad-txns-vout-negative", Stage::kTransaction, kFinal, kPunish,
     Part::kOutput, "amount", "transactions section 7", "consensus/rules/tx_check.cpp"},
    {Rule::kTxValueTooLarge, "tx-value-too-large", "bad-txns-vout-toolarge", Stage::kTransaction, kFinal, kPunish,
     Part::kOutput, "amount limit", "transactions section 7", "consensus/rules/tx_check.cpp"},
    {Rule::kTxTotalTooLarge, "tx-total-too-large", "bad-txns-txouttotal-toolarge", Stage::kTransaction, kFinal, kPunish,
     Part::kOutput, "total limit", "transactions section 7", "consensus/rules/tx_check.cpp"},
    {Rule::kTxInputsDuplicate, "tx-inputs-duplicate", "bad-txns-inputs-duplicate", Stage::kTransaction, kFinal, kPunish,
     Part::kInput, "outpoint first_input", "transactions section 8", "consensus/rules/tx_check.cpp"},
    {Rule::kTxPrevoutNull, "tx-prevout-null", "bad-txns-prevout-null", Stage::kTransaction, kFinal, kPunish,
     Part::kInput, "", "transactions section 8", "consensus/rules/tx_check.cpp"},
    {Rule::kCoinbaseLength, "coinbase-length", "bad-cb-length", Stage::kTransaction, kFinal, kPunish, Part::kInput,
     "size minimum maximum", "transactions section 8", "consensus/rules/tx_check.cpp"},
    {Rule::kCoinbaseFee, "coinbase-fee", "bad-cb-fee", Stage::kTransaction, kFinal, kPunish, Part::kOutput, "",
     "transactions section 5", "consensus/rules/tx_check.cpp"},
    {Rule::kTxInputsMissing, "tx-inputs-missing", "bad-txns-inputs-missingorspent", Stage::kInputs, kFinal, kPunish,
     Part::kInput, "outpoint", "transactions section 8", "consensus/rules/tx_inputs.cpp"},
    {Rule::kTxPrematureCoinbase, "tx-premature-coinbase", "bad-txns-premature-spend-of-coinbase", Stage::kInputs,
     kFinal, kPunish, Part::kInput, "outpoint depth minimum", "transactions section 8",
     "consensus/rules/tx_inputs.cpp"},
    {Rule::kTxPeginWitness, "tx-pegin-witness", "bad-pegin-witness", Stage::kInputs, kFinal, kPunish, Part::kInput,
     "deposit", "transactions section 9", "consensus/rules/tx_inputs.cpp"},
    {Rule::kTxDoublePegin, "tx-double-pegin", "bad-txns-double-pegin", Stage::kInputs, kFinal, kPunish, Part::kInput,
     "deposit", "transactions section 9", "consensus/rules/tx_inputs.cpp"},
    {Rule::kTxDoublePeginInObject, "tx-double-pegin-in-object", "bad-txns-double-pegin-in-obj", Stage::kInputs, kFinal,
     kPunish, Part::kInput, "deposit first_input", "transactions section 9", "consensus/rules/tx_inputs.cpp"},
    {Rule::kTxFeeRange, "tx-fee-range", "bad-txns-fee-outofrange", Stage::kInputs, kFinal, kPunish, Part::kOutput,
     "asset amount total limit", "transactions section 5", "consensus/rules/amounts.cpp"},
    {Rule::kTxInNotOut, "tx-in-not-out", "bad-txns-in-ne-out", Stage::kInputs, kFinal, kPunish, Part::kUnknown, "check",
     "transactions sections 5 to 7, confidential section 9", "consensus/rules/amounts.cpp"},
    {Rule::kTxFeeTotalRange, "tx-fee-total-range", "bad-block-total-fee-outofrange", Stage::kInputs, kFinal, kPunish,
     Part::kTransaction, "asset amount total limit", "transactions section 7", "consensus/rules/connect.cpp"},
    {Rule::kTxScript, "tx-script", "mandatory-script-verify-flag-failed", Stage::kScript, kFinal, kPunish, Part::kInput,
     "outpoint error", "script section 2", "consensus/rules/script_check.cpp"},
    {Rule::kBlockProof, "block-proof", "block-proof-invalid", Stage::kHeader, kMutated, kPunish, Part::kHeader, "",
     "blocks-and-dynafed section 4", "consensus/rules/header_check.cpp"},
    {Rule::kHeaderPrevUnknown, "header-prev-unknown", "prev-blk-not-found", Stage::kHeader, kFinal, kInnocent,
     Part::kHeader, "previous", "blocks-and-dynafed section 5", "src/chain/detail/judge.cpp"},
    {Rule::kHeaderPrevInvalid, "header-prev-invalid", "bad-prevblk", Stage::kHeader, kFinal, kPunish, Part::kHeader,
     "previous", "blocks-and-dynafed section 5", "src/chain/detail/judge.cpp"},
    {Rule::kHeaderChallenge, "header-challenge", "bad-diffbits", Stage::kHeader, kFinal, kPunish, Part::kHeader,
     "challenge expected", "blocks-and-dynafed section 4", "consensus/rules/header_check.cpp"},
    {Rule::kHeaderTimeOld, "header-time-old", "time-too-old", Stage::kHeader, kFinal, kPunish, Part::kHeader,
     "time median", "blocks-and-dynafed section 5", "consensus/rules/header_check.cpp"},
    {Rule::kHeaderHeight, "header-height", "bad-header-height", Stage::kHeader, kFinal, kPunish, Part::kHeader,
     "height expected", "blocks-and-dynafed section 5", "consensus/rules/header_check.cpp"},
    {Rule::kHeaderTimeNew, "header-time-new", "time-too-new", Stage::kHeader, kFinal, kInnocent, Part::kHeader,
     "time limit", "blocks-and-dynafed section 5", "consensus/rules/header_check.cpp"},
    {Rule::kHeaderVersion, "header-version", "bad-version", Stage::kHeader, kFinal, kPunish, Part::kHeader,
     "version minimum height", "blocks-and-dynafed section 5", "consensus/rules/header_check.cpp"},
    {Rule::kHeaderDynafed, "header-dynafed", "invalid-dyna-fed", Stage::kHeader, kFinal, kPunish, Part::kHeader,
     "check", "blocks-and-dynafed section 6", "federation/rules/dynafed.cpp"},
    {Rule::kBlockMerkleRoot, "block-merkle-root", "bad-txnmrklroot", Stage::kBlock, kMutated, kPunish, Part::kBlock,
     "root expected", "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockMerkleDuplicate, "block-merkle-duplicate", "bad-txns-duplicate", Stage::kBlock, kMutated, kPunish,
     Part::kBlock, "transactions", "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockLength, "block-length", "bad-blk-length", Stage::kBlock, kFinal, kPunish, Part::kBlock,
     "transactions weight limit", "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockCoinbaseMissing, "block-coinbase-missing", "bad-cb-missing", Stage::kBlock, kFinal, kPunish,
     Part::kTransaction, "", "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockCoinbaseMultiple, "block-coinbase-multiple", "bad-cb-multiple", Stage::kBlock, kFinal, kPunish,
     Part::kTransaction, "", "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockSigops, "block-sigops", "bad-blk-sigops", Stage::kBlock, kFinal, kPunish, Part::kUnknown, "cost limit",
     "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockNonFinal, "block-non-final", "bad-txns-nonfinal", Stage::kBlock, kFinal, kPunish, Part::kTransaction,
     "height time", "blocks-and-dynafed section 9, BIP68, BIP113", "consensus/rules/block_check.cpp"},
    {Rule::kBlockCoinbaseHeight, "block-coinbase-height", "bad-cb-height", Stage::kBlock, kFinal, kPunish, Part::kInput,
     "script height", "BIP34", "consensus/rules/block_check.cpp"},
    {Rule::kBlockCoinbaseWitness, "block-coinbase-witness", "bad-cb-witness", Stage::kBlock, kMutated, kPunish,
     Part::kInput, "", "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockWitnessNonce, "block-witness-nonce", "bad-witness-nonce-size", Stage::kBlock, kMutated, kPunish,
     Part::kInput, "items expected", "blocks-and-dynafed section 10", "consensus/rules/block_check.cpp"},
    {Rule::kBlockWitnessRoot, "block-witness-root", "bad-witness-merkle-match", Stage::kBlock, kMutated, kPunish,
     Part::kOutput, "commitment expected", "blocks-and-dynafed section 10", "consensus/rules/block_check.cpp"},
    {Rule::kBlockUnexpectedWitness, "block-unexpected-witness", "unexpected-witness", Stage::kBlock, kMutated, kPunish,
     Part::kTransaction, "", "blocks-and-dynafed section 10", "consensus/rules/block_check.cpp"},
    {Rule::kBlockWeight, "block-weight", "bad-blk-weight", Stage::kBlock, kFinal, kPunish, Part::kBlock, "weight limit",
     "blocks-and-dynafed section 9", "consensus/rules/block_check.cpp"},
    {Rule::kBlockCoinbaseDestination, "block-coinbase-destination", "bad-coinbase-txos", Stage::kConnect, kFinal,
     kPunish, Part::kOutput, "script expected", "blocks-and-dynafed section 11", "consensus/rules/connect.cpp"},
    {Rule::kBlockOverwrites, "block-overwrites", "bad-txns-BIP30", Stage::kConnect, kFinal, kPunish, Part::kOutput,
     "outpoint", "BIP30", "consensus/rules/connect.cpp"},
    {Rule::kBlockPak, "block-pak", "bad-pak-tx", Stage::kConnect, kFinal, kPunish, Part::kOutput, "entries",
     "transactions section 10", "consensus/rules/connect.cpp"},
    {Rule::kBlockRewardRange, "block-reward-range", "bad-blockreward-outofrange", Stage::kConnect, kFinal, kPunish,
     Part::kBlock, "asset subsidy fees limit", "blocks-and-dynafed section 11", "consensus/rules/connect.cpp"},
    {Rule::kBlockCoinbaseAmount, "block-coinbase-amount", "bad-cb-amount", Stage::kConnect, kFinal, kPunish,
     Part::kUnknown, "check", "blocks-and-dynafed section 11", "consensus/rules/amounts.cpp"},
}};

constexpr bool rows_follow_the_enum() {
    for (size_t i = 0; i < kRules.size(); ++i) {
        if (static_cast<size_t>(kRules[i].rule) != i) return false;
    }
    return true;
}
static_assert(rows_follow_the_enum());

tl::unexpected<Failure> failure(const RuleInfo& rule, std::string reason, const BreachPlace& place, NamedValues values,
                                std::string detail) {
    tl::unexpected<Failure> out =
        rule.mutated ? mutated(std::move(reason), std::move(detail)) : invalid(std::move(reason), std::move(detail));
    out.value().breach.rule = rule.name;
    out.value().breach.place = place;
    out.value().breach.values = std::move(values);
    return out;
}

}  // namespace

std::string_view to_string(Stage stage) {
    switch (stage) {
        case Stage::kTransaction: return "transaction";
        case Stage::kInputs: return "inputs";
        case Stage::kScript: return "script";
        case Stage::kHeader: return "header";
        case Stage::kBlock: return "block";
        case Stage::kConnect: return "connect";
    }
    return "";
}

std::span<const RuleInfo> all_rules() { return kRules; }

const RuleInfo& info(Rule rule) { return kRules[static_cast<size_t>(rule)]; }

tl::unexpected<Failure> broken(Rule rule, const BreachPlace& place, NamedValues values, std::string detail) {
    return failure(info(rule), std::string(info(rule).reject), place, std::move(values), std::move(detail));
}

tl::unexpected<Failure> broken_with(Rule rule, std::string_view parameter, const BreachPlace& place, NamedValues values,
                                    std::string detail) {
    // Elements writes a space before the parenthesis for scripts, none for versions.
    const std::string space = rule == Rule::kTxScript ? " (" : "(";
    return failure(info(rule), std::string(info(rule).reject) + space + std::string(parameter) + ")", place,
                   std::move(values), std::move(detail));
}

const RuleInfo* find_rule(const Breach& breach) {
    for (const RuleInfo& rule : kRules) {
        if (rule.name == breach.rule) return &rule;
    }
    return nullptr;
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
