#include "consensus/rules/tx_check.h"

#include <algorithm>

#include "consensus/rules/limits.h"

namespace sluice::rules {
namespace {

Judged<void> check_values(const Transaction& tx) {
    Amount total;
    for (const TxOut& out : tx.outputs) {
        if (!out.value.is_explicit()) continue;
        const Amount value = out.value.explicit_value();
        if (value.sat < 0) return broken(Rule::kTxValueNegative);
        if (value > kMaxMoney) return broken(Rule::kTxValueTooLarge);
        total.sat += value.sat;  // both at most kMaxMoney
        if (!in_money_range(total)) return broken(Rule::kTxTotalTooLarge);
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

}  // namespace

Judged<void> check_transaction(const ParsedTx& parsed) {
    const Transaction& tx = parsed.tx;
    if (tx.inputs.empty()) return broken(Rule::kTxNoInputs);
    if (tx.outputs.empty()) return broken(Rule::kTxNoOutputs);
    if (size_t{parsed.stripped_size} * kWitnessScale > kMaxBlockWeight) return broken(Rule::kTxOversize);
    TRY_VOID(check_values(tx));
    if (has_duplicate_inputs(tx)) return broken(Rule::kTxInputsDuplicate);
    if (tx.is_coinbase()) {
        const size_t length = tx.inputs[0].script_sig.size();
        if (length < kMinCoinbaseScript || length > kMaxCoinbaseScript) return broken(Rule::kCoinbaseLength);
        if (std::ranges::any_of(tx.outputs, &TxOut::is_fee)) return broken(Rule::kCoinbaseFee);
    } else if (std::ranges::any_of(tx.inputs, [](const TxIn& in) { return in.prevout.is_null(); })) {
        return broken(Rule::kTxPrevoutNull);
    }
    return {};
}

}  // namespace sluice::rules
