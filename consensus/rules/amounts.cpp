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

tl::unexpected<Failure> wrong(const char* what, size_t n, std::string detail) {
    return broken(Rule::kTxInNotOut, std::string(what) + " " + std::to_string(n) + ": " + std::move(detail));
}
tl::unexpected<Failure> wrong_input(size_t n, std::string detail) { return wrong("input", n, std::move(detail)); }
tl::unexpected<Failure> wrong_output(size_t n, std::string detail) { return wrong("output", n, std::move(detail)); }

Judged<void> check_spent(size_t n, const TxOut& spent) {
    if (spent.asset.is_null() || spent.value.is_null())
        return wrong_input(n, "spends an output without asset or value");
    if (!spent.value.is_explicit()) return {};
    const Amount value = spent.value.explicit_value();
    if (value.sat == 0 || !in_money_range(value)) return wrong_input(n, "spends an amount out of range");
    return {};
}

// An issued amount in the open: positive, in range if the asset is the pegged one, and without a proof.
Judged<void> check_issued(size_t n, const AssetId& asset, const ConfidentialValue& amount, const Bytes& rangeproof,
                          const ChainParams& params) {
    if (!amount.is_explicit()) return {};
    const Amount value = amount.explicit_value();
    if (value.sat <= 0 || (asset == params.pegged_asset && !in_money_range(value)))
        return wrong_input(n, "issues an amount out of range");
    if (!rangeproof.empty()) return wrong_input(n, "issues an open amount with a range proof");
    return {};
}

Judged<void> check_issuance(size_t n, const TxIn& in, const TxOut& spent, bool tx_has_witness,
                            const ChainParams& params) {
    if (in.issuance.is_reissuance()) {
        // Only a token that is blinded can be shown to be the right one: an explicit token never reissues.
        if (!spent.asset.is_commitment()) return wrong_input(n, "reissues by an output whose asset is not blinded");
        if (!in.issuance.inflation_keys.is_null()) return wrong_input(n, "a reissuance makes no tokens");
    }
    // Fact: a transaction without any witness cannot issue.
    if (!tx_has_witness) return wrong_input(n, "issues in a transaction without a witness");
    const IssuanceIds ids = issuance_ids(in);
    TRY_VOID(check_issued(n, ids.asset, in.issuance.amount, in.witness.issuance_amount_rangeproof, params));
    return check_issued(n, ids.token, in.issuance.inflation_keys, in.witness.inflation_keys_rangeproof, params);
}

Judged<void> check_output(size_t n, const TxOut& out) {
    if (out.asset.is_null() || out.value.is_null()) return wrong_output(n, "no asset or value");
    if (out.value.is_explicit()) {
        const Amount value = out.value.explicit_value();
        if (!in_money_range(value)) return wrong_output(n, "an amount out of range");
        // A spendable output of nothing could stand for a reissuance token that nobody has.
        if (value.sat == 0 && !is_unspendable(out.script)) return wrong_output(n, "a spendable output of nothing");
        if (!out.witness.rangeproof.empty()) return wrong_output(n, "an open amount with a range proof");
    } else if (out.witness.rangeproof.empty()) {
        return wrong_output(n, "a committed amount without a range proof");
    }
    if (out.asset.is_explicit() && !out.witness.surjection_proof.empty())
        return wrong_output(n, "an open asset with a surjection proof");
    if (out.asset.is_commitment() && out.witness.surjection_proof.empty())
        return wrong_output(n, "a committed asset without a surjection proof");
    return {};
}

bool is_confidential(const Transaction& tx, std::span<const TxOut> spent) {
    return std::ranges::any_of(spent, [](const TxOut& out) { return is_confidential(out); }) ||
           std::ranges::any_of(tx.outputs, [](const TxOut& out) { return is_confidential(out); }) ||
           std::ranges::any_of(tx.inputs, [](const TxIn& in) { return is_confidential(in.issuance); });
}

// Precondition: everything is explicit and in its range.
bool balances(const Transaction& tx, std::span<const TxOut> spent) {
    Balance balance;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        balance[spent[i].asset.explicit_value()] += spent[i].value.explicit_value().sat;
        const TxIn& in = tx.inputs[i];
        if (in.issuance.is_null()) continue;
        const IssuanceIds ids = issuance_ids(in);
        if (!in.issuance.amount.is_null()) balance[ids.asset] += in.issuance.amount.explicit_value().sat;
        if (!in.issuance.inflation_keys.is_null())
            balance[ids.token] += in.issuance.inflation_keys.explicit_value().sat;
    }
    for (const TxOut& out : tx.outputs) balance[out.asset.explicit_value()] -= out.value.explicit_value().sat;
    return std::ranges::all_of(balance, [](const auto& entry) { return entry.second == 0; });
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

Judged<AmountsLeft> check_amounts(const Transaction& tx, std::span<const TxOut> spent, const ChainParams& params) {
    CHECK(spent.size() == tx.inputs.size());
    const bool has_witness = tx.has_witness();
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        TRY_VOID(check_spent(i, spent[i]));
        if (!tx.inputs[i].issuance.is_null()) TRY_VOID(check_issuance(i, tx.inputs[i], spent[i], has_witness, params));
    }
    for (size_t i = 0; i < tx.outputs.size(); ++i) TRY_VOID(check_output(i, tx.outputs[i]));
    if (is_confidential(tx, spent)) return AmountsLeft::kPoints;
    if (!balances(tx, spent)) return broken(Rule::kTxInNotOut, "value in != value out");
    return AmountsLeft::kNothing;
}

Judged<void> check_coinbase_amounts(const Transaction& coinbase, const AmountMap& reward) {
    std::map<AssetId, Sum> left;
    for (const auto& [asset, amount] : reward) left[asset] = amount.sat;
    for (const TxOut& out : coinbase.outputs) {
        if (!out.is_explicit() || !out.witness.is_null()) return broken(Rule::kBlockCoinbaseAmount);
        const Amount value = out.value.explicit_value();
        if (!in_money_range(value) || (value.sat == 0 && !is_unspendable(out.script)))
            return broken(Rule::kBlockCoinbaseAmount);
        left[out.asset.explicit_value()] -= value.sat;
    }
    for (const auto& [asset, rest] : left) {
        if (rest < 0 || rest > kMaxMoney.sat) return broken(Rule::kBlockCoinbaseAmount, "coinbase pays too much");
    }
    return {};
}

}  // namespace sluice::rules
