#include "consensus/rules/script_check.h"

#include "codec/hex.h"

namespace sluice::rules {

std::shared_ptr<const SpendingTx> make_spending(TxRef tx, std::vector<TxOut> spent, const BlockHash& genesis) {
    script::TxHashes hashes = script::compute_tx_hashes(tx->tx, spent, genesis);
    return std::make_shared<const SpendingTx>(SpendingTx{std::move(tx), std::move(spent), std::move(hashes)});
}

script::ScriptResult run(const ScriptCheck& check) {
    const SpendingTx& s = *check.spending;
    return script::verify_input(s.tx->tx, check.input, s.spent, check.flags, s.hashes);
}

Failure script_failure(const ScriptCheck& check, script::ScriptError error) {
    const ParsedTx& tx = *check.spending->tx;
    const OutPoint& from = tx.tx.inputs[check.input].prevout;
    return broken_with(Rule::kTxScript, script::to_string(error),
                       "input " + std::to_string(check.input) + " of " + to_display(tx.txid) + " (wtxid " +
                           to_display(tx.wtxid) + "), spending " + to_display(from.txid) + ":" +
                           std::to_string(from.index))
        .value();
}

void append_checks(std::vector<ScriptCheck>& checks, const std::shared_ptr<const SpendingTx>& spending,
                   script::Flags flags) {
    for (uint32_t i = 0; i < spending->tx->tx.inputs.size(); ++i) checks.push_back({spending, i, flags});
}

}  // namespace sluice::rules
