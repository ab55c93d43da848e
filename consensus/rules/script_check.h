// Script checks: the part of judging a block or transaction that takes time and needs nothing but bytes. Rules collect
// them; the caller runs them on as many threads as it has. A check owns all that it looks at.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "consensus/rules/rule.h"
#include "consensus/script/flags.h"
#include "consensus/script/tx_checker.h"

namespace sluice::rules {

// One transaction with what its inputs spend and what is hashed once for all of them.
struct SpendingTx {
    TxRef tx;
    std::vector<TxOut> spent;
    script::TxHashes hashes;
    std::optional<size_t> in_block;  // its place in the block that is judged, for failures to name
};
// `spent` has one output for each input; `genesis` is the chain's own (taproot signatures name it).
std::shared_ptr<const SpendingTx> make_spending(TxRef tx, std::vector<TxOut> spent, const BlockHash& genesis,
                                                std::optional<size_t> in_block = std::nullopt);
// A place in that transaction, and in its block if it is judged in one.
BreachPlace place_in(const SpendingTx& spending, const BreachPlace& place);

struct ScriptCheck {
    std::shared_ptr<const SpendingTx> spending;
    uint32_t input = 0;
    script::Flags flags = script::kVerifyNone;
};

// Any thread.
script::ScriptResult run(const ScriptCheck& check);
// What the failure of a check means in a block: kTxScript with the script error's text, and with what it
// takes to run the scripts again.
Failure script_failure(const ScriptCheck& check, script::ScriptError error);
// One check an input, to be appended.
void append_checks(std::vector<ScriptCheck>& checks, const std::shared_ptr<const SpendingTx>& spending,
                   script::Flags flags);

}  // namespace sluice::rules
