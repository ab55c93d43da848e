#include "consensus/rules/amounts.h"

#include <algorithm>

#include "consensus/primitives/issuance.h"

namespace sluice::rules {
namespace {

// Sums of fewer than 2^32 terms of less than 2^63 each.
__extension__ typedef __int128 Sum;
using Balance = std::map<AssetId, Sum>;

bool is_confidential(const TxOut& out) { return out.asset.is_commitment() || out.value.is_commitment(); }
bool is_confidential(const AssetIssuance& issuance) {
    return issuance.amount.is_commitment() || issuance.inflation_keys.is_commitment();
}

// An explicit issued amount: positive, in range if the asset is the pegged one, and without a proof.
bool issue(Balance& balance, const AssetId& asset, const ConfidentialValue& amount, const Bytes& rangeproof, const ChainParams& params) {
    const Amount value = amount.explicit_value();
    if (value.sat <= 0 || (asset == params.pegged_asset && !in_money_range(value)) || !rangeproof.empty()) return false;
    balance[asset] += value.sat;
    return true;
}

bool add_issuance(Balance& balance, const TxIn& in, bool tx_has_witness, const ChainParams& params) {
    // Only a token that is blinded can be shown to be the right one: an explicit token never reissues.
    if (in.issuance.is_reissuance()) return false;
    // Fact: a transaction without any witness cannot issue.
    if (!tx_has_witness) return false;
    const IssuanceIds ids = issuance_ids(in);
    if (!in.issuance.amount.is_null() &&
        !issue(balance, ids.asset, in.issuance.amount, in.witness.issuance_amount_rangeproof, params)) {
        return false;
    }
    return in.issuance.inflation_keys.is_null() ||
           issue(balance, ids.token, in.issuance.inflation_keys, in.witness.inflation_keys_rangeproof, params);
}

bool take_output(Balance& balance, const TxOut& out) {
    const Amount value = out.value.explicit_value();
    if (!in_money_range(value) || !out.witness.is_null()) return false;
    // A spendable output of nothing could stand for a reissuance token that nobody has.
    if (value.sat == 0) return is_unspendable(out.script);
    balance[out.asset.explicit_value()] -= value.sat;
    return true;
}

}  // namespace

Judged<AmountMap> transaction_fees(const Transaction& tx) {
    AmountMap fees;
    for (const TxOut& out : tx.outputs) {
        if (!out.is_fee()) continue;
        const Amount fee = out.value.explicit_value();
        if (fee.sat == 0 || !in_money_range(fee)) return broken(Rule::kTxFeeRange);
        Amount& total = fees[out.asset.explicit_value()];
        total.sat += fee.sat;  // both in range
        if (!in_money_range(total)) return broken(Rule::kTxFeeRange);
    }
    return fees;
}

bool accumulate(AmountMap& total, const AmountMap& fees) {
    for (const auto& [asset, fee] : fees) {
        const std::optional<Amount> sum = add(total[asset], fee);
        if (!sum || !in_money_range(*sum)) return false;
        total[asset] = *sum;
    }
    return true;
}

Judged<void> check_amounts(const Transaction& tx, std::span<const TxOut> spent, const ChainParams& params) {
    CHECK(spent.size() == tx.inputs.size());
    const bool confidential =
        std::ranges::any_of(spent, [](const TxOut& out) { return is_confidential(out); }) ||
        std::ranges::any_of(tx.outputs, [](const TxOut& out) { return is_confidential(out); }) ||
        std::ranges::any_of(tx.inputs, [](const TxIn& in) { return is_confidential(in.issuance); });
    if (confidential) return broken(Rule::kTxConfidential, "range and surjection proofs are not verified yet");

    Balance balance;
    const bool has_witness = tx.has_witness();
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (!spent[i].is_explicit()) return broken(Rule::kTxInNotOut);
        const Amount value = spent[i].value.explicit_value();
        if (value.sat == 0 || !in_money_range(value)) return broken(Rule::kTxInNotOut);
        balance[spent[i].asset.explicit_value()] += value.sat;
        if (!tx.inputs[i].issuance.is_null() && !add_issuance(balance, tx.inputs[i], has_witness, params)) {
            return broken(Rule::kTxInNotOut, "an issuance is not allowed");
        }
    }
    for (const TxOut& out : tx.outputs) {
        if (!out.is_explicit() || !take_output(balance, out)) return broken(Rule::kTxInNotOut, "an output is not allowed");
    }
    for (const auto& [asset, left] : balance) {
        if (left != 0) return broken(Rule::kTxInNotOut, "value in != value out");
    }
    return {};
}

Judged<void> check_coinbase_amounts(const Transaction& coinbase, const AmountMap& reward) {
    std::map<AssetId, Sum> left;
    for (const auto& [asset, amount] : reward) left[asset] = amount.sat;
    for (const TxOut& out : coinbase.outputs) {
        if (!out.is_explicit() || !out.witness.is_null()) return broken(Rule::kBlockCoinbaseAmount);
        const Amount value = out.value.explicit_value();
        if (!in_money_range(value) || (value.sat == 0 && !is_unspendable(out.script))) return broken(Rule::kBlockCoinbaseAmount);
        left[out.asset.explicit_value()] -= value.sat;
    }
    for (const auto& [asset, rest] : left) {
        if (rest < 0 || rest > kMaxMoney.sat) return broken(Rule::kBlockCoinbaseAmount, "coinbase pays too much");
    }
    return {};
}

}  // namespace sluice::rules
