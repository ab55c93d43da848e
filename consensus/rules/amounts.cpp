#include "consensus/rules/amounts.h"

#include <algorithm>

#include "codec/hex.h"
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

// `check` is a word for programs; what stands in the open is told with it.
tl::unexpected<Failure> wrong(const BreachPlace& place, const char* where, const char* check, NamedValues values,
                              const char* detail) {
    values.insert(values.begin(), {"check", check});
    return broken(Rule::kTxInNotOut, place, std::move(values),
                  std::string(where) + " " + std::to_string(place.index) + ": " + detail);
}
tl::unexpected<Failure> wrong_input(size_t n, const char* check, NamedValues values, const char* detail) {
    return wrong(at_input(n), "input", check, std::move(values), detail);
}
tl::unexpected<Failure> wrong_output(size_t n, const char* check, NamedValues values, const char* detail) {
    return wrong(at_output(n), "output", check, std::move(values), detail);
}

NamedValue number(std::string_view name, Sum sum) {
    if (sum >= INT64_MIN && sum <= INT64_MAX) return {name, static_cast<int64_t>(sum)};
    std::string text;
    for (Sum left = sum < 0 ? -sum : sum; left != 0; left /= 10)
        text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
    return {name, (sum < 0 ? "-" : "") + text};
}

Judged<void> check_spent(size_t n, const TxOut& spent) {
    if (spent.asset.is_null() || spent.value.is_null())
        return wrong_input(n, "spent-null", {}, "spends an output without asset or value");
    if (!spent.value.is_explicit()) return {};
    const Amount value = spent.value.explicit_value();
    if (value.sat == 0 || !in_money_range(value)) {
        return wrong_input(n, "spent-range", {{"amount", value.sat}, {"limit", kMaxMoney.sat}},
                           "spends an amount out of range");
    }
    return {};
}

// An issued amount in the open: positive, in range if the asset is the pegged one, and without a proof.
Judged<void> check_issued(size_t n, const AssetId& asset, const ConfidentialValue& amount, const Bytes& rangeproof,
                          const ChainParams& params) {
    if (!amount.is_explicit()) return {};
    const Amount value = amount.explicit_value();
    if (value.sat <= 0 || (asset == params.pegged_asset && !in_money_range(value))) {
        return wrong_input(n, "issued-range",
                           {{"asset", to_display(asset)}, {"amount", value.sat}, {"limit", kMaxMoney.sat}},
                           "issues an amount out of range");
    }
    if (!rangeproof.empty()) {
        return wrong_input(n, "issued-extra-proof", {{"size", rangeproof.size()}},
                           "issues an open amount with a range proof");
    }
    return {};
}

Judged<void> check_issuance(size_t n, const TxIn& in, const TxOut& spent, bool tx_has_witness,
                            const ChainParams& params) {
    if (in.issuance.is_reissuance()) {
        // Only a token that is blinded can be shown to be the right one: an explicit token never reissues.
        if (!spent.asset.is_commitment())
            return wrong_input(n, "reissuance-token", {}, "reissues by an output whose asset is not blinded");
        if (!in.issuance.inflation_keys.is_null())
            return wrong_input(n, "reissuance-tokens-made", {}, "a reissuance makes no tokens");
    }
    // Fact: a transaction without any witness cannot issue.
    if (!tx_has_witness) return wrong_input(n, "issuance-witness", {}, "issues in a transaction without a witness");
    const IssuanceIds ids = issuance_ids(in);
    TRY_VOID(check_issued(n, ids.asset, in.issuance.amount, in.witness.issuance_amount_rangeproof, params));
    return check_issued(n, ids.token, in.issuance.inflation_keys, in.witness.inflation_keys_rangeproof, params);
}

Judged<void> check_output(size_t n, const TxOut& out) {
    if (out.asset.is_null() || out.value.is_null()) return wrong_output(n, "output-null", {}, "no asset or value");
    if (out.value.is_explicit()) {
        const Amount value = out.value.explicit_value();
        if (!in_money_range(value)) {
            return wrong_output(n, "output-range", {{"amount", value.sat}, {"limit", kMaxMoney.sat}},
                                "an amount out of range");
        }
        // A spendable output of nothing could stand for a reissuance token that nobody has.
        if (value.sat == 0 && !is_unspendable(out.script))
            return wrong_output(n, "output-nothing", {{"amount", 0}}, "a spendable output of nothing");
        if (!out.witness.rangeproof.empty()) {
            return wrong_output(n, "output-extra-range-proof", {{"size", out.witness.rangeproof.size()}},
                                "an open amount with a range proof");
        }
    } else if (out.witness.rangeproof.empty()) {
        return wrong_output(n, "output-range-proof", {}, "a committed amount without a range proof");
    }
    if (out.asset.is_explicit() && !out.witness.surjection_proof.empty()) {
        return wrong_output(n, "output-extra-surjection-proof", {{"size", out.witness.surjection_proof.size()}},
                            "an open asset with a surjection proof");
    }
    if (out.asset.is_commitment() && out.witness.surjection_proof.empty())
        return wrong_output(n, "output-surjection-proof", {}, "a committed asset without a surjection proof");
    return {};
}

bool is_confidential(const Transaction& tx, std::span<const TxOut> spent) {
    return std::ranges::any_of(spent, [](const TxOut& out) { return is_confidential(out); }) ||
           std::ranges::any_of(tx.outputs, [](const TxOut& out) { return is_confidential(out); }) ||
           std::ranges::any_of(tx.inputs, [](const TxIn& in) { return is_confidential(in.issuance); });
}

// Precondition: everything is explicit and in its range.
Judged<void> check_open_balance(const Transaction& tx, std::span<const TxOut> spent) {
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
    const auto off = std::ranges::find_if(balance, [](const auto& entry) { return entry.second != 0; });
    if (off == balance.end()) return {};
    Sum gone = 0;
    for (const TxOut& out : tx.outputs) {
        if (out.asset.explicit_value() == off->first) gone += out.value.explicit_value().sat;
    }
    return broken(Rule::kTxInNotOut, at_transaction(),
                  {{"check", "balance"},
                   {"asset", to_display(off->first)},
                   number("in", gone + off->second),
                   number("out", gone)},
                  "value in != value out");
}

}  // namespace

Judged<AmountMap> transaction_fees(const Transaction& tx) {
    AmountMap fees;
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        if (!out.is_fee()) continue;
        const Amount fee = out.value.explicit_value();
        Amount& total = fees[out.asset.explicit_value()];
        const Sum sum = Sum{total.sat} + fee.sat;
        if (fee.sat == 0 || !in_money_range(fee) || sum > kMaxMoney.sat) {
            return broken(Rule::kTxFeeRange, at_output(i),
                          {{"asset", to_display(out.asset.explicit_value())},
                           {"amount", fee.sat},
                           number("total", sum),
                           {"limit", kMaxMoney.sat}});
        }
        total.sat += fee.sat;  // both in range
    }
    return fees;
}

std::optional<AssetId> add_all(AmountMap& total, const AmountMap& fees) {
    for (const auto& [asset, fee] : fees) {
        const std::optional<Amount> sum = add(total[asset], fee);
        if (!sum || !in_money_range(*sum)) return asset;
        total[asset] = *sum;
    }
    return std::nullopt;
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
    TRY_VOID(check_open_balance(tx, spent));
    return AmountsLeft::kNothing;
}

Judged<void> check_coinbase_amounts(const Transaction& coinbase, const AmountMap& reward) {
    std::map<AssetId, Sum> left;
    for (const auto& [asset, amount] : reward) left[asset] = amount.sat;
    for (size_t i = 0; i < coinbase.outputs.size(); ++i) {
        const TxOut& out = coinbase.outputs[i];
        if (!out.is_explicit() || !out.witness.is_null())
            return broken(Rule::kBlockCoinbaseAmount, at_output(i), {{"check", "blinded"}});
        const Amount value = out.value.explicit_value();
        if (!in_money_range(value) || (value.sat == 0 && !is_unspendable(out.script))) {
            return broken(Rule::kBlockCoinbaseAmount, at_output(i),
                          {{"check", "range"}, {"amount", value.sat}, {"limit", kMaxMoney.sat}});
        }
        left[out.asset.explicit_value()] -= value.sat;
    }
    for (const auto& [asset, rest] : left) {
        if (rest >= 0 && rest <= kMaxMoney.sat) continue;
        const auto claim = reward.find(asset);
        const Sum allowed = claim != reward.end() ? claim->second.sat : 0;
        return broken(Rule::kBlockCoinbaseAmount, at_transaction(),
                      {{"check", "reward"},
                       {"asset", to_display(asset)},
                       number("amount", allowed - rest),
                       number("limit", allowed)},
                      "coinbase pays too much");
    }
    return {};
}

}  // namespace sluice::rules
