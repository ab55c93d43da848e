#include "consensus/rules/script_check.h"

#include "codec/hex.h"
#include "consensus/primitives/failed_script.h"

namespace sluice::rules {

std::shared_ptr<const SpendingTx> make_spending(TxRef tx, std::vector<TxOut> spent, const BlockHash& genesis,
                                                std::optional<size_t> in_block) {
    script::TxHashes hashes = script::compute_tx_hashes(tx->tx, spent, genesis);
    return std::make_shared<const SpendingTx>(SpendingTx{std::move(tx), std::move(spent), std::move(hashes), in_block});
}

BreachPlace place_in(const SpendingTx& spending, const BreachPlace& place) {
    return spending.in_block ? in_block(place, *spending.in_block, spending.tx->txid) : place;
}

script::ScriptResult run(const ScriptCheck& check) {
    const SpendingTx& s = *check.spending;
    return script::verify_input(s.tx->tx, check.input, s.spent, check.flags, s.hashes);
}

Failure script_failure(const ScriptCheck& check, script::ScriptError error) {
    const SpendingTx& spending = *check.spending;
    const ParsedTx& tx = *spending.tx;
    const std::string outpoint = to_display(tx.tx.inputs[check.input].prevout);
    Failure out = broken_with(Rule::kTxScript, script::to_string(error), place_in(spending, at_input(check.input)),
                              {{"outpoint", outpoint}, {"error", std::string(script::short_name(error))}},
                              "input " + std::to_string(check.input) + " of " + to_display(tx.txid) + " (wtxid " +
                                  to_display(tx.wtxid) + "), spending " + outpoint)
                      .value();
    out.breach.script =
        std::make_shared<const FailedScript>(FailedScript{spending.tx, spending.spent, check.input, check.flags});
    return out;
}

void append_checks(std::vector<ScriptCheck>& checks, const std::shared_ptr<const SpendingTx>& spending,
                   script::Flags flags) {
    for (uint32_t i = 0; i < spending->tx->tx.inputs.size(); ++i) checks.push_back({spending, i, flags});
}

}  // namespace sluice::rules
