#include "consensus/rules/tx_check.h"

#include <algorithm>
#include <map>

#include "consensus/rules/limits.h"

namespace sluice::rules {
namespace {

constexpr int64_t kMoneyLimit = kMaxMoney.sat;

Judged<void> check_values(const Transaction& tx) {
    Amount total;
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        if (!tx.outputs[i].value.is_explicit()) continue;
        const Amount value = tx.outputs[i].value.explicit_value();
        if (value.sat < 0) return broken(Rule::kTxValueNegative, at_output(i), {{"amount", value.sat}});
        if (value > kMaxMoney)
            return broken(Rule::kTxValueTooLarge, at_output(i), {{"amount", value.sat}, {"limit", kMoneyLimit}});
        total.sat += value.sat;  // both at most kMaxMoney
        if (!in_money_range(total))
            return broken(Rule::kTxTotalTooLarge, at_output(i), {{"total", total.sat}, {"limit", kMoneyLimit}});
    }
    return {};
}

bool has_duplicate_inputs(const Transaction& tx) {
    std::vector<OutPoint> outpoints;
    outpoints.reserve(tx.inputs.size());
    for (const TxIn& in : tx.inputs) outpoints.push_back(in.prevout);
    std::ranges::sort(outpoints);
    return std::ranges::adjacent_find(outpoints) != outpoints.end();
}

// Precondition: has_duplicate_inputs.
tl::unexpected<Failure> duplicate_input(const Transaction& tx) {
    std::map<OutPoint, size_t> first;
    size_t i = 0;
    while (first.emplace(tx.inputs[i].prevout, i).second) ++i;
    const OutPoint& twice = tx.inputs[i].prevout;
    return broken(Rule::kTxInputsDuplicate, at_input(i),
                  {{"outpoint", to_display(twice)}, {"first_input", first.at(twice)}});
}

}  // namespace

Judged<void> check_transaction(const ParsedTx& parsed) {
    const Transaction& tx = parsed.tx;
    if (tx.inputs.empty()) return broken(Rule::kTxNoInputs, at_transaction());
    if (tx.outputs.empty()) return broken(Rule::kTxNoOutputs, at_transaction());
    if (const size_t weight = size_t{parsed.stripped_size} * kWitnessScale; weight > kMaxBlockWeight) {
        return broken(Rule::kTxOversize, at_transaction(), {{"weight", weight}, {"limit", kMaxBlockWeight}});
    }
    TRY_VOID(check_values(tx));
    if (has_duplicate_inputs(tx)) return duplicate_input(tx);
    if (tx.is_coinbase()) {
        const size_t length = tx.inputs[0].script_sig.size();
        if (length < kMinCoinbaseScript || length > kMaxCoinbaseScript) {
            return broken(Rule::kCoinbaseLength, at_input(0),
                          {{"size", length}, {"minimum", kMinCoinbaseScript}, {"maximum", kMaxCoinbaseScript}});
        }
        for (size_t i = 0; i < tx.outputs.size(); ++i) {
            if (tx.outputs[i].is_fee()) return broken(Rule::kCoinbaseFee, at_output(i));
        }
        return {};
    }
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (tx.inputs[i].prevout.is_null()) return broken(Rule::kTxPrevoutNull, at_input(i));
    }
    return {};
}

}  // namespace sluice::rules
