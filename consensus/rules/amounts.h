// What goes in must come out, asset by asset (transactions.md sections 5 to 7, confidential.md section 9). Where all
// amounts are in the open, the whole answer is here; where a commitment takes part, what the bytes tell is here, and
// what curve points must tell is in hidden_amounts.h. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"
#include "consensus/rules/rule.h"

namespace sluice::rules {

using AmountMap = std::map<AssetId, Amount>;

// Fee outputs by asset. Invalid: a fee of zero or out of range, or a total out of range.
Judged<AmountMap> transaction_fees(const Transaction& tx);
// Adds `fees` to `total`. nullopt: done; else the first asset whose sum would leave the range of money: it is as it
// was, some others are added already.
[[nodiscard]] std::optional<AssetId> add_all(AmountMap& total, const AmountMap& fees);

enum class AmountsLeft {
    kNothing,  // the amounts balance
    kPoints,   // an asset or amount is a commitment: hidden_amounts.h has the rest
};
// Precondition: `spent` holds the output that each input spends, in order. Invalid: kTxInNotOut.
Judged<AmountsLeft> check_amounts(const Transaction& tx, std::span<const TxOut> spent, const ChainParams& params);

// Outputs of a coinbase against what it may claim. Invalid: kBlockCoinbaseAmount.
Judged<void> check_coinbase_amounts(const Transaction& coinbase, const AmountMap& reward);

}  // namespace sluice::rules
